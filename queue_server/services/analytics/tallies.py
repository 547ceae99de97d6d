"""What the clinic's days amount to: kept for days that are over, counted anew for today."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.domain.analytics.tallies import (
    Grain,
    Key,
    Machines,
    Part,
    Span,
    Stay,
    Tallies,
    Tally,
    added_up,
    cut,
    next_month,
    tallies,
)
from queue_server.domain.queue.numbering import day_ends_at
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.analytics import tally_rows
from queue_server.storage.analytics.tally_rows import TallyProgress
from queue_server.storage.engine import journal
from queue_server.storage.engine.store import Store, Transaction

#: So many journal lines are looked through at once for days that have changed after they were over.
LINES = 5000


class StoredTallies:
    """Any range of service days, ends included. `keep` writes down what is over; it is run every minute."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues

    async def of(
        self,
        first: date,
        last: date,
        department_id: int | None = None,
        parts: Collection[Part] = tuple(Part),
        fields: Collection[str] = tally_rows.FIELDS,
    ) -> dict[Key, Tally]:
        """The tallies of the whole range, with these fields at least."""
        async with self._store.reading() as connection:
            reach = await tally_rows.reach(connection)
            spans = cut(first, min(last, reach.until)) if reach.until else []
            kept = await tally_rows.read(connection, spans, parts=parts, department_id=department_id, fields=fields)
            live = await self._live(connection, first, last, reach)
        asked = ({key: tally for key, tally in day.items() if key[1] in parts} for _, day in live)
        mine = ({key: tally for key, tally in day.items() if department_id in (None, key[0])} for day in asked)
        return added_up([*({key: tally} for _, key, tally in kept), *mine])

    async def by_day(
        self, first: date, last: date, fields: Collection[str] = ("joined",)
    ) -> list[tuple[date, Key, Tally]]:
        """The tally of each single day and department, with these fields at least; days without any are left out."""
        async with self._store.reading() as connection:
            reach = await tally_rows.reach(connection)
            spans = [(Grain.DAY, first, min(last, reach.until))] if reach.until else []
            kept = await tally_rows.read(connection, spans, parts=[Part.ALL], fields=fields)
            live = await self._live(connection, first, last, reach)
        return kept + [
            (day, key, tally) for day, counted in live for key, tally in counted.items() if key[1] is Part.ALL
        ]

    async def machines(self, first: date, last: date) -> Machines:
        """Slips and faults of these days."""
        clinic = await self._queues.clinic()
        began = day_ends_at(first - timedelta(days=1), clinic.zone, clinic.roll_over)
        ended = day_ends_at(last, clinic.zone, clinic.roll_over)
        async with self._store.reading() as connection:
            reach = await tally_rows.reach(connection)
            slips = await tally_rows.read_slips(connection, first, min(last, reach.until)) if reach.until else {}
            for day in await self._untallied(connection, first, last, reach):
                for key, count in (await tally_rows.slips_on(connection, day)).items():
                    slips[key] = slips.get(key, 0) + count
            return Machines(slips, await tally_rows.faults(connection, began, ended))

    async def stays(self, day: date) -> list[Stay]:
        """Every stay of one day."""
        async with self._store.reading() as connection:
            return await tally_rows.stays_on(connection, day)

    async def keep(self) -> int:
        """Every day that is over has its tallies, and so has every month; returns how many days were counted."""
        today = await self._queues.day()
        yesterday = today - timedelta(days=1)
        async with self._store.reading() as connection:
            known = await tally_rows.reach(connection)
            new = await tally_rows.days_before(connection, today, known.until)
            if known.until is None:  # everything is counted now, whatever happened to it
                late, (line, _) = set(), await journal.head(connection)
            else:
                changed, line = await tally_rows.days_changed(connection, known.event_number, LINES)
                late = {day for day in changed if day <= known.until}
        for day in sorted({*new, *late}):
            await self._keep_day(day)
        if not new and not late and (known.until, known.event_number) == (yesterday, line):
            return 0
        async with self._store.transaction() as work:
            await tally_rows.lock_reach(work)
            months = _months([*new, *late], known.until, yesterday)
            for month in months:
                await _add_up(work, Grain.MONTH, month, (Grain.DAY, month, next_month(month) - timedelta(days=1)))
            for year in sorted({month.year for month in months if date(month.year, 12, 31) <= yesterday}):
                start = date(year, 1, 1)
                await _add_up(work, Grain.YEAR, start, (Grain.MONTH, start, date(year, 12, 1)))
            await tally_rows.save_reach(work, TallyProgress(yesterday, line))
        return len(new) + len(late)

    async def _keep_day(self, day: date) -> None:
        zone = (await self._queues.clinic()).zone
        async with self._store.reading() as connection:
            counted = tallies(await tally_rows.stays_on(connection, day), day, zone)
            slips = await tally_rows.slips_on(connection, day)
        async with self._store.transaction() as work:
            await tally_rows.lock_reach(work)
            await tally_rows.save(work, Grain.DAY, day, counted)
            await tally_rows.save_slips(work, day, slips)

    async def _live(
        self, connection: AsyncConnection, first: date, last: date, reach: TallyProgress
    ) -> list[tuple[date, Tallies]]:
        """The tallies of the days in the range that are not kept yet."""
        zone = (await self._queues.clinic()).zone
        days = await self._untallied(connection, first, last, reach)
        return [(day, tallies(await tally_rows.stays_on(connection, day), day, zone)) for day in days]

    async def _untallied(
        self, connection: AsyncConnection, first: date, last: date, reach: TallyProgress
    ) -> list[date]:
        end = min(last, await self._queues.day()) + timedelta(days=1)
        begin = first - timedelta(days=1)
        after = begin if reach.until is None else max(begin, reach.until)
        return await tally_rows.days_before(connection, end, after) if after < end else []


async def _add_up(work: Transaction, grain: Grain, start: date, parts: Span) -> None:
    """The month or year is the sum of its parts, which are kept."""
    kept = await tally_rows.read(work.connection, [parts])
    await tally_rows.save(work, grain, start, added_up({key: tally} for _, key, tally in kept))


def _months(days: Iterable[date], before: date | None, until: date) -> list[date]:
    """The first days of the months that are over and in which something has changed, or that have ended since."""
    months = {day.replace(day=1) for day in days}
    if before is not None:
        months |= {before.replace(day=1)}
    return sorted(month for month in months if next_month(month) - timedelta(days=1) <= until)
