"""A disk that refuses writes loses nobody's number, and presses go on as soon as it takes them again."""

from __future__ import annotations

import random

from tests.chaos.disk import FAULTS, attack


async def test_a_full_disk_and_io_errors_are_said_and_lose_nothing() -> None:
    found = await attack(seconds=0, chance=random.Random(16))

    assert found.wrong == []
    assert found.faults == len(FAULTS)
