"""Each subject holds the use cases of its own folder, and all of them are put together."""

from __future__ import annotations

from dataclasses import is_dataclass
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest

from queue_server.services import Services, subjects

SUBJECTS = [one for one in get_type_hints(Services).values() if is_dataclass(one)]


def held_by(subject: Any) -> list[type]:
    """The use cases of a subject, those too that are not in every clinic."""
    hints = get_type_hints(subject).values()
    return [one for hint in hints for one in (get_args(hint) or (hint,)) if one is not NoneType]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.__name__)
def test_a_subject_holds_use_cases_of_one_folder(subject: type) -> None:
    folders = {one.__module__.rpartition(".")[0] for one in held_by(subject)}

    assert len(folders) == 1, folders
    assert folders.pop().startswith("queue_server.services.")


def test_no_use_case_stands_twice() -> None:
    held = [one for subject in SUBJECTS for one in held_by(subject)]

    assert len(held) == len(set(held))


def test_every_group_is_part_of_the_services() -> None:
    groups = {one for name, one in vars(subjects).items() if name.endswith("Services") and is_dataclass(one)}

    assert groups == {*SUBJECTS, Services}
