"""What a department shows besides its entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server import sources
from queue_server.domain.clinic.clinic import Call, Duty, UndoStep
from queue_server.storage.engine import revisions
from queue_server.storage.engine.together import ask, together
from queue_server.storage.queue import duty_rows
from queue_server.storage.queue import queue_statements as statements

#: Calls that a board must still have: all of the last two minutes, and this many at least.
RECENT_CALLS = 12


@dataclass(frozen=True, slots=True)
class AroundLine:
    """What a department shows besides its entries, and its revision; duties and last actions are of every room."""

    rev: int
    calls: Sequence[Call]
    duties: Sequence[Duty]
    undos: Sequence[UndoStep]


async def around_line(
    connection: AsyncConnection, department_id: int, day_began: datetime, since: datetime
) -> AroundLine:
    """The calls are the day's that were made since `since`, and the last twelve at least.

    The newest is last, and there are never more than a hundred.
    """
    revs, calls, held, undos = await together(
        connection,
        revisions.looking_for(sources.department(department_id)),
        ask(statements.RECENT_CALLS, department_id=department_id, day_began=day_began),
        duty_rows.looking_for_duties(),
        ask(statements.UNDO_STEPS),
    )
    return AroundLine(
        revs[0].rev if revs else 0,
        _recent(calls, since),
        duty_rows.duties_in(held),
        [UndoStep(row.room_id, row.action, row.number, row.acted_at) for row in undos],
    )


def _recent(rows: Sequence[Any], since: datetime) -> list[Call]:
    kept = [row for place, row in enumerate(rows) if place < RECENT_CALLS or row.at >= since]
    kept.sort(key=attrgetter("id"))
    return [Call(row.id, row.number, row.room, row.at, row.is_recall) for row in kept]
