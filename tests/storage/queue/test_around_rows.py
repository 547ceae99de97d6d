"""What a department shows besides its entries."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.clinic.clinic import Room, Undo
from queue_server.domain.queue.tokens import State
from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import around_rows, undo_rows
from queue_server.storage.queue import queue_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import GENERAL, ROOM_1, an_entry, later


async def test_a_board_has_the_calls_of_two_minutes_and_the_last_twelve_at_least(work: Transaction) -> None:
    entry, room = await an_entry(work, "G-001", State.CALLED), Room(ROOM_1, "1", GENERAL)
    yesterday = await rows.add_call(work, entry, room, is_recall=False)
    began = later(work, hours=1)
    calls = [await rows.add_call(work, entry, room, is_recall=bool(turn)) for turn in range(14)]
    await rows.withdraw_calls(work, calls[5:6])

    async def seen(**ago: float) -> list[int]:
        since = work.now - timedelta(**ago)
        return [call.id for call in (await around_rows.around_line(work.connection, GENERAL, began, since)).calls]

    recent, of_long_ago = await seen(minutes=2), await seen(minutes=-2)

    assert recent == calls[:5] + calls[6:]
    assert of_long_ago == recent[-12:]
    assert yesterday not in recent
    first, *_ = (await around_rows.around_line(work.connection, GENERAL, began, began)).calls
    assert (first.number, first.room, first.at, first.is_recall) == ("G-001", "1", began, False)


async def test_the_last_action_of_each_room_is_told(work: Transaction) -> None:
    entry = await an_entry(work)
    undo_rows.save(work, ROOM_1, Undo("call", "G-001", MORNING, (entry,), {entry.id: 1}))
    await work.finish()

    (step,) = (await around_rows.around_line(work.connection, GENERAL, MORNING, MORNING)).undos

    assert (step.room_id, step.action, step.number, step.acted_at) == (ROOM_1, "call", "G-001", MORNING)
