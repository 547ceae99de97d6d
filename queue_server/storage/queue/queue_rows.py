"""Entries, tokens, calls and duties: the rows of a queue as the domain's objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, String, func, select, tuple_, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.clinic.clinic import Call, Department, Duty, Room, UndoStep
from queue_server.domain.errors import UnknownToken
from queue_server.domain.queue.ordering import rank
from queue_server.domain.queue.tokens import LIVE, Priority, QueueEntry, Rank, State, Token
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import CallRow, CounterRow, DutyRow, QueueEntryRow, StaffRow, TokenRow, UndoRow

_ENTRY = (*QueueEntryRow.metadata.tables["queue_entry"].columns, col(TokenRow.number))
_DUTY = (*DutyRow.metadata.tables["duty"].columns, col(StaffRow.name))

#: Calls that a board must still have: all of the last two minutes, and this many at least.
RECENT_CALLS = 12


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry and what tells whether its row is still the same: version, token and joining time.

    The version alone does not: SQLite may give the id of an entry that was unmade to the next one.
    """

    stamp: tuple[int, int, object]
    entry: QueueEntry


KnownEntries = Mapping[int, KnownEntry]
NOTHING_KNOWN: KnownEntries = MappingProxyType({})


async def next_counter(work: Transaction, department_id: int, day: date) -> int:
    """The next number of the day, from 1; the row stays locked until the commit, so that no number is given twice."""
    statement = (
        work.insert(CounterRow)
        .values(department_id=department_id, service_day=day, value=1)
        .on_conflict_do_update(
            index_elements=["department_id", "service_day"], set_={"value": col(CounterRow.value) + 1}
        )
        .returning(col(CounterRow.value))
    )
    return int((await work.connection.execute(statement)).scalar_one())


async def counter(connection: AsyncConnection, department_id: int, day: date) -> int:
    """How many numbers the department has given out on this day."""
    query = select(col(CounterRow.value)).where(
        col(CounterRow.department_id) == department_id, col(CounterRow.service_day) == day
    )
    return (await connection.execute(query)).scalar_one_or_none() or 0


async def add_token(work: Transaction, token: TokenRow) -> int:
    """The token is stored; returns its id."""
    values = token.model_dump(exclude={"id"})
    statement = work.insert(TokenRow).values(**values).returning(col(TokenRow.id))
    return int((await work.connection.execute(statement)).scalar_one())


async def add_entry(
    work: Transaction,
    token_id: int,
    department: Department,
    day: date,
    priority: Priority,
    reason: str | None = None,
    place: Rank | None = None,
    **more: object,
) -> int:
    """The token joins the department's queue now, at `place` or else that of its priority; returns the entry's id."""
    sequence = place.sequence if place else None
    place = place or rank(priority, work.now, 0, department.rules)
    values: dict[str, object] = {
        "token_id": token_id,
        "department_id": department.id,
        "service_day": day,
        "state": State.WAITING,
        "priority": priority,
        "priority_reason": reason,
        "joined_at": work.now,
        "rank_at": place.at,
        "rank_sequence": sequence,
        "rank_after": place.after,
        "calls": 0,
        "returns": 0,
        "version": 1,
    }
    statement = work.insert(QueueEntryRow).values(values | more).returning(col(QueueEntryRow.id))
    return int((await work.connection.execute(statement)).scalar_one())


async def count_ahead(connection: AsyncConnection, department_id: int, day: date, place: Rank) -> int:
    """How many wait with an earlier place."""
    entry = QueueEntryRow
    is_emergency = col(entry.priority) == Priority.EMERGENCY
    sequence = func.coalesce(col(entry.rank_sequence), col(entry.id))
    earlier: ColumnElement[bool] = tuple_(col(entry.rank_at), sequence, col(entry.rank_after)) < tuple_(
        place.at, place.sequence, place.after
    )
    before = (is_emergency & earlier) if place.is_emergency else (is_emergency | earlier)
    query = select(func.count()).where(
        col(entry.department_id) == department_id,
        col(entry.service_day) == day,
        col(entry.state) == State.WAITING,
        before,
    )
    return int((await connection.execute(query)).scalar_one())


async def token_by_id(connection: AsyncConnection, token_id: int) -> Token:
    """Raises `UnknownToken`."""
    return await _token(connection, col(TokenRow.id) == token_id)


async def token_by_key(connection: AsyncConnection, key: str) -> Token:
    """The token of a phone page's link. Raises `UnknownToken`."""
    return await _token(connection, col(TokenRow.key) == key)


async def tokens_by_key(connection: AsyncConnection, keys: Sequence[str]) -> list[Token]:
    """The tokens of these links, in no particular order; unknown keys have none."""
    return await _tokens(connection, col(TokenRow.key).in_(keys))


async def token_by_number(connection: AsyncConnection, day: date, number: str) -> Token:
    """The token with this number on this day; departments have different prefixes. Raises `UnknownToken`."""
    return await _token(connection, (col(TokenRow.service_day) == day) & (col(TokenRow.number) == number))


async def newest_entry(connection: AsyncConnection, token_id: int) -> QueueEntry:
    """The stay that holds the token's present state. Raises `UnknownToken`."""
    query = _entries().where(col(QueueEntryRow.token_id) == token_id, col(TokenRow.is_deleted).is_(False))
    query = query.order_by(col(QueueEntryRow.id).desc()).limit(1)
    row = (await connection.execute(query)).first()
    if row is None:
        raise UnknownToken
    return _entry(row)


async def newest_entries(connection: AsyncConnection, token_ids: Sequence[int]) -> dict[int, QueueEntry]:
    """Token id → the stay that holds its present state, without deleted tokens."""
    newest = select(func.max(col(QueueEntryRow.id))).where(col(QueueEntryRow.token_id).in_(token_ids))
    newest = newest.group_by(col(QueueEntryRow.token_id))
    query = _entries().where(col(QueueEntryRow.id).in_(newest), col(TokenRow.is_deleted).is_(False))
    return {entry.token_id: entry for entry in map(_entry, await connection.execute(query))}


async def newest_entry_id(connection: AsyncConnection, token_id: int) -> int:
    """The id of the token's newest stay, also of a deleted token. Raises `UnknownToken`."""
    query = select(func.max(col(QueueEntryRow.id))).where(col(QueueEntryRow.token_id) == token_id)
    found = (await connection.execute(query)).scalar_one_or_none()
    if found is None:
        raise UnknownToken
    return int(found)


async def first_entry(connection: AsyncConnection, token_id: int, department_id: int) -> QueueEntry:
    """The token's first stay in this department. Raises `UnknownToken`."""
    query = _entries().where(col(QueueEntryRow.token_id) == token_id, col(QueueEntryRow.department_id) == department_id)
    row = (await connection.execute(query.order_by(col(QueueEntryRow.id)).limit(1))).first()
    if row is None:
        raise UnknownToken
    return _entry(row)


async def live_entries(
    connection: AsyncConnection, department_id: int, day: date, known: KnownEntries = NOTHING_KNOWN
) -> KnownEntries:
    """Everybody who waits, is called, served, held or missed in the department on this day.

    An entry that is `known` from an earlier look, with the stamp that it still has, is not read again. Only a look at
    what is committed may be kept as known: inside a transaction the same stamp can still become something else.
    """
    entry = QueueEntryRow
    # As text on SQLite, whatever the driver gives on PostgreSQL: it is only compared.
    joined_at = type_coerce(col(entry.joined_at), String)
    query = select(col(entry.id), col(entry.version), col(entry.token_id), joined_at).where(
        col(entry.department_id) == department_id, col(entry.service_day) == day, col(entry.state).in_(LIVE)
    )
    rows: Iterable[Any] = await connection.execute(query)
    stamps = {row[0]: (row[1], row[2], row[3]) for row in rows}
    found = {key: known[key] for key, stamp in stamps.items() if key in known and known[key].stamp == stamp}
    if missing := stamps.keys() - found.keys():
        for read in await entries_by_id(connection, missing):
            found[read.id] = KnownEntry(stamps[read.id], read)
    return found


async def entries_before(connection: AsyncConnection, day: date) -> list[QueueEntry]:
    """Live entries of earlier service days, which the day's end has left over."""
    query = _entries().where(col(QueueEntryRow.service_day) < day, col(QueueEntryRow.state).in_(LIVE))
    return [_entry(row) for row in await connection.execute(query)]


async def entries_by_id(connection: AsyncConnection, ids: Iterable[int]) -> list[QueueEntry]:
    """The entries with these ids, in no particular order."""
    query = _entries().where(col(QueueEntryRow.id).in_(list(ids)))
    return [_entry(row) for row in await connection.execute(query)]


async def save_entry(work: Transaction, entry: QueueEntry) -> int:
    """The stored entry equals `entry`; returns its new version."""
    sequence = None if entry.rank.sequence == entry.id else entry.rank.sequence
    statement = (
        update(QueueEntryRow)
        .where(col(QueueEntryRow.id) == entry.id)
        .values(
            state=entry.state,
            priority=entry.priority,
            priority_reason=entry.priority_reason,
            rank_at=entry.rank.at,
            rank_sequence=sequence,
            rank_after=entry.rank.after,
            room_id=entry.room_id,
            doctor_id=entry.doctor_id,
            called_at=entry.called_at,
            started_at=entry.started_at,
            finished_at=entry.finished_at,
            calls=entry.calls,
            returns=entry.returns,
            return_to=entry.return_to,
            for_doctor_id=entry.for_doctor_id,
            version=col(QueueEntryRow.version) + 1,
        )
        .returning(col(QueueEntryRow.version))
    )
    return int((await work.connection.execute(statement)).scalar_one())


async def versions(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, int]:
    """Entry id → version."""
    query = select(col(QueueEntryRow.id), col(QueueEntryRow.version)).where(col(QueueEntryRow.id).in_(list(ids)))
    return {row.id: row.version for row in await connection.execute(query)}


async def add_call(work: Transaction, entry: QueueEntry, room: Room, *, is_recall: bool) -> int:
    """The number is announced to the room; returns the call_id."""
    values = {
        "entry_id": entry.id,
        "department_id": entry.department_id,
        "number": entry.number,
        "room": room.code,
        "at": work.now,
        "is_recall": is_recall,
        "is_withdrawn": False,
    }
    return int(
        (await work.connection.execute(work.insert(CallRow).values(**values).returning(col(CallRow.id)))).scalar_one()
    )


async def withdraw_calls(work: Transaction, call_ids: Iterable[int]) -> None:
    """These calls are no longer shown."""
    statement = update(CallRow).where(col(CallRow.id).in_(list(call_ids))).values(is_withdrawn=True)
    await work.connection.execute(statement)


async def recent_calls(
    connection: AsyncConnection, department_id: int, day_began: datetime, since: datetime
) -> list[Call]:
    """The day's calls made since `since`, and the last twelve at least; newest last, never more than a hundred."""
    query = (
        select(*CallRow.metadata.tables["call"].columns)
        .where(col(CallRow.department_id) == department_id, col(CallRow.is_withdrawn).is_(False))
        .where(col(CallRow.at) >= day_began)
        .order_by(col(CallRow.id).desc())
        .limit(100)
    )
    rows = list(await connection.execute(query))
    kept = [row for place, row in enumerate(rows) if place < RECENT_CALLS or row.at >= since]
    return [Call(row.id, row.number, row.room, row.at, row.is_recall) for row in reversed(kept)]


async def duties(connection: AsyncConnection, room_ids: Iterable[int] | None = None) -> list[Duty]:
    """Who is on duty, expected or on a break in these rooms, or anywhere."""
    query = select(*_DUTY).join(StaffRow, col(StaffRow.id) == col(DutyRow.doctor_id)).order_by(col(DutyRow.id))
    if room_ids is not None:
        query = query.where(col(DutyRow.room_id).in_(list(room_ids)))
    return [
        Duty(row.doctor_id, row.name, row.room_id, row.state, row.since_at, row.reason, row.back_at)
        for row in await connection.execute(query)
    ]


async def undo_steps(connection: AsyncConnection, room_ids: Iterable[int]) -> list[UndoStep]:
    """The last action in each of these rooms."""
    query = select(col(UndoRow.room_id), col(UndoRow.action), col(UndoRow.number), col(UndoRow.acted_at))
    rows = await connection.execute(query.where(col(UndoRow.room_id).in_(list(room_ids))))
    return [UndoStep(row.room_id, row.action, row.number, row.acted_at) for row in rows]


def _entries() -> Any:
    return select(*_ENTRY).join(TokenRow, col(TokenRow.id) == col(QueueEntryRow.token_id))


async def _token(connection: AsyncConnection, condition: ColumnElement[bool]) -> Token:
    found = await _tokens(connection, condition)
    if not found:
        raise UnknownToken
    return found[0]


async def _tokens(connection: AsyncConnection, condition: ColumnElement[bool]) -> list[Token]:
    query = select(*TokenRow.metadata.tables["token"].columns).where(condition, col(TokenRow.is_deleted).is_(False))
    return [
        Token(
            row.id,
            row.key,
            row.number,
            row.department_id,
            row.service_day,
            row.language,
            row.issued_at,
            row.ahead_at_issue,
        )
        for row in await connection.execute(query)
    ]


def _entry(row: Row[Any]) -> QueueEntry:
    place = Rank(row.priority is Priority.EMERGENCY, row.rank_at, row.rank_sequence or row.id, row.rank_after)
    return QueueEntry(
        id=row.id,
        token_id=row.token_id,
        number=row.number,
        department_id=row.department_id,
        state=row.state,
        priority=row.priority,
        rank=place,
        joined_at=row.joined_at,
        priority_reason=row.priority_reason,
        room_id=row.room_id,
        doctor_id=row.doctor_id,
        called_at=row.called_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        calls=row.calls,
        returns=row.returns,
        came_from=row.came_from,
        return_to=row.return_to,
        for_doctor_id=row.for_doctor_id,
    )
