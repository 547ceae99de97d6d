"""Each subject holds the use cases of its own folder, and all of them are put together."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import get_type_hints

import pytest

from queue_server.services import Services, subjects

SUBJECTS = [one for one in get_type_hints(Services).values() if is_dataclass(one)]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.__name__)
def test_a_subject_holds_use_cases_of_one_folder(subject: type) -> None:
    folders = {one.__module__.rpartition(".")[0] for one in get_type_hints(subject).values()}

    assert len(folders) == 1, folders
    assert folders.pop().startswith("queue_server.services.")


def test_no_use_case_stands_twice() -> None:
    held = [one for subject in SUBJECTS for one in get_type_hints(subject).values()]

    assert len(held) == len(set(held))


def test_every_group_is_part_of_the_services() -> None:
    groups = {one for name, one in vars(subjects).items() if name.endswith("Services") and is_dataclass(one)}

    assert groups == {*SUBJECTS, Services}
