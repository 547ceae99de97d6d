"""A kiosk whose keeper is killed, loses its power and has a wrong clock loses no number while the server is away."""

from __future__ import annotations

import random

from tests.chaos.keeper import AHEAD_S, attack


async def test_every_number_is_on_paper_and_in_the_queue_once_in_the_order_of_issue() -> None:
    found = await attack(numbers=6, count=1, cuts=1, kills=1, chance=random.Random(5))

    assert found.wrong == []
    assert (found.numbers, found.slips) == (6, 6)
    assert [round(off_s / AHEAD_S, 1) for off_s in found.off_s] == [1.0]
