"""Tallies of days and months, and the rows that they are made from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.alerts.alerts import AlertKind
from queue_server.domain.analytics.quantile_sketch import Sketch, from_numbers, to_numbers
from queue_server.domain.analytics.tallies import Fault, Grain, Key, LongWait, Part, Span, Stay, Tallies, Tally
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Wait
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import (
    CallRow,
    DeviceRow,
    EventRow,
    FaultRow,
    OutboxRow,
    PrintJobRow,
    PromiseRow,
    QueueEntryRow,
    SlipTallyRow,
    TallyProgressRow,
    TallyRow,
    TokenRow,
)

_COUNTS = ("joined", "attended", "transferred", "cancelled", "no_show", "expired", "returned")
_SCORES = ("promised", "inside", "error_s", "later", "later_inside", "alerted", "alerted_in_time")
_KEY = ("start", "department_id", "part", "which")
#: Everything that is kept of a tally. What is not needed is not read: a year has thousands of tallies.
FIELDS = (*_COUNTS, *_SCORES, "waits", "consultations", "errors", "longest")


_FIRST_CALL: Any = (
    select(func.min(col(CallRow.at)))
    .where(col(CallRow.entry_id) == col(QueueEntryRow.id), col(CallRow.is_withdrawn).is_(False))
    .scalar_subquery()
    .label("first_called_at")
)
#: What was promised to somebody who was not here when the turn came is not judged.
_IS_JUDGED = col(QueueEntryRow.passed_at).is_(None)
#: When an alert was written that it would soon be time.
_ALERTED: Any = (
    select(func.min(col(OutboxRow.created_at)))
    .where(col(OutboxRow.token_id) == col(QueueEntryRow.token_id), col(OutboxRow.kind) == AlertKind.SOON.value)
    .where(col(OutboxRow.created_at) >= col(QueueEntryRow.joined_at))
    .scalar_subquery()
    .label("alerted_at")
)


@dataclass(frozen=True, slots=True)
class TallyProgress:
    """The tallies are complete up to the service day `until`, and know the journal up to `event_number`."""

    until: date | None = None
    event_number: int = 0


async def stays_on(connection: AsyncConnection, day: date) -> list[Stay]:
    """Every stay of this service day, but for those of deleted tokens, which were mistakes."""
    entry = QueueEntryRow
    query: Any = (
        select(
            col(entry.department_id),
            col(entry.state),
            func.coalesce(col(entry.arrived_at), col(entry.joined_at)).label("joined_at"),
            col(TokenRow.number),
            col(entry.token_id),
            col(TokenRow.channel).label("origin"),
            col(entry.doctor_id),
            _FIRST_CALL,
            col(entry.called_at),
            col(entry.started_at),
            col(entry.finished_at),
            col(entry.calls),
            col(entry.returns),
            col(entry.priority),
            _ALERTED,
            col(PromiseRow.clues),
            func.coalesce(col(PromiseRow.later), 0).label("later"),
            func.coalesce(col(PromiseRow.later_inside), 0).label("later_inside"),
            col(PromiseRow.low_s),
            col(PromiseRow.likely_s),
            col(PromiseRow.high_s),
        )
        .join(TokenRow, col(TokenRow.id) == col(entry.token_id))
        .join(PromiseRow, and_(col(PromiseRow.entry_id) == col(entry.id), _IS_JUDGED), isouter=True)
        .where(col(TokenRow.service_day) == day, col(TokenRow.is_deleted).is_(False))
        .order_by(col(entry.id))
    )
    return [_stay(row) for row in await connection.execute(query)]


async def slips_on(connection: AsyncConnection, day: date) -> dict[tuple[str, str], int]:
    """(place, state) → how many slips of this service day's tokens."""
    query = (
        select(col(PrintJobRow.place), col(PrintJobRow.state), func.count())
        .join(TokenRow, col(TokenRow.id) == col(PrintJobRow.token_id))
        .where(col(TokenRow.service_day) == day)
        .group_by(col(PrintJobRow.place), col(PrintJobRow.state))
    )
    return {(place, state.value): count for place, state, count in await connection.execute(query)}


async def reach(connection: AsyncConnection) -> TallyProgress:
    """How far the tallies reach."""
    row = (await connection.execute(select(col(TallyProgressRow.until), col(TallyProgressRow.event_number)))).first()
    return TallyProgress(*row) if row else TallyProgress()


async def lock_reach(work: Transaction) -> TallyProgress:
    """The same; nobody else tallies until the commit."""
    await work.connection.execute(work.insert(TallyProgressRow).values(id=1, event_number=0).on_conflict_do_nothing())
    query = select(col(TallyProgressRow.until), col(TallyProgressRow.event_number)).with_for_update()
    return TallyProgress(*(await work.connection.execute(query)).one())


async def save_reach(work: Transaction, reach: TallyProgress) -> None:
    """The tallies reach so far."""
    values = {"until": reach.until, "event_number": reach.event_number}
    statement = work.insert(TallyProgressRow).values(id=1, **values)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


async def days_before(connection: AsyncConnection, today: date, after: date | None) -> list[date]:
    """The service days with tokens before `today`, and after `after` where it is given, in order."""
    query = select(col(TokenRow.service_day)).distinct().where(col(TokenRow.service_day) < today)
    if after is not None:
        query = query.where(col(TokenRow.service_day) > after)
    return list((await connection.execute(query.order_by(col(TokenRow.service_day)))).scalars())


async def days_changed(connection: AsyncConnection, after: int, most: int) -> tuple[set[date], int]:
    """The service days of the tokens in the next `most` sealed lines above `after`, and the last line's number."""
    lines = (
        select(col(EventRow.number), col(EventRow.token_id))
        .where(col(EventRow.number) > after)
        .order_by(col(EventRow.number))
        .limit(most)
        .subquery()
    )
    last = (await connection.execute(select(func.max(lines.c.number)))).scalar_one()
    query = select(col(TokenRow.service_day)).distinct().join(lines, lines.c.token_id == col(TokenRow.id))
    return set((await connection.execute(query)).scalars()), last or after


async def save(work: Transaction, grain: Grain, start: date, tallies: Tallies) -> None:
    """These are the tallies of this day, month or year, and no others."""
    await work.connection.execute(delete(TallyRow).where(col(TallyRow.grain) == grain, col(TallyRow.start) == start))
    if tallies:
        rows = [_values(grain, start, key, tally) for key, tally in tallies.items()]
        await work.connection.execute(work.insert(TallyRow), rows)


async def save_slips(work: Transaction, day: date, slips: dict[tuple[str, str], int]) -> None:
    """So many slips of this day came to these ends."""
    await work.connection.execute(delete(SlipTallyRow).where(col(SlipTallyRow.day) == day))
    if slips:
        rows = [{"day": day, "place": place, "state": state, "count": count} for (place, state), count in slips.items()]
        await work.connection.execute(work.insert(SlipTallyRow), rows)


async def read(
    connection: AsyncConnection,
    spans: Sequence[Span],
    *,
    parts: Collection[Part] = tuple(Part),
    department_id: int | None = None,
    fields: Collection[str] = FIELDS,
) -> list[tuple[date, Key, Tally]]:
    """The kept tallies of these spans, ends included.

    Only these `fields` of the tallies are read, the others are empty.
    """
    row = TallyRow
    if not spans:
        return []
    found = [and_(col(row.grain) == grain, col(row.start).between(first, last)) for grain, first, last in spans]
    columns = [TallyRow.metadata.tables["tally"].columns[name] for name in (*_KEY, *fields)]
    query = select(*columns).where(or_(*found), col(row.part).in_(parts))
    if department_id is not None:
        query = query.where(col(row.department_id) == department_id)
    wanted = [(name, place, _WRITTEN.get(name)) for place, name in enumerate(fields, len(_KEY))]
    return [_read(one, wanted) for one in await connection.execute(query)]


async def read_slips(connection: AsyncConnection, first: date, last: date) -> dict[tuple[str, str], int]:
    """(place, state) → how many slips of these days, as far as they are kept."""
    row = SlipTallyRow
    query = (
        select(col(row.place), col(row.state), func.sum(col(row.count)))
        .where(col(row.day).between(first, last))
        .group_by(col(row.place), col(row.state))
    )
    return {(place, state): int(count) for place, state, count in await connection.execute(query)}


async def see_state(work: Transaction, device_id: int, state: str, *, is_fault: bool) -> None:
    """The machine is in this state from now on: a fault that lasted is over, another one begins."""
    open_fault = and_(col(FaultRow.device_id) == device_id, col(FaultRow.ended_at).is_(None))
    await work.connection.execute(update(FaultRow).where(open_fault).values(ended_at=work.now))
    if is_fault:
        values = {"device_id": device_id, "state": state, "began_at": work.now}
        await work.connection.execute(work.insert(FaultRow).values(**values))


async def faults(connection: AsyncConnection, since: datetime, until: datetime) -> list[Fault]:
    """The faults that began in this time, or lasted into it; newest first, a thousand at most."""
    query = (
        select(
            col(DeviceRow.name),
            col(DeviceRow.place),
            col(FaultRow.state),
            col(FaultRow.began_at),
            col(FaultRow.ended_at),
        )
        .join(DeviceRow, col(DeviceRow.id) == col(FaultRow.device_id))
        .where(col(FaultRow.began_at) < until)
        .where(or_(col(FaultRow.ended_at).is_(None), col(FaultRow.ended_at) > since))
        .order_by(col(FaultRow.began_at).desc())
        .limit(1000)
    )
    return [Fault(*row) for row in await connection.execute(query)]


def _stay(row: Row[Any]) -> Stay:
    facts: dict[str, Any] = dict(row._mapping)
    wait, clues = [facts.pop(name) for name in Wait._fields], facts.pop("clues")
    facts["priority"] = facts["priority"].value
    ahead = None if clues is None else Clues.from_list(clues).ahead
    return Stay(**facts, ahead=ahead, promise=None if wait[0] is None else Wait(*wait))


def _values(grain: Grain, start: date, key: Key, tally: Tally) -> dict[str, Any]:
    department_id, part, which = key
    values: dict[str, Any] = {"grain": grain, "start": start, "department_id": department_id}
    values |= {"part": part.value, "which": which}
    values |= {name: getattr(tally, name) for name in (*_COUNTS, *_SCORES)}
    values["waits"] = to_numbers(tally.waits)
    values["consultations"] = to_numbers(tally.consultations) if part in {Part.ALL, Part.DOCTOR} else None
    values["errors"] = to_numbers(tally.errors) if part is Part.ALL else None
    values["longest"] = _longest(tally.longest) if part is Part.ALL else None
    return values


def _longest(waits: Iterable[LongWait]) -> list[list[Any]]:
    return [[wait.waited_s, wait.token_id, wait.number, wait.day.isoformat()] for wait in waits]


def _read(row: Row[Any], wanted: Sequence[tuple[str, int, Callable[[Any], object] | None]]) -> tuple[date, Key, Tally]:
    """`wanted`: each field's name, its place in the row, and how it is read where it is not a number."""
    cells: Sequence[Any] = list(row)
    values: dict[str, Any] = {name: read(cells[place]) if read else cells[place] for name, place, read in wanted}
    return cells[0], (cells[1], Part(cells[2]), cells[3]), Tally(**values)


def _read_sketch(written: Sequence[int] | None) -> Sketch:
    return from_numbers(written or ())


def _read_longest(written: Sequence[Sequence[Any]] | None) -> tuple[LongWait, ...]:
    return tuple(LongWait(kept[0], kept[1], kept[2], date.fromisoformat(kept[3])) for kept in written or ())


_WRITTEN: Mapping[str, Callable[[Any], object]] = {
    "waits": _read_sketch,
    "consultations": _read_sketch,
    "errors": _read_sketch,
    "longest": _read_longest,
}
