"""Whole visits for other software: tokens with their stays, and what the journal says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.queue.tokens import Action, State
from queue_server.domain.queue.visits import Moment, Stay, Visit, VisitQuery
from queue_server.storage.tables import EventRow, QueueEntryRow, TokenRow

#: The journal's lines that change a token.
_STEPS = [action.value for action in Action]
#: So many lines of the journal are looked through for what is new, and so far a clock may have been put back.
_NEWEST = 20_000
_PUT_BACK = timedelta(days=2)

_STAY: Any = (
    col(QueueEntryRow.id),
    col(QueueEntryRow.token_id),
    col(QueueEntryRow.department_id),
    col(QueueEntryRow.room_id),
    col(QueueEntryRow.doctor_id),
    col(QueueEntryRow.state),
    col(QueueEntryRow.priority),
    col(QueueEntryRow.joined_at),
    col(QueueEntryRow.called_at),
    col(QueueEntryRow.started_at),
    col(QueueEntryRow.finished_at),
    col(QueueEntryRow.is_here),
)


async def visits(connection: AsyncConnection, wanted: VisitQuery) -> list[Visit]:
    """A page of visits in the order of their ids; `states` are those in which they stand now."""
    later = QueueEntryRow.__table__.alias()  # type: ignore[attr-defined]
    newest = select(func.max(later.c.id)).where(later.c.token_id == col(TokenRow.id)).scalar_subquery()
    query = select(col(TokenRow.id)).join(QueueEntryRow, col(QueueEntryRow.id) == newest)
    query = _narrowed(query, wanted, col(TokenRow.id), await _newest_lines(connection, wanted.since))
    ids = list((await connection.execute(query.order_by(col(TokenRow.id)).limit(wanted.limit))).scalars())
    return await _whole(connection, [one for one in ids if one is not None])


async def stays(connection: AsyncConnection, wanted: VisitQuery) -> list[tuple[Visit, Stay]]:
    """A page of stays, each with its visit, in the order of their ids."""
    query = select(*_STAY).join(TokenRow, col(TokenRow.id) == col(QueueEntryRow.token_id))
    query = _narrowed(query, wanted, col(QueueEntryRow.id), await _newest_lines(connection, wanted.since))
    rows = (await connection.execute(query.order_by(col(QueueEntryRow.id)).limit(wanted.limit))).all()
    known = {one.id: one for one in await _whole(connection, list({row.token_id for row in rows}))}
    return [(known[row.token_id], _stay(row)) for row in rows]


async def _newest_lines(connection: AsyncConnection, since: datetime | None) -> int | None:
    """The journal's id above which everything since then is; none where that would be much of the journal.

    The journal has no index by time, and whoever asks what is new shall not wait until every token of the year was
    looked at. A clock that was put back by less than `_PUT_BACK` hides nothing.
    """
    if since is None or since < datetime.min.replace(tzinfo=UTC) + _PUT_BACK:
        return None
    newest = select(col(EventRow.id), col(EventRow.at)).order_by(col(EventRow.id).desc()).limit(_NEWEST).subquery()
    older = select(newest.c.id).where(newest.c.at < since - _PUT_BACK).order_by(newest.c.id.desc()).limit(1)
    return (await connection.execute(older)).scalar_one_or_none()


def _narrowed(query: Any, wanted: VisitQuery, cursor: Any, above: int | None) -> Any:
    query = query.where(col(TokenRow.is_deleted).is_(False), cursor > wanted.after)
    if wanted.ids:
        query = query.where(cursor.in_(wanted.ids))
    if wanted.patient_id is not None:
        query = query.where(col(TokenRow.patient_id) == wanted.patient_id)
    if wanted.states is not None:
        query = query.where(col(QueueEntryRow.state).in_(wanted.states))
    if wanted.is_here is not None:
        waits_so = and_(col(QueueEntryRow.state) == State.WAITING, col(QueueEntryRow.is_here).is_(not wanted.is_here))
        query = query.where(~waits_so)
    if wanted.first is not None:
        query = query.where(col(TokenRow.service_day) >= wanted.first)
    if wanted.last is not None:
        query = query.where(col(TokenRow.service_day) <= wanted.last)
    if wanted.since is not None and above is not None:
        lines = select(col(EventRow.token_id)).where(col(EventRow.id) > above, col(EventRow.at) >= wanted.since)
        query = query.where(col(TokenRow.id).in_(lines.where(col(EventRow.kind).in_(_STEPS))))
    elif wanted.since is not None:
        query = query.where(_happened().where(col(EventRow.at) >= wanted.since).exists())
    if wanted.until is not None:
        query = query.where(~_happened().where(col(EventRow.at) > wanted.until).exists())
    return query


def _happened() -> Any:
    return select(col(EventRow.id)).where(col(EventRow.token_id) == col(TokenRow.id), col(EventRow.kind).in_(_STEPS))


async def _whole(connection: AsyncConnection, ids: Sequence[int]) -> list[Visit]:
    if not ids:
        return []
    token, entry, event = TokenRow, QueueEntryRow, EventRow
    stays_of, moments_of = defaultdict[int, list[Stay]](list), defaultdict[int, list[Moment]](list)
    for row in await connection.execute(select(*_STAY).where(col(entry.token_id).in_(ids)).order_by(col(entry.id))):
        stays_of[row.token_id].append(_stay(row))
    lines = select(col(event.token_id), col(event.at), col(event.data)).where(
        col(event.token_id).in_(ids), col(event.kind).in_(_STEPS)
    )
    for row in await connection.execute(lines.order_by(col(event.id))):
        said = row.data or {}
        moment = Moment(row.at, State(said.get("state", State.WAITING)), is_here=said.get("is_here", True))
        moments_of[row.token_id].append(moment)
    facts = select(col(token.id), col(token.number), col(token.service_day), col(token.patient_id))
    rows = await connection.execute(facts.where(col(token.id).in_(ids)).order_by(col(token.id)))
    made = []
    for row in rows:
        stays = tuple(stays_of[row.id])
        # A journal that a restore has cut short may say nothing of an old token.
        moments = tuple(moments_of[row.id]) or tuple(Moment(stay.joined_at, stay.state, stay.is_here) for stay in stays)
        made.append(Visit(row.id, row.number, row.service_day, row.patient_id, stays, moments))
    return made


def _stay(row: Row[Any]) -> Stay:
    return Stay(**row._mapping)
