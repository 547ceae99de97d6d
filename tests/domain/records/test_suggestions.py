"""Common medicines for a doctor's first day."""

from __future__ import annotations

import pytest

from queue_server.domain.clinic.department_signs import ICONS
from queue_server.domain.records.medicine_files import medicines_of, parse_file
from queue_server.domain.records.suggestions import MOST, every, suggested
from queue_server.paths import MEDICINES


def test_everything_that_is_suggested_is_on_the_list() -> None:
    listed = set(medicines_of(parse_file(MEDICINES.read_bytes()).preparations))

    assert every() <= listed


@pytest.mark.parametrize("icon", [*ICONS, "", "unknown"])
def test_every_department_has_something_behind_each_digit(icon: str) -> None:
    offered = suggested(icon, [])

    assert len(set(offered)) == MOST


def test_a_department_begins_with_its_own() -> None:
    assert suggested("eye", [])[0].form == "eye drops"
    assert suggested("child", [])[0].form == "syrup"


def test_favourites_come_first_and_are_not_suggested_again() -> None:
    own = ["paracetamol", "Cetirizine", "Tulsi"]

    offered = suggested("general", own)

    assert len(offered) == MOST - len(own)
    assert not {"Paracetamol", "Cetirizine"} & {one.generic for one in offered}
    assert suggested("general", ["x"] * 20) == []
