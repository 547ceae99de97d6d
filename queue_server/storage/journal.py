"""Writing, sealing and reading the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.events import GENESIS, Event, seal
from queue_server.storage.tables import EventRow

#: The PostgreSQL advisory lock that makes one process at a time the sealer.
_SEALER_LOCK = 5_117_001

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


async def write(connection: AsyncConnection, events: Sequence[Event], *, is_sealed: bool) -> None:
    """Append the lines, in order; sealed at once where the caller is the only writer."""
    number, digest = await _end_of_chain(connection) if is_sealed else (0, "")
    rows: list[dict[str, Any]] = []
    for event in events:
        row = {
            "kind": event.kind,
            "at": event.at,
            "actor": event.actor,
            "token_id": event.token_id,
            "department_id": event.department_id,
            "data": dict(event.data or {}),
        }
        if is_sealed:
            number += 1
            digest = seal(number, event, digest)
            row |= {"number": number, "hash": digest}
        rows.append(row)
    await connection.execute(insert(EventRow), rows)


async def seal_committed(connection: AsyncConnection, limit: int = 500) -> int:
    """Seal committed lines in the order of their ids; returns how many. 0 when another process is the sealer."""
    is_sealer = await connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _SEALER_LOCK})
    if not is_sealer.scalar_one():
        return 0
    number, digest = await _end_of_chain(connection)
    unsealed = select(*_COLUMNS).where(col(EventRow.number).is_(None)).order_by(col(EventRow.id)).limit(limit)
    rows = (await connection.execute(unsealed)).all()
    for row in rows:
        number += 1
        digest = seal(number, _event(row), digest)
        await connection.execute(update(EventRow).where(col(EventRow.id) == row.id).values(number=number, hash=digest))
    return len(rows)


async def read_after(connection: AsyncConnection, after: int, limit: int) -> list[tuple[int, Event, str]]:
    """Sealed lines with a number above `after`, in order: (number, event, hash)."""
    query = select(*_COLUMNS).where(col(EventRow.number) > after).order_by(col(EventRow.number)).limit(limit)
    return [(row.number, _event(row), row.hash) for row in await connection.execute(query)]


async def _end_of_chain(connection: AsyncConnection) -> tuple[int, str]:
    last = (
        select(col(EventRow.number), col(EventRow.hash))
        .where(col(EventRow.number).is_not(None))
        .order_by(col(EventRow.number).desc())
        .limit(1)
    )
    row = (await connection.execute(last)).first()
    return (row.number, row.hash) if row else (0, GENESIS)


def _event(row: Row[Any]) -> Event:
    return Event(row.kind, row.at, row.actor, row.token_id, row.department_id, row.data)
