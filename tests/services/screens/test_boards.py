"""What displays, kiosks and consoles show."""

import asyncio

from queue_server.domain.access.actors import SYSTEM
from tests.clinics import Clinic


async def test_a_board_never_shows_a_call_without_those_before_it(clinic: Clinic) -> None:
    for _ in range(12):
        await clinic.issue("GEN")
        await clinic.issue("LAB")
    seen: list[list[int]] = []
    is_over = asyncio.Event()

    async def watch() -> None:
        while not is_over.is_set():
            board = await clinic.services.screens.boards.board("main")
            seen.append([call["call_id"] for call in board.data["calls"]])  # type: ignore[attr-defined]
            await asyncio.sleep(0)

    async def call() -> None:
        for _ in range(12):
            await asyncio.gather(clinic.next("1"), clinic.next("3"))
        is_over.set()

    await asyncio.gather(call(), *(watch() for _ in range(3)))

    assert all(ids == list(range(1, len(ids) + 1)) for ids in seen)
    assert len(seen) > 12


async def test_kiosks_and_phones_are_told_why_a_department_is_closed_and_when_it_opens(clinic: Clinic) -> None:
    departments, boards = clinic.services.clinic.departments, clinic.services.screens.boards

    async def told() -> tuple[bool, str | None, str | None]:
        general = (await boards.departments())[0]
        return general["is_open"], general["why"], general["opens_at"]

    assert await told() == (True, None, None)
    await departments.change("GEN", {"hours": {"sun": [["12:00", "14:00"]]}, "daily_quota": 1}, by=SYSTEM)
    assert await told() == (False, "hours", "2026-11-22T06:30:00Z")
    clinic.clock.forward(hours=2)
    assert await told() == (True, None, None)
    await clinic.issue()
    assert await told() == (False, "quota", None)
    await departments.change("GEN", {"is_open": False}, by=SYSTEM)
    assert await told() == (False, "shut", None)
