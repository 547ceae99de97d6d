"""An update is not a moment at which the power must not go."""

from __future__ import annotations

import random

from tests.chaos.upgrade import attack, schemas


async def test_a_migration_that_the_power_has_cut_goes_on_from_what_is_left_with_every_row() -> None:
    first, *_, last = schemas()

    found = await attack(seconds=30, cuts=4, chance=random.Random(16), chosen=[first])

    assert found.wrong == []
    assert (found.schemas, found.cuts) == (1, 4)
    assert found.rows > 3
    assert last != first
