"""What departments have learned, and the waits that they promised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import Priority
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Correction, Wait
from queue_server.domain.waits.learning import Awaited, Learning, Promise, RoomSeen, Told
from queue_server.domain.waits.pace import Learned, learn_wait
from queue_server.domain.waits.recent import Recent
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import EventRow, LearnedRow, PromiseRow, QueueEntryRow

_ROOMS = TypeAdapter(dict[str, RoomSeen])
_AWAITED = TypeAdapter(dict[str, Awaited])
_JOINED = TypeAdapter(dict[int, datetime])
_RECENT = TypeAdapter(Recent)
_LAST_AT = TypeAdapter(datetime | None)
#: So many past promises teach what an earlier build had learned in another way.
RELEARNED = 5_000


async def read_learning(connection: AsyncConnection, department_id: int) -> tuple[Learning, int] | None:
    """What the department has learned, and the id of the last journal line that it has learned from."""
    query = select(col(LearnedRow.state), col(LearnedRow.event_id))
    row = (await connection.execute(query.where(col(LearnedRow.department_id) == department_id))).first()
    if row is None:
        return None
    kept = row.state
    learned = Learned.from_dict(kept["learned"])
    if not Correction.is_kept_in(kept["learned"]["correction"]):
        learned = await _relearned(connection, department_id, learned)
    learning = Learning(
        learned=learned,
        joined=_JOINED.validate_python(kept["joined"]),
        rooms=_ROOMS.validate_python(kept["rooms"]),
        awaited=_AWAITED.validate_python(kept["awaited"]),
        recent=_RECENT.validate_python(kept.get("recent", {})),
        last_at=_LAST_AT.validate_python(kept.get("last_at")),
    )
    return learning, row.event_id


async def save_learning(work: Transaction, department_id: int, learning: Learning, event_id: int) -> None:
    """The department has learned this from the lines up to `event_id`."""
    state = {
        "learned": learning.learned.to_dict(),
        "joined": _JOINED.dump_python(dict(learning.joined), mode="json"),
        "rooms": _ROOMS.dump_python(dict(learning.rooms), mode="json"),
        "awaited": _AWAITED.dump_python(dict(learning.awaited), mode="json"),
        "recent": _RECENT.dump_python(learning.recent, mode="json"),
        "last_at": _LAST_AT.dump_python(learning.last_at, mode="json"),
    }
    values = {"event_id": event_id, "state": state}
    statement = work.insert(LearnedRow).values(department_id=department_id, **values)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["department_id"], set_=values))


async def lines_after(connection: AsyncConnection, department_id: int, event_id: int) -> list[tuple[int, Event]]:
    """The department's journal lines above this id, in order, as (id, line); a few thousand at most."""
    query = (
        select(
            col(EventRow.id),
            col(EventRow.kind),
            col(EventRow.at),
            col(EventRow.actor),
            col(EventRow.token_id),
            col(EventRow.data),
        )
        .where(col(EventRow.department_id) == department_id, col(EventRow.id) > event_id)
        .order_by(col(EventRow.id))
        .limit(5000)
    )
    rows = await connection.execute(query)
    return [(row.id, Event(row.kind, row.at, row.actor, row.token_id, department_id, row.data)) for row in rows]


async def save_promises(work: Transaction, promises: Iterable[Promise]) -> None:
    """The promises are kept; one that was already kept stays as it was first made."""
    rows = [
        {
            "entry_id": promise.entry_id,
            "department_id": promise.department_id,
            "promised_at": promise.promised_at,
            "clues": list(promise.clues),
            **promise.wait._asdict(),
        }
        for promise in promises
    ]
    if rows:
        await work.connection.execute(work.insert(PromiseRow).on_conflict_do_nothing(), rows)


async def judge_later(work: Transaction, judged: Iterable[tuple[int, int, int]]) -> None:
    """Of these entries, so many ranges that were shown later, and so many of them that came true, are counted too."""
    row, rows = PromiseRow, [{"entry": entry, "more": more, "true": true} for entry, more, true in judged]
    if rows:
        counted = {
            "later": col(row.later) + bindparam("more"),
            "later_inside": col(row.later_inside) + bindparam("true"),
        }
        statement = update(row).where(col(row.entry_id) == bindparam("entry")).values(counted)
        await work.connection.execute(statement, rows)


async def told_to_tokens(connection: AsyncConnection, department_id: int, token_ids: Iterable[int]) -> dict[int, Told]:
    """Token id → the promise made to it in this department."""
    query = (
        select(col(QueueEntryRow.token_id), col(QueueEntryRow.priority), *_PROMISED)
        .join(QueueEntryRow, col(QueueEntryRow.id) == col(PromiseRow.entry_id))
        .where(col(PromiseRow.department_id) == department_id, col(QueueEntryRow.token_id).in_(list(token_ids)))
        .order_by(col(PromiseRow.entry_id))
    )
    return {row.token_id: _told(row, row.priority) for row in await connection.execute(query)}


_PROMISED = (col(PromiseRow.low_s), col(PromiseRow.likely_s), col(PromiseRow.high_s), col(PromiseRow.clues))


def _told(row: Any, priority: Priority) -> Told:
    promised = Wait(row.low_s, row.likely_s, row.high_s)
    return Told(Clues.from_list(row.clues), promised, priority is Priority.EMERGENCY)


async def _relearned(connection: AsyncConnection, department_id: int, learned: Learned) -> Learned:
    """The correction learned anew from the last promises and what came of them, as the present build does."""
    promise, entry = PromiseRow, QueueEntryRow
    query = (
        select(col(promise.promised_at), col(entry.called_at), col(entry.priority), *_PROMISED)
        .join(entry, col(entry.id) == col(promise.entry_id))
        .where(col(promise.department_id) == department_id, col(entry.called_at).is_not(None))
        .where(col(entry.passed_at).is_(None))
        .order_by(col(promise.entry_id).desc())
        .limit(RELEARNED)
    )
    for row in reversed((await connection.execute(query)).all()):
        told = _told(row, row.priority)
        if not told.is_emergency:
            learned = learn_wait(learned, told.clues, (row.called_at - row.promised_at).total_seconds())
    return learned
