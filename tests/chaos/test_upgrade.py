"""An update is not a moment at which the power must not go."""

from __future__ import annotations

import random

import pytest

from tests.chaos.upgrade import attack, schemas
from tests.chaos.wheels import begins


async def test_a_migration_that_the_power_has_cut_goes_on_from_what_is_left_with_every_row() -> None:
    first, *_, last = schemas()

    found = await attack(seconds=30, cuts=4, chance=random.Random(16), chosen=[first])

    assert found.wrong == []
    assert (found.schemas, found.cuts) == (1, 4)
    assert found.rows > 3
    assert last != first


@pytest.mark.parametrize(
    ("names", "was_given_out"),
    [(["0001", "0002"], True), (["0001"], True), (["0001", "0003"], False), (["0001", "0002", "0002b"], False)],
)
def test_only_a_schema_that_came_before_todays_is_carried_on(names: list[str], was_given_out: bool) -> None:
    assert begins(["0001", "0002", "0003"], names) == was_given_out
