"""Entries, tokens, calls and duties: the rows of a queue as the domain's objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.clinic.clinic import Department, Room
from queue_server.domain.errors import UnknownToken
from queue_server.domain.queue.ordering import rank
from queue_server.domain.queue.tokens import LIVE, Priority, QueueEntry, Rank, State, Token
from queue_server.storage.engine.store import Transaction
from queue_server.storage.engine.together import Ask, IdOf, ask, together
from queue_server.storage.queue import queue_statements as statements
from queue_server.storage.tables import QueueEntryRow, TokenRow

#: So many rows are read by a statement that is compiled already, a few at a time.
_FEW = 4 * statements.TOGETHER

_NEW_TOKEN: Mapping[str, object] = MappingProxyType({"patient_id": None, "is_deleted": False})


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry and what tells whether its row is still the same: version, token and joining time.

    The version alone does not: SQLite may give the id of an entry that was unmade to the next one.
    """

    stamp: tuple[object, ...]
    entry: QueueEntry


KnownEntries = Mapping[int, KnownEntry]
NOTHING_KNOWN: KnownEntries = MappingProxyType({})


async def add_token(work: Transaction, **values: object) -> int:
    """Insert a token with these columns; returns its id."""
    return int(await statements.ADD_TOKEN.scalar(work.connection, **{**_NEW_TOKEN, **values}))


async def add_waiting(
    work: Transaction, token: Mapping[str, object], department: Department, day: date, priority: Priority, **more: Any
) -> int:
    """Insert a token with these columns, who joins the queue as by `add_entry`; returns the token's id."""
    entry = _new_entry(work, IdOf(0), department, day, priority, **more)
    (made,), (joined,) = await together(
        work.connection, ask(statements.ADD_TOKEN, **{**_NEW_TOKEN, **token}), ask(statements.ADD_ENTRY, **entry)
    )
    work.entry_changed(department.id, joined[0])
    return int(made[0])


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
    values = _new_entry(work, token_id, department, day, priority, reason, place, **more)
    entry_id = int(await statements.ADD_ENTRY.scalar(work.connection, **values))
    work.entry_changed(department.id, entry_id)
    return entry_id


def _new_entry(
    work: Transaction,
    token_id: int | IdOf,
    department: Department,
    day: date,
    priority: Priority,
    reason: str | None = None,
    place: Rank | None = None,
    **more: object,
) -> dict[str, object]:
    sequence = place.sequence if place else None
    place = place or rank(priority, work.now, 0, department.rules)
    return {
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
        **more,
    }


async def token_by_id(connection: AsyncConnection, token_id: int) -> Token:
    """Raises `UnknownToken`."""
    return _token(await statements.TOKEN_BY_ID.first(connection, token_id=token_id))


async def token_by_key(connection: AsyncConnection, key: str) -> Token:
    """The token of a phone page's link. Raises `UnknownToken`."""
    return _token(await statements.TOKEN_BY_KEY.first(connection, key=key))


async def tokens_by_key(connection: AsyncConnection, keys: Sequence[str]) -> list[Token]:
    """The tokens of these links, in no particular order; unknown keys have none."""
    columns = TokenRow.metadata.tables["token"].columns
    query = select(*columns).where(col(TokenRow.key).in_(keys), col(TokenRow.is_deleted).is_(False))
    return [_token_of(row) for row in await connection.execute(query)]


async def token_by_number(connection: AsyncConnection, day: date, number: str) -> Token:
    """The token with this number on this day; departments have different prefixes. Raises `UnknownToken`."""
    return _token(await statements.TOKEN_BY_NUMBER.first(connection, day=day, number=number))


async def newest_entry(connection: AsyncConnection, token_id: int) -> QueueEntry:
    """The stay that holds the token's present state. Raises `UnknownToken`."""
    row = await statements.NEWEST_ENTRY.first(connection, token_id=token_id)
    if row is None:
        raise UnknownToken
    return _entry(row)


async def standing(connection: AsyncConnection, token_id: int) -> tuple[Token, QueueEntry, int]:
    """The token, the stay that holds its present state, and the version of that. Raises `UnknownToken`."""
    row = await statements.STANDING.first(connection, of_token=token_id)
    if row is None:
        raise UnknownToken
    token = Token(
        row.token_id,
        row.token_key,
        row.token_number,
        row.token_department_id,
        row.token_service_day,
        row.token_language,
        row.token_issued_at,
        row.token_ahead_at_issue,
    )
    return token, _entry(row), row.version


async def newest_entries(connection: AsyncConnection, token_ids: Sequence[int]) -> dict[int, QueueEntry]:
    """Token id → the stay that holds its present state, without deleted tokens."""
    newest = select(func.max(col(QueueEntryRow.id))).where(col(QueueEntryRow.token_id).in_(token_ids))
    newest = newest.group_by(col(QueueEntryRow.token_id))
    query = statements.entries().where(col(QueueEntryRow.id).in_(newest), col(TokenRow.is_deleted).is_(False))
    return {entry.token_id: entry for entry in map(_entry, await connection.execute(query))}


async def entries_of_day(connection: AsyncConnection, day: date) -> list[QueueEntry]:
    """The stay that holds the present state of each of the day's tokens, without deleted ones, by token."""
    newest = select(func.max(col(QueueEntryRow.id))).where(col(QueueEntryRow.service_day) == day)
    newest = newest.group_by(col(QueueEntryRow.token_id))
    query = statements.entries().where(col(QueueEntryRow.id).in_(newest), col(TokenRow.is_deleted).is_(False))
    return [_entry(row) for row in await connection.execute(query.order_by(col(QueueEntryRow.token_id)))]


async def newest_entry_id(connection: AsyncConnection, token_id: int) -> int:
    """The id of the token's newest stay, also of a deleted token. Raises `UnknownToken`."""
    found = await statements.NEWEST_ENTRY_ID.scalar(connection, token_id=token_id)
    if found is None:
        raise UnknownToken
    return int(found)


async def first_entry(connection: AsyncConnection, token_id: int, department_id: int) -> QueueEntry:
    """The token's first stay in this department. Raises `UnknownToken`."""
    row = await statements.FIRST_ENTRY.first(connection, token_id=token_id, department_id=department_id)
    if row is None:
        raise UnknownToken
    return _entry(row)


async def live_entries(
    connection: AsyncConnection,
    department_id: int,
    day: date,
    known: KnownEntries = NOTHING_KNOWN,
    changed: Collection[int] | None = None,
) -> KnownEntries:
    """Everybody who waits, is called, served, held or missed in the department on this day.

    An entry that is `known` from an earlier look, with the stamp that it still has, is not read again; with `changed`,
    the ids of all that may have changed since, the others are not even looked at. Only a look at what is committed may
    be kept as known: inside a transaction the same stamp can still become something else.
    """
    where = {"department_id": department_id, "day": day}
    if changed is None:
        rows = await statements.LIVE_STAMPS.tuples(connection, **where)
        found = {}
    else:
        looking = statements.LIVE_STAMPS_BY_ID
        looked = [await looking.tuples(connection, **where, **statements.these(some)) for some in _some(changed)]
        rows = list(chain.from_iterable(looked))
        found = dict(known)
        for one in changed:
            found.pop(one, None)
    stamps = {row[0]: tuple(row[1:]) for row in rows}
    found |= {key: known[key] for key, stamp in stamps.items() if key in known and known[key].stamp == stamp}
    if missing := stamps.keys() - found.keys():
        for read in await entries_by_id(connection, missing):
            found[read.id] = KnownEntry(stamps[read.id], read)
    return found


async def entries_before(connection: AsyncConnection, day: date) -> list[QueueEntry]:
    """Live entries of earlier service days, which the day's end has left over."""
    query = statements.entries().where(col(QueueEntryRow.service_day) < day, col(QueueEntryRow.state).in_(LIVE))
    return [_entry(row) for row in await connection.execute(query)]


async def entries_by_id(connection: AsyncConnection, ids: Iterable[int]) -> list[QueueEntry]:
    """The entries with these ids, in no particular order."""
    ids = list(ids)
    if len(ids) <= _FEW:
        looking = statements.ENTRIES_BY_ID
        looked = [await looking.rows(connection, **statements.these(some)) for some in _some(ids)]
        return [_entry(row) for row in chain.from_iterable(looked)]
    query = statements.entries().where(col(QueueEntryRow.id).in_(ids))
    return [_entry(row) for row in await connection.execute(query)]


def _some(ids: Iterable[int]) -> Iterable[list[int]]:
    """The ids, as many at a time as are looked up together."""
    rest = iter(ids)
    return iter(lambda: list(islice(rest, statements.TOGETHER)), [])


async def is_live(connection: AsyncConnection, entry_id: int, day: date) -> bool:
    """Whether the entry is of this day and not over."""
    return await statements.IS_LIVE.first(connection, entry_id=entry_id, day=day) is not None


def looking_at_next(room: Room, day: date, doctor_id: int | None) -> tuple[Ask, Ask]:
    """What `next_in` makes the rows of: who is in the room or called there, and who waits first for this doctor."""
    where = {"department_id": room.department_id, "day": day}
    return (
        ask(statements.IN_ROOM_NOW, **where, room_id=room.id),
        ask(statements.FIRST_WAITING, **where, doctor_id=doctor_id),
    )


def next_in(looked: Sequence[Sequence[Any]]) -> tuple[list[QueueEntry], QueueEntry | None]:
    """Who is called to the room, or being seen there; and whom `next_for` gives to the doctor, of all who wait."""
    return [_entry(row) for row in looked[0]], next(map(_entry, looked[1]), None)


async def save_entry(work: Transaction, entry: QueueEntry) -> int:
    """The stored entry equals `entry`; returns its new version."""
    (version,) = await save_entries(work, [entry])
    return version


async def save_entries(work: Transaction, entries: Sequence[QueueEntry]) -> list[int]:
    """The stored entries equal these, which are different ones; returns their new versions."""
    found = await together(work.connection, *(_saving(work, entry) for entry in entries))
    return [int(row[0]) for (row,) in found]


async def save_and_call(work: Transaction, entries: Sequence[QueueEntry], room: Room) -> tuple[list[int], int]:
    """The same, and the last one's number is announced to the room; returns the call_id, too."""
    saving = [_saving(work, entry) for entry in entries]
    *found, (call,) = await together(work.connection, *saving, _announcing(work, entries[-1], room, is_recall=False))
    return [int(row[0]) for (row,) in found], int(call[0])


def _saving(work: Transaction, entry: QueueEntry) -> Ask:
    work.entry_changed(entry.department_id, entry.id)
    return ask(
        statements.SAVE_ENTRY,
        entry_id=entry.id,
        state=entry.state,
        priority=entry.priority,
        priority_reason=entry.priority_reason,
        rank_at=entry.rank.at,
        rank_sequence=None if entry.rank.sequence == entry.id else entry.rank.sequence,
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
        is_chosen=entry.is_chosen,
        is_here=entry.is_here,
        arrived_at=entry.arrived_at,
        passed_at=entry.passed_at,
    )


async def pass_by(work: Transaction, called: QueueEntry, day: date) -> None:
    """Whoever is not here, and would have been called before this one, was passed now; see `ordering.passes`."""
    if called.rank.is_emergency:
        return
    place = {"at": called.rank.at, "sequence": called.rank.sequence, "after": called.rank.after}
    where = {"of_department": called.department_id, "of_day": day, "moment": work.now}
    for row in await statements.PASS.rows(work.connection, **place, **where):
        work.entry_changed(called.department_id, row.id)


async def take_pass_back(work: Transaction, department_id: int, day: date, at: datetime) -> None:
    """Nobody was passed by the call of this moment."""
    where = {"of_department": department_id, "of_day": day, "moment": at}
    for row in await statements.TAKE_PASS_BACK.rows(work.connection, **where):
        work.entry_changed(department_id, row.id)


async def versions(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, int]:
    """Entry id → version."""
    found = {one: await statements.VERSION.scalar(connection, entry_id=one) for one in ids}
    return {one: version for one, version in found.items() if version is not None}


async def add_call(work: Transaction, entry: QueueEntry, room: Room, *, is_recall: bool) -> int:
    """The number is announced to the room; returns the call_id."""
    ((call,),) = await together(work.connection, _announcing(work, entry, room, is_recall=is_recall))
    return int(call[0])


def _announcing(work: Transaction, entry: QueueEntry, room: Room, *, is_recall: bool) -> Ask:
    return ask(
        statements.ADD_CALL,
        entry_id=entry.id,
        department_id=entry.department_id,
        number=entry.number,
        room=room.code,
        at=work.now,
        is_recall=is_recall,
        is_withdrawn=False,
    )


async def withdraw_calls(work: Transaction, call_ids: Iterable[int]) -> None:
    """These calls are no longer shown."""
    for call_id in call_ids:
        await statements.WITHDRAW_CALL.rows(work.connection, call_id=call_id)


def _token(row: Any) -> Token:
    if row is None:
        raise UnknownToken
    return _token_of(row)


def _token_of(row: Any) -> Token:
    return Token(
        row.id,
        row.key,
        row.number,
        row.department_id,
        row.service_day,
        row.language,
        row.issued_at,
        row.ahead_at_issue,
    )


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
        is_chosen=row.is_chosen,
        is_here=row.is_here,
        arrived_at=row.arrived_at,
        passed_at=row.passed_at,
    )
