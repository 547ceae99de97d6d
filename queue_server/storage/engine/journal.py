"""Writing, sealing and reading the journal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.queue.events import GENESIS, Event, seal
from queue_server.storage.engine.statements import Statement
from queue_server.storage.engine.together import Ask, ask, together
from queue_server.storage.tables import EventRow, SettingRow

#: The PostgreSQL advisory lock that makes one process at a time the sealer.
_SEALER_LOCK = 5_117_001

#: The setting that holds number and hash of the last sealed line; without it nobody would miss the last lines.
HEAD = "journal_head"

_COLUMNS = (
    col(EventRow.id),
    col(EventRow.kind),
    col(EventRow.at),
    col(EventRow.actor),
    col(EventRow.token_id),
    col(EventRow.department_id),
    col(EventRow.data),
    col(EventRow.number),
    col(EventRow.hash),
)


_WRITTEN = tuple(column for column in EventRow.metadata.tables["event"].columns if column.key != "id")
_ADD = Statement(lambda insert: insert(EventRow).values({one.key: bindparam(one.key) for one in _WRITTEN}))
#: So many lines are added by one statement, in their order.
_FEW = 8
_SEAL = Statement(
    update(EventRow)
    .where(col(EventRow.id) == bindparam("event_id"))
    .values(number=bindparam("number"), hash=bindparam("hash"))
)
_UNSEALED = Statement(
    select(*_COLUMNS).where(col(EventRow.number).is_(None)).order_by(col(EventRow.id)).limit(bindparam("limit"))
)
_HEAD = Statement(select(col(SettingRow.value)).where(col(SettingRow.name) == HEAD))
_SET_HEAD = Statement(
    lambda insert: (
        insert(SettingRow)
        .values(name=HEAD, value=bindparam("value"))
        .on_conflict_do_update(index_elements=["name"], set_={"value": bindparam("value")})
    )
)


async def write(
    connection: AsyncConnection, events: Sequence[Event], *, is_sealed: bool, along: Sequence[Ask] = ()
) -> None:
    """Append the lines, in order; sealed at once where the caller is the only writer. What goes `along` is done too."""
    if is_sealed or len(events) > _FEW:
        await together(connection, *along)
        if events:
            await _append(connection, events, is_sealed=is_sealed)
        return
    values = {f"{key}_{n}": value for n, event in enumerate(events) for key, value in _line(event).items()}
    await together(connection, *along, *([ask(_adding(len(events)), **values)] if events else ()))


async def _append(connection: AsyncConnection, events: Sequence[Event], *, is_sealed: bool) -> None:
    number, digest = await head(connection) if is_sealed else (0, "")
    lines = list[dict[str, Any]]()
    for event in events:
        if is_sealed:
            number += 1
            digest = seal(number, event, digest)
        lines.append(_line(event) | ({"number": number, "hash": digest} if is_sealed else {}))
    await _ADD.each(connection, lines)
    if is_sealed:
        await _note_head(connection, number, digest)


async def seal_committed(connection: AsyncConnection, limit: int = 500) -> int:
    """Seal committed lines in the order of their ids; returns how many. 0 when another process is the sealer."""
    is_sealer = await connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _SEALER_LOCK})
    if not is_sealer.scalar_one():
        return 0
    number, digest = await head(connection)
    rows = await _UNSEALED.rows(connection, limit=limit)
    sealed = list[dict[str, Any]]()
    for row in rows:
        number += 1
        digest = seal(number, _event(row), digest)
        sealed.append({"event_id": row.id, "number": number, "hash": digest})
    if rows:
        await _SEAL.each(connection, sealed)
        await _note_head(connection, number, digest)
    return len(rows)


async def read_after(connection: AsyncConnection, after: int, limit: int) -> list[tuple[int, Event, str]]:
    """Sealed lines with a number above `after`, in order: (number, event, hash)."""
    query = select(*_COLUMNS).where(col(EventRow.number) > after).order_by(col(EventRow.number)).limit(limit)
    return [(row.number, _event(row), row.hash) for row in await connection.execute(query)]


async def read_between(
    connection: AsyncConnection, after: int, until: int, limit: int, department_id: int
) -> list[tuple[int, Event]]:
    """Sealed lines of one department above `after`, up to `until`, in order."""
    number = col(EventRow.number)
    query = select(*_COLUMNS).where(number > after, number <= until, col(EventRow.department_id) == department_id)
    return [(row.number, _event(row)) for row in await connection.execute(query.order_by(number).limit(limit))]


async def head(connection: AsyncConnection) -> tuple[int, str]:
    """Number and hash of the last sealed line, as they were noted when it was sealed."""
    value = await _HEAD.scalar(connection)
    return (int(value[0]), str(value[1])) if value else (0, GENESIS)


async def has_unsealed(connection: AsyncConnection) -> bool:
    """Whether there are lines that nobody has sealed."""
    query = select(col(EventRow.id)).where(col(EventRow.number).is_(None)).limit(1)
    return (await connection.execute(query)).first() is not None


async def _note_head(connection: AsyncConnection, number: int, digest: str) -> None:
    await _SET_HEAD.rows(connection, value=[number, digest])


@lru_cache
def _adding(count: int) -> Statement:
    """So many lines, whose parameters are numbered from 0."""
    rows = [{one.key: bindparam(f"{one.key}_{n}", type_=one.type) for one in _WRITTEN} for n in range(count)]
    return Statement(lambda insert: insert(EventRow).values(rows))


def _line(event: Event) -> dict[str, Any]:
    """The columns of a line that is not sealed."""
    return {
        "kind": event.kind,
        "at": event.at,
        "actor": event.actor,
        "token_id": event.token_id,
        "department_id": event.department_id,
        "data": dict(event.data or {}),
        "number": None,
        "hash": None,
    }


def _event(row: Row[Any]) -> Event:
    return Event(row.kind, row.at, row.actor, row.token_id, row.department_id, row.data)
