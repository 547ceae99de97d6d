"""The last action in each room, and the entries as they were before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from queue_server.domain.clinic.clinic import Duty, Undo
from queue_server.domain.queue.tokens import DutyState, State
from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import queue_rows, undo_rows
from tests.clinics import MORNING
from tests.storage.rows import FIRST, ROOM_1, ROOM_2, an_entry


async def an_undo(work: Transaction, number: str = "G-001", action: str = "call") -> Undo:
    """What is kept of an action with a new token."""
    entry = await an_entry(work, number)
    return Undo(action, number, MORNING, (entry,), {entry.id: 1})


async def save(work: Transaction, room_id: int, undo: Undo) -> None:
    """The room did this with a unit of its own."""
    undo_rows.save(work, room_id, undo)
    await work.finish()


async def test_an_action_is_taken_back_once_and_whole(work: Transaction) -> None:
    on_break = Duty(FIRST, "Doctor first", ROOM_1, DutyState.ON_BREAK, MORNING, "tea", MORNING + timedelta(hours=1))
    undo = replace(await an_undo(work), made=(7,), calls=(8, 9), ended_break=on_break)
    await save(work, ROOM_1, undo)

    assert [await undo_rows.take(work, ROOM_1) for _ in range(2)] == [undo, None]


async def test_a_room_remembers_its_last_action_only(work: Transaction) -> None:
    first, second = await an_undo(work, "G-001"), await an_undo(work, "G-002")
    for undo in (first, second):
        await save(work, ROOM_1, undo)

    assert await undo_rows.take(work, ROOM_1) == second


async def test_what_another_room_did_with_the_same_number_is_past(work: Transaction) -> None:
    undo, other = await an_undo(work, "G-001"), await an_undo(work, "G-002")
    await save(work, ROOM_1, undo)
    await save(work, ROOM_2, replace(undo, action="attend"))
    assert await undo_rows.room_of(work, "G-001", [ROOM_1, ROOM_2]) == ROOM_2
    assert await undo_rows.room_of(work, "G-001", [ROOM_1]) is None

    await save(work, ROOM_2, other)

    assert await undo_rows.room_of(work, "G-001", [ROOM_1, ROOM_2]) is None


async def test_nothing_is_kept_of_tokens_that_are_to_be_forgotten(work: Transaction) -> None:
    undo, other = await an_undo(work, "G-001"), await an_undo(work, "G-002")
    await save(work, ROOM_1, undo)
    await save(work, ROOM_2, other)

    await undo_rows.forget(work, [undo.before[0].token_id])

    assert [await undo_rows.take(work, room) for room in (ROOM_1, ROOM_2)] == [None, other]


async def test_an_entry_that_was_unmade_is_gone(work: Transaction) -> None:
    entry = await an_entry(work, state=State.WAITING)

    await undo_rows.unmake_entry(work, entry)

    assert await queue_rows.entries_by_id(work.connection, [entry.id]) == []
