"""Waits that were promised, beside those that came true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.waits.learning import Score
from queue_server.storage.tables import PromiseRow, QueueEntryRow


async def promised_and_waited(
    connection: AsyncConnection, departments: Iterable[int], day: date, since: datetime
) -> dict[int, list[Score]]:
    """Department id → the day's entries that were called since then and had a promise; a thousand at most."""
    promise, entry = PromiseRow, QueueEntryRow
    query = (
        select(
            col(promise.department_id),
            col(promise.low_s),
            col(promise.likely_s),
            col(promise.high_s),
            col(promise.promised_at),
            col(entry.called_at),
        )
        .join(entry, col(entry.id) == col(promise.entry_id))
        # The departments are named for the index, which begins with them.
        .where(col(entry.department_id).in_(list(departments)), col(entry.service_day) == day)
        .where(col(entry.called_at) >= since)
        .order_by(col(entry.called_at).desc())
        .limit(1000)
    )
    found: defaultdict[int, list[Score]] = defaultdict(list)
    for row in await connection.execute(query):
        waited_s = (row.called_at - row.promised_at).total_seconds()
        found[row.department_id].append(Score(row.low_s, row.likely_s, row.high_s, waited_s))
    return dict(found)
