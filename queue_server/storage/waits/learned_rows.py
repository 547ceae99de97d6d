"""What departments have learned, and the waits that they promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.queue.events import Event
from queue_server.domain.waits.correction import Clues
from queue_server.domain.waits.forecast import Wait
from queue_server.domain.waits.learning import Awaited, Learning, RoomSeen
from queue_server.domain.waits.pace import Learned
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import EventRow, LearnedRow, PromiseRow, QueueEntryRow

_ROOMS = TypeAdapter(dict[str, RoomSeen])
_AWAITED = TypeAdapter(dict[str, Awaited])
_JOINED = TypeAdapter(dict[int, datetime])


@dataclass(frozen=True, slots=True)
class Promise:
    """The wait promised to an entry at its joining, and the clues that it was made from."""

    entry_id: int
    department_id: int
    promised_at: datetime
    wait: Wait
    clues: Clues


async def read_learning(connection: AsyncConnection, department_id: int) -> tuple[Learning, int] | None:
    """What the department has learned, and the id of the last journal line that it has learned from."""
    query = select(col(LearnedRow.state), col(LearnedRow.event_id))
    row = (await connection.execute(query.where(col(LearnedRow.department_id) == department_id))).first()
    if row is None:
        return None
    kept = row.state
    learning = Learning(
        learned=Learned.from_dict(kept["learned"]),
        joined=_JOINED.validate_python(kept["joined"]),
        rooms=_ROOMS.validate_python(kept["rooms"]),
        awaited=_AWAITED.validate_python(kept["awaited"]),
    )
    return learning, row.event_id


async def save_learning(work: Transaction, department_id: int, learning: Learning, event_id: int) -> None:
    """The department has learned this from the lines up to `event_id`."""
    state = {
        "learned": learning.learned.to_dict(),
        "joined": _JOINED.dump_python(dict(learning.joined), mode="json"),
        "rooms": _ROOMS.dump_python(dict(learning.rooms), mode="json"),
        "awaited": _AWAITED.dump_python(dict(learning.awaited), mode="json"),
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


async def clues_of_tokens(
    connection: AsyncConnection, department_id: int, token_ids: Iterable[int]
) -> dict[int, Clues]:
    """Token id → the clues of the promise made to it in this department."""
    query = (
        select(col(QueueEntryRow.token_id), col(PromiseRow.clues))
        .join(QueueEntryRow, col(QueueEntryRow.id) == col(PromiseRow.entry_id))
        .where(col(PromiseRow.department_id) == department_id, col(QueueEntryRow.token_id).in_(list(token_ids)))
        .order_by(col(PromiseRow.entry_id))
    )
    return {row.token_id: Clues(*row.clues) for row in await connection.execute(query)}
