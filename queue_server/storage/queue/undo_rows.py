"""The last action in each room, and the entries as they were before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import TypeAdapter
from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from queue_server.domain.clinic.clinic import Undo
from queue_server.domain.queue.tokens import QueueEntry
from queue_server.storage.engine.statements import Statement
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import QueueEntryRow, UndoRow

_UNDO = TypeAdapter(Undo)


_DELETE_ELSEWHERE = Statement(
    delete(UndoRow).where(col(UndoRow.number) == bindparam("of_number"), col(UndoRow.room_id) != bindparam("here"))
)
_SAVED = ("action", "number", "acted_at", "before")
_SAVE = Statement(
    lambda insert: (
        insert(UndoRow)
        .values({name: bindparam(name) for name in ("room_id", *_SAVED)})
        .on_conflict_do_update(index_elements=["room_id"], set_={name: bindparam(name) for name in _SAVED})
    )
)
_TAKE = Statement(delete(UndoRow).where(col(UndoRow.room_id) == bindparam("of_room")).returning(col(UndoRow.before)))
_LAST = Statement(select(col(UndoRow.before)).where(col(UndoRow.room_id) == bindparam("of_room")))
_ROOMS = Statement(select(col(UndoRow.room_id)).where(col(UndoRow.number) == bindparam("number")))
_UNMAKE = Statement(delete(QueueEntryRow).where(col(QueueEntryRow.id) == bindparam("entry_id")))


def save(work: Transaction, room_id: int, undo: Undo) -> None:
    """At the unit's end this is the room's last action, and the last one with this number: other rooms' are past."""
    work.at_end(_DELETE_ELSEWHERE, of_number=undo.number, here=room_id)
    before = _UNDO.dump_python(undo, mode="json")
    saved = {"action": undo.action, "number": undo.number, "acted_at": undo.acted_at, "before": before}
    work.at_end(_SAVE, room_id=room_id, **saved)


async def last(work: Transaction, room_id: int) -> Undo | None:
    """The room's last action."""
    row = await _LAST.first(work.connection, of_room=room_id)
    return _UNDO.validate_python(row.before) if row else None


async def take(work: Transaction, room_id: int) -> Undo | None:
    """The room's last action; it is forgotten with the commit."""
    row = await _TAKE.first(work.connection, of_room=room_id)
    return _UNDO.validate_python(row.before) if row else None


async def forget(work: Transaction, token_ids: Collection[int]) -> None:
    """No action with any of these tokens can be taken back, and nothing is kept of how they stood before it."""
    for row in (await work.connection.execute(select(col(UndoRow.room_id), col(UndoRow.before)))).all():
        if any(entry.token_id in token_ids for entry in _UNDO.validate_python(row.before).before):
            await work.connection.execute(delete(UndoRow).where(col(UndoRow.room_id) == row.room_id))


async def room_of(work: Transaction, number: str, room_ids: Sequence[int]) -> int | None:
    """Which of these rooms did its last action with this number."""
    rows = await _ROOMS.rows(work.connection, number=number)
    return next((row.room_id for row in rows if row.room_id in room_ids), None)


async def unmake_entry(work: Transaction, entry: QueueEntry) -> None:
    """An entry that an undone action had made is gone; only the journal remembers it."""
    work.entry_changed(entry.department_id, entry.id)
    await _UNMAKE.rows(work.connection, entry_id=entry.id)
