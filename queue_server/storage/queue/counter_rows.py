"""Numbers that were given out, and how many wait in front of a place."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.domain.queue.tokens import Rank
from queue_server.storage.engine.store import Transaction
from queue_server.storage.engine.together import Ask, ask, together
from queue_server.storage.queue import queue_statements as statements


async def next_counter(work: Transaction, department_id: int, day: date, place: Rank) -> tuple[int, int]:
    """The next number of the day, from 1, and how many wait here with an earlier place.

    The counter stays locked until the commit, so that no number is given twice.
    """
    count = ask(statements.NEXT_COUNTER, department_id=department_id, service_day=day)
    (counted,), (ahead,) = await together(work.connection, count, _counting_ahead(department_id, day, place))
    return int(counted[0]), int(ahead[0])


async def counter(connection: AsyncConnection, department_id: int, day: date) -> int:
    """How many numbers the department has given out on this day."""
    return await statements.COUNTER.scalar(connection, department_id=department_id, day=day) or 0


async def count_ahead(connection: AsyncConnection, department_id: int, day: date, place: Rank) -> int:
    """How many wait here with an earlier place."""
    ((counted,),) = await together(connection, _counting_ahead(department_id, day, place))
    return int(counted[0])


def _counting_ahead(department_id: int, day: date, place: Rank) -> Ask:
    counted = statements.COUNT_AHEAD_OF_EMERGENCY if place.is_emergency else statements.COUNT_AHEAD
    where = {"department_id": department_id, "day": day}
    return ask(counted, at=place.at, sequence=place.sequence, after=place.after, **where)
