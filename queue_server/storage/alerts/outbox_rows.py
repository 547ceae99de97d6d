"""The outbox: messages written with their cause, leased by one process at a time, and what became of them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, bindparam, cast, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server import sources
from queue_server.domain.alerts.alerts import AlertKind, Channel, Holder, MessageState
from queue_server.storage.engine.statements import Statement
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import OutboxRow, TokenRow

#: States in which a message was, or may have been, handed to a gateway, and so counts against the daily limit.
HANDED = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN)
#: States that are left only by an administrator or by a gateway's report.
DONE = (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED, MessageState.WITHDRAWN, MessageState.UNKNOWN)

#: The PostgreSQL advisory lock under which messages of a limited channel are counted and leased.
_LIMIT_LOCK = 5_117_003

_ROW = tuple(OutboxRow.metadata.tables["outbox"].columns)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to write. `cause` names what it tells of: no two with one cause, channel and address are ever sent."""

    cause: str
    channel: Channel
    kind: AlertKind
    to: str
    language: str
    due_at: datetime
    expires_at: datetime
    data: Mapping[str, object] = field(default_factory=dict)
    token_id: int | None = None
    patient_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as it stands in the outbox. `number` and `link_key` are its token's, if it tells of one."""

    id: int
    key: str
    channel: Channel
    kind: AlertKind
    to: str
    language: str
    data: Mapping[str, Any]
    state: MessageState
    reason: str | None
    tries: int
    created_at: datetime
    due_at: datetime
    expires_at: datetime
    changed_at: datetime
    number: str | None = None
    link_key: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a try: the new state, when it is due again if `queued`, the gateway's own id if it gave one."""

    state: MessageState
    reason: str | None = None
    due_at: datetime | None = None
    provider_id: str | None = None


def address_hash(to: str) -> str:
    """What tells addresses apart without spelling them out; a push subscription would be too long for an index."""
    return hashlib.sha256(to.encode()).hexdigest()[:32]


_GIVEN = ("cause", "channel", "kind", "address", "language", "token_id", "patient_id", "data", "due_at", "expires_at")
_PUT = Statement(
    lambda insert: (
        insert(OutboxRow)
        .values({name: bindparam(name) for name in (*_GIVEN, "key", "address_hash", "created_at", "changed_at")})
        .values(state=MessageState.QUEUED, tries=0)
        .on_conflict_do_nothing(index_elements=["cause", "channel", "address_hash"])
        .returning(col(OutboxRow.id))
    )
)


async def put(work: Transaction, messages: Iterable[NewMessage]) -> int:
    """The messages are sent after the commit, except those whose like is there already; returns how many are new."""
    new = 0
    for message in messages:
        given = {name: getattr(message, name) for name in _GIVEN if name not in {"address", "data"}}
        row = await _PUT.first(
            work.connection,
            **given,
            key=secrets.token_hex(16),
            address=message.to,
            address_hash=address_hash(message.to),
            data=dict(message.data),
            created_at=work.now,
            changed_at=work.now,
        )
        new += row is not None
    if new:
        work.touch(sources.OUTBOX)
    return new


async def take(
    work: Transaction, channel: Channel, most: int, leased_until: datetime, limit: int | None, day_began: datetime
) -> list[StoredMessage]:
    """At most so many messages of the channel that are due are `sending`, leased to the caller, oldest first.

    With a `limit` no more are handed over since `day_began`. Two callers never get the same message.
    """
    if limit is not None:
        if work.is_postgres:
            # Otherwise two processes would both count before either has taken.
            await work.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LIMIT_LOCK})
        most = min(most, limit - await handed_since(work.connection, channel, day_began))
    if most <= 0:
        return []
    row = OutboxRow
    is_due = (col(row.state) == MessageState.QUEUED, col(row.due_at) <= work.now, col(row.expires_at) > work.now)
    ids = await _free(work, col(row.channel) == channel, *is_due, most=most)
    statement = update(row).where(col(row.id).in_(ids))
    values = {"state": MessageState.SENDING, "leased_until": leased_until, "handed_at": work.now}
    await work.connection.execute(statement.values(tries=col(row.tries) + 1, changed_at=work.now, **values))
    return await by_id(work.connection, ids)


async def _free(work: Transaction, *conditions: ColumnElement[bool], most: int | None = None) -> list[int]:
    """Ids of such messages that nobody else is changing now, locked for the caller; whoever calls never waits."""
    query = select(col(OutboxRow.id)).where(*conditions).order_by(col(OutboxRow.due_at), col(OutboxRow.id)).limit(most)
    return [found.id for found in await work.connection.execute(query.with_for_update(skip_locked=True))]


async def by_id(connection: AsyncConnection, ids: Collection[int]) -> list[StoredMessage]:
    """The messages with these ids, oldest first."""
    if not ids:
        return []
    rows = await connection.execute(messages().where(col(OutboxRow.id).in_(list(ids))).order_by(col(OutboxRow.id)))
    return [kept(row) for row in rows]


async def handed_since(connection: AsyncConnection, channel: Channel, moment: datetime) -> int:
    """How many messages of the channel were, or may have been, handed to its gateway since then."""
    row = OutboxRow
    query = select(func.count()).where(
        col(row.channel) == channel, col(row.handed_at) >= moment, col(row.state).in_(HANDED)
    )
    return int((await connection.execute(query)).scalar_one())


async def record(work: Transaction, message: StoredMessage, result: Result) -> bool:
    """What became of this try; false when the message is no longer the caller's to say."""
    row = OutboxRow
    is_mine = col(row.state).in_((MessageState.SENDING, MessageState.UNKNOWN, MessageState.QUEUED))
    values: dict[str, Any] = {
        "state": result.state,
        "reason": result.reason,
        "leased_until": None,
        "changed_at": work.now,
    }
    if result.state not in HANDED:
        values["handed_at"] = None
    if result.due_at is not None:
        values["due_at"] = result.due_at
    if result.provider_id is not None:
        values["provider_id"] = result.provider_id[:200]
    if result.state in DONE and message.kind is AlertKind.PIN_RESET:
        values["data"] = {}
    # A later lease has a higher count of tries; an answer that comes after it is about a try that is past.
    mine = update(row).where(col(row.id) == message.id, col(row.tries) == message.tries, is_mine)
    return (await work.connection.execute(mine.values(**values).returning(col(row.id)))).first() is not None


async def release(
    work: Transaction, repeatable: Collection[Channel], held: Collection[int], *, are_all_over: bool = False
) -> int:
    """Leases that ran out are over: repeatable messages are queued again, others are `unknown`; returns how many.

    `held`: messages that the caller itself still has in hand. `are_all_over`: no other process is there to hold any.
    """
    row, count = OutboxRow, 0
    over = [col(row.state) == MessageState.SENDING]
    if not are_all_over:
        over.append(col(row.leased_until) < work.now)
    for is_repeatable in (True, False):
        on_channel = col(row.channel).in_(list(repeatable))
        state = MessageState.QUEUED if is_repeatable else MessageState.UNKNOWN
        mine = on_channel if is_repeatable else ~on_channel
        ids = await _free(work, *over, mine, col(row.id).not_in(list(held)))
        values = {"state": state, "reason": "process_ended", "leased_until": None, "due_at": work.now}
        await work.connection.execute(update(row).where(col(row.id).in_(ids)).values(changed_at=work.now, **values))
        count += len(ids)
    return count


async def give_up(work: Transaction) -> int:
    """Queued messages that have expired are `failed`, for the reason of their last try; returns how many."""
    row = OutboxRow
    given_up = await _free(work, col(row.state) == MessageState.QUEUED, col(row.expires_at) <= work.now)
    if given_up:
        reason = func.coalesce(col(row.reason), "too_late")
        chosen = update(row).where(col(row.id).in_(given_up))
        await work.connection.execute(chosen.values(state=MessageState.FAILED, reason=reason, changed_at=work.now))
        await work.connection.execute(chosen.where(col(row.kind) == AlertKind.PIN_RESET).values(data={}))
    return len(given_up)


async def note_limit(work: Transaction, channel: Channel) -> None:
    """Whoever looks sees that the channel's due messages wait because of the daily limit."""
    row = OutboxRow
    due = (col(row.channel) == channel, col(row.state) == MessageState.QUEUED, col(row.due_at) <= work.now)
    ids = await _free(work, *due, or_(col(row.reason).is_(None), col(row.reason) != "daily_limit"))
    await work.connection.execute(update(row).where(col(row.id).in_(ids)).values(reason="daily_limit"))


async def withdraw(work: Transaction, token_id: int, kinds: Collection[AlertKind]) -> None:
    """What was not yet sent of these kinds about the token is no longer true, and is not sent."""
    row = OutboxRow
    # One that is on its way just now is no longer to be stopped; a press of "next" never waits for it.
    ids = await _free(
        work, col(row.token_id) == token_id, col(row.state) == MessageState.QUEUED, col(row.kind).in_(list(kinds))
    )
    statement = update(row).where(col(row.id).in_(ids))
    await work.connection.execute(statement.values(state=MessageState.WITHDRAWN, changed_at=work.now))


async def withdraw_from(work: Transaction, holder: Holder, channel: Channel, to: str | None) -> None:
    """Whoever no longer wants to be told there gets nothing that was not yet sent."""
    row = OutboxRow
    is_theirs = col(row.token_id) == holder.token_id if holder.token_id else col(row.patient_id) == holder.patient_id
    chosen = [is_theirs, col(row.channel) == channel, col(row.state) == MessageState.QUEUED]
    if to is not None:
        chosen.append(col(row.address_hash) == address_hash(to))
    statement = update(row).where(col(row.id).in_(await _free(work, *chosen)))
    await work.connection.execute(statement.values(state=MessageState.WITHDRAWN, changed_at=work.now))


async def free_cause(work: Transaction, token_id: int, kind: AlertKind) -> None:
    """The cause was taken back: should it come again, it is told again."""
    row = OutboxRow
    freed = col(row.cause).concat(":undone:").concat(cast(col(row.id), String))
    statement = update(row).where(
        col(row.token_id) == token_id, col(row.kind) == kind, col(row.cause).not_like("%:undone:%")
    )
    await work.connection.execute(statement.values(cause=freed))


_NEXT_DUE = Statement(
    select(col(OutboxRow.channel), func.min(col(OutboxRow.due_at)), func.min(col(OutboxRow.expires_at)))
    .where(col(OutboxRow.state) == MessageState.QUEUED)
    .group_by(col(OutboxRow.channel))
)


async def next_due(connection: AsyncConnection, channels: Collection[Channel]) -> datetime | None:
    """When the next queued message of these channels is due, or expires; none when nothing is queued."""
    found = [moments for channel, *moments in await _NEXT_DUE.rows(connection) if channel in channels]
    return min(chain.from_iterable(found), default=None)


_LEASES_OVER = Statement(
    select(col(OutboxRow.id))
    .where(col(OutboxRow.state) == MessageState.SENDING, col(OutboxRow.leased_until) < bindparam("now"))
    .limit(1)
)


async def has_leases_over(connection: AsyncConnection, now: datetime) -> bool:
    """Whether some process has not said what became of its messages."""
    return await _LEASES_OVER.first(connection, now=now) is not None


def messages() -> Select[Any]:
    """A query for messages with their tokens; each row of it is for `kept`."""
    joined = select(*_ROW, col(TokenRow.number), col(TokenRow.key).label("link_key"))
    return joined.outerjoin(TokenRow, col(TokenRow.id) == col(OutboxRow.token_id))


def kept(row: Row[Any]) -> StoredMessage:
    """The message of a row of `messages`."""
    return StoredMessage(
        id=row.id,
        key=row.key,
        channel=row.channel,
        kind=AlertKind(row.kind),
        to=row.address,
        language=row.language,
        data=row.data,
        state=row.state,
        reason=row.reason,
        tries=row.tries,
        created_at=row.created_at,
        due_at=row.due_at,
        expires_at=row.expires_at,
        changed_at=row.changed_at,
        number=row.number,
        link_key=row.link_key,
    )
