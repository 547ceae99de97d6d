"""What was written by a doubted clock is moved to the time that an administrator has confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlmodel import col

from queue_server.domain.queue.tokens import LIVE
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import CounterRow, DutyRow, QueueEntryRow, TokenRow

_MOMENTS = ("joined_at", "rank_at", "called_at", "started_at", "arrived_at", "passed_at")


@dataclass(frozen=True, slots=True)
class Move:
    """Whatever was done from `since` on in the old time was done `by` later, or earlier, in the new one."""

    since: datetime
    by: timedelta
    old_day: date
    new_day: date


async def move(work: Transaction, how: Move) -> list[str]:
    """Tokens, places and duties since then have the new time; numbers go on above theirs.

    Returns the numbers that stay where they were, because the new day has them already.
    """
    issued = select(*TokenRow.metadata.tables["token"].columns).where(
        col(TokenRow.issued_at) >= how.since, col(TokenRow.service_day) == how.old_day
    )
    tokens = (await work.connection.execute(issued)).all()
    taken = await _taken(work, how.new_day) if how.new_day != how.old_day else set()
    staying = [token.number for token in tokens if (token.department_id, token.number) in taken]
    moving = [token for token in tokens if (token.department_id, token.number) not in taken]
    for token in moving:
        one = update(TokenRow).where(col(TokenRow.id) == token.id)
        await work.connection.execute(one.values(service_day=how.new_day, issued_at=token.issued_at + how.by))
        await _move_entries(work, token.id, how)
    if how.new_day != how.old_day:
        await _raise_counters(work, {token.department_id for token in moving}, how)
    await _move_duties(work, how)
    return staying


async def _taken(work: Transaction, day: date) -> set[tuple[int, str]]:
    query = select(col(TokenRow.department_id), col(TokenRow.number)).where(col(TokenRow.service_day) == day)
    return {(row.department_id, row.number) for row in await work.connection.execute(query)}


async def _move_entries(work: Transaction, token_id: int, how: Move) -> None:
    table = QueueEntryRow.metadata.tables["queue_entry"]
    for entry in (await work.connection.execute(select(table).where(table.c.token_id == token_id))).all():
        moments = _MOMENTS if entry.state in LIVE else ()
        values = {name: at + how.by for name in moments if (at := getattr(entry, name)) is not None}
        one = update(table).where(table.c.id == entry.id)
        await work.connection.execute(one.values(service_day=how.new_day, version=entry.version + 1, **values))


async def _raise_counters(work: Transaction, departments: set[int], how: Move) -> None:
    """The new day's numbers go on above those of the old day, so that none is given to two people who are here."""
    for department_id in departments:
        both = col(CounterRow.service_day).in_([how.old_day, how.new_day])
        highest = select(func.max(col(CounterRow.value))).where(col(CounterRow.department_id) == department_id, both)
        value = await work.connection.scalar(highest)
        row = work.insert(CounterRow).values(department_id=department_id, service_day=how.new_day, value=value)
        keys = ["department_id", "service_day"]
        await work.connection.execute(row.on_conflict_do_update(index_elements=keys, set_={"value": value}))


async def _move_duties(work: Transaction, how: Move) -> None:
    begun = select(col(DutyRow.id), col(DutyRow.since_at)).where(col(DutyRow.since_at) >= how.since)
    for duty in (await work.connection.execute(begun)).all():
        one = update(DutyRow).where(col(DutyRow.id) == duty.id)
        await work.connection.execute(one.values(since_at=duty.since_at + how.by))
