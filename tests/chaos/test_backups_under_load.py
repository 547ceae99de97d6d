"""A backup that is made while everybody presses is a whole one."""

from __future__ import annotations

import random

from tests.chaos.backups import attack


async def test_backups_of_a_busy_clinic_hold_every_promise_and_damaged_ones_are_refused() -> None:
    found = await attack(seconds=30, backups=2, damaged=20, chance=random.Random(16))

    assert found.wrong == []
    assert (found.backups, found.drilled, found.refused) == (2, 2, 20)
