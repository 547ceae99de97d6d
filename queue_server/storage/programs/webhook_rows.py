"""Webhooks, what is due for them, and their deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.programs.webhooks import Delivery, Topic, Webhook, WebhookState
from queue_server.domain.queue.events import Event
from queue_server.storage.engine.statements import Statement
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import ApiKeyRow, DeliveryRow, EventRow, WebhookRow

_WEBHOOK = tuple(WebhookRow.metadata.tables["webhook"].columns)
_DELIVERY = tuple(DeliveryRow.metadata.tables["delivery"].columns)


async def add(work: Transaction, **values: object) -> int:
    """A new webhook with these columns, due now; returns its id."""
    moments = {"created_at": work.now, "due_at": work.now, "leased_until": work.now}
    statement = work.insert(WebhookRow).values(**values, **moments, tries=0, version=1).returning(col(WebhookRow.id))
    return int((await work.connection.execute(statement)).scalar_one())


async def one(connection: AsyncConnection, webhook_id: int, *, lock: bool = False) -> Webhook | None:
    """The webhook with this id; with `lock` nobody else changes it until the commit."""
    query = select(*_WEBHOOK).where(col(WebhookRow.id) == webhook_id)
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return _webhook(row) if row else None


async def of_program(connection: AsyncConnection, program_id: int | None, after: int, limit: int) -> list[Webhook]:
    """Webhooks with an id above `after`, in order; only this program's, if one is named."""
    query = select(*_WEBHOOK).where(col(WebhookRow.id) > after).order_by(col(WebhookRow.id)).limit(limit)
    if program_id is not None:
        query = query.where(col(WebhookRow.program_id) == program_id)
    return [_webhook(row) for row in await connection.execute(query)]


async def change(work: Transaction, webhook_id: int, **values: object) -> None:
    """The webhook has these values."""
    await work.connection.execute(update(WebhookRow).where(col(WebhookRow.id) == webhook_id).values(**values))


async def remove(work: Transaction, webhook_id: int) -> None:
    """Delete the webhook and its deliveries."""
    await work.connection.execute(delete(DeliveryRow).where(col(DeliveryRow.webhook_id) == webhook_id))
    await work.connection.execute(delete(WebhookRow).where(col(WebhookRow.id) == webhook_id))


_DUE = Statement(
    select(*_WEBHOOK)
    .join(ApiKeyRow, col(ApiKeyRow.id) == col(WebhookRow.program_id))
    .where(
        col(WebhookRow.state) == WebhookState.ACTIVE,
        col(WebhookRow.due_at) <= bindparam("now"),
        col(WebhookRow.leased_until) <= bindparam("now"),
        col(ApiKeyRow.is_revoked).is_(False),
    )
    .order_by(col(WebhookRow.due_at))
)


async def due(connection: AsyncConnection, now: datetime) -> list[Webhook]:
    """The active webhooks of programs that may still act, whose time has come and which no process serves."""
    return [_webhook(found) for found in await _DUE.rows(connection, now=now)]


async def lease(work: Transaction, webhook_id: int, until: datetime) -> Webhook | None:
    """The webhook, which this process serves until then; none when another one does, or it is no longer due."""
    row = WebhookRow
    is_due = (col(row.state) == WebhookState.ACTIVE, col(row.due_at) <= work.now, col(row.leased_until) <= work.now)
    statement = update(row).where(col(row.id) == webhook_id, *is_due).values(leased_until=until).returning(*_WEBHOOK)
    found = (await work.connection.execute(statement)).first()
    return _webhook(found) if found else None


async def skip_to(work: Transaction, webhook_id: int, position: int, to: int) -> None:
    """Nothing between the two lines is of interest to the webhook; unless somebody has moved it meanwhile."""
    is_there = (col(WebhookRow.id) == webhook_id, col(WebhookRow.position) == position)
    await work.connection.execute(update(WebhookRow).where(*is_there).values(position=to))


async def next_event(connection: AsyncConnection, after: int, kinds: Sequence[str]) -> tuple[int, Event] | None:
    """The first sealed journal line above `after` that is of one of these kinds, with its number."""
    row = EventRow
    query = (
        select(
            col(row.number),
            col(row.kind),
            col(row.at),
            col(row.actor),
            col(row.token_id),
            col(row.department_id),
            col(row.data),
        )
        .where(col(row.number) > after, col(row.kind).in_(kinds))
        .order_by(col(row.number))
        .limit(1)
    )
    found = (await connection.execute(query)).first()
    if found is None or found.number is None:
        return None
    event = Event(found.kind, found.at, found.actor, found.token_id, found.department_id, found.data)
    return found.number, event


async def note_delivery(work: Transaction, webhook_id: int, event: int, **values: object) -> None:
    """This became of the event at the webhook; an earlier note of the same is replaced."""
    statement = work.insert(DeliveryRow).values(webhook_id=webhook_id, event=event, at=work.now, **values)
    changed = statement.on_conflict_do_update(index_elements=["webhook_id", "event"], set_={"at": work.now, **values})
    await work.connection.execute(changed)


async def deliveries(
    connection: AsyncConnection, webhook_id: int, after: int, limit: int, *, newest_first: bool = False
) -> list[Delivery]:
    """The webhook's deliveries with an id above `after`."""
    order = col(DeliveryRow.at).desc() if newest_first else col(DeliveryRow.id)
    query = select(*_DELIVERY).where(col(DeliveryRow.webhook_id) == webhook_id, col(DeliveryRow.id) > after)
    rows = await connection.execute(query.order_by(order, col(DeliveryRow.id).desc()).limit(limit))
    return [Delivery(**row._mapping) for row in rows]


async def delete_before(work: Transaction, moment: datetime) -> None:
    """Deliveries older than this are gone."""
    await work.connection.execute(delete(DeliveryRow).where(col(DeliveryRow.at) < moment))


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        program_id=row.program_id,
        url=row.url,
        topics=tuple(map(Topic, row.events)),
        secret=row.secret,
        state=row.state,
        position=row.position,
        tries=row.tries,
        failing_since=row.failing_since,
        reason=row.reason,
        due_at=row.due_at,
        created_at=row.created_at,
        version=row.version,
    )
