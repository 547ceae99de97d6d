"""A display whose line was cut knows after its return what was called meanwhile."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running, a_running_clinic


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        yield served


async def first_view(running: Running, after_call: int) -> list[dict[str, Any]]:
    """The calls in the first frame of a display that has announced all up to `after_call`; then its line is cut."""
    async with running.socket(f"/ws/board/main?after_call={after_call}", "display") as line:
        frame = json.loads(await line.recv())
    calls: list[dict[str, Any]] = frame["data"]["calls"]
    return calls


async def call(running: Running, count: int, seconds_apart: float = 0) -> list[str]:
    """So many patients are called; their numbers in the order of the calls."""
    numbers = []
    for _ in range(count):
        running.clock.forward(seconds=seconds_apart)
        token = await running.call_next()
        assert token is not None
        numbers.append(token["number"])
    return numbers


def numbers_after(calls: list[dict[str, Any]], after_call: int) -> list[str]:
    """What the display has not announced, in the order in which it does."""
    return [call["number"] for call in calls if call["call_id"] > after_call]


@pytest.mark.parametrize("seconds_apart", [0, 2])
async def test_five_calls_of_a_gap_are_in_the_first_frame_in_their_order(
    running: Running, seconds_apart: float
) -> None:
    for _ in range(8):
        await running.issue()
    await call(running, 2)
    announced = (await first_view(running, 0))[-1]["call_id"]

    missed = await call(running, 5, seconds_apart)

    assert numbers_after(await first_view(running, announced), announced) == missed


async def test_every_call_of_two_minutes_is_there_however_many_they_are(running: Running) -> None:
    for _ in range(30):
        await running.issue()
    announced = (await call(running, 1), (await first_view(running, 0))[-1]["call_id"])[1]

    missed = await call(running, 29, seconds_apart=4)

    assert numbers_after(await first_view(running, announced), announced) == missed


async def test_after_a_long_gap_the_last_calls_are_shown_and_tell_that_they_are_old(running: Running) -> None:
    for _ in range(7):
        await running.issue()
    numbers = await call(running, 7)

    running.clock.forward(minutes=20)

    shown = await first_view(running, 0)
    assert [call["number"] for call in shown][-5:] == numbers[-5:]
    assert all(running.clock.now() - datetime.fromisoformat(call["at"]) > timedelta(minutes=2) for call in shown)
