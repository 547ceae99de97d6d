"""A clock that jumps while people press gives no number twice."""

from __future__ import annotations

import os
import random

import pytest

from tests.chaos.clock import JUMPS, attack, library


async def test_numbers_go_on_one_by_one_whatever_the_machines_clock_shows() -> None:
    faketime = library()
    if faketime is None:
        assert os.environ.get("QUEUE_REQUIRE_ALL") != "1", "libfaketime is required and missing."
        pytest.skip("There is no libfaketime on this machine.")

    found = await attack(0, random.Random(16), faketime)

    assert found.wrong == []
    assert found.jumps == len(JUMPS)
