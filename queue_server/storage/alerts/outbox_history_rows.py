"""Looking back at the outbox: what gateways report, what administrators do, and what is forgotten."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server import sources
from queue_server.domain.alerts.alerts import Channel, Holder, MessageState
from queue_server.storage.alerts.outbox_rows import DONE, HANDED, StoredMessage, address_hash, kept, messages
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import OutboxRow, TokenRow


async def holders_of(connection: AsyncConnection, channel: Channel, key: str) -> tuple[list[Holder], str]:
    """Whom the message of this id was for (token, patient or both), and its address; nobody where there is none."""
    row = OutboxRow
    query = select(col(row.token_id), col(row.patient_id), col(row.address)).where(
        col(row.key) == key, col(row.channel) == channel
    )
    found = (await connection.execute(query)).first()
    if found is None:
        return [], ""
    token_id, patient_id, address = found
    holders = [Holder(token_id=token_id)] if token_id else []
    return [*holders, *([Holder(patient_id=patient_id)] if patient_id else [])], address


async def report(
    work: Transaction, *, key: str | None, provider_id: str | None, state: MessageState, reason: str | None
) -> bool:
    """The gateway reports on a message, by our id or by its own; false when there is none.

    A delivered message stays delivered, and one that is known to be sent is not made unsure again.
    """
    row = OutboxRow
    mine: ColumnElement[bool] = col(row.key) == key if key else col(row.provider_id) == provider_id
    found = (await work.connection.execute(select(col(row.id)).where(mine))).first()
    if found is None:
        return False
    before = {
        MessageState.DELIVERED: (*HANDED, MessageState.FAILED),
        MessageState.FAILED: HANDED[:2] + HANDED[3:],
        MessageState.SENT: (MessageState.UNKNOWN, MessageState.SENDING),
    }[state]
    statement = update(row).where(col(row.id) == found.id, col(row.state).in_(before))
    values: dict[str, Any] = {"state": state, "reason": reason, "leased_until": None, "changed_at": work.now}
    await work.connection.execute(statement.values(**values))
    return True


async def again(work: Transaction, message_id: int, lifetime: timedelta) -> bool:
    """An administrator sends a message that is done once more; false when there is none that is done."""
    row = OutboxRow
    statement = (
        update(row)
        .where(col(row.id) == message_id, col(row.state).in_(DONE))
        .values(
            state=MessageState.QUEUED,
            # A gateway that knows the old id would take the new wish for a repetition.
            key=secrets.token_hex(16),
            reason=None,
            provider_id=None,
            due_at=work.now,
            expires_at=work.now + lifetime,
            changed_at=work.now,
        )
        .returning(col(row.id))
    )
    work.touch(sources.OUTBOX)
    return (await work.connection.execute(statement)).first() is not None


async def newest(
    connection: AsyncConnection, *, channel: Channel | None, state: MessageState | None, before: int | None, most: int
) -> list[StoredMessage]:
    """Messages, newest first, with ids below `before`."""
    query = messages().order_by(col(OutboxRow.id).desc()).limit(most)
    if channel is not None:
        query = query.where(col(OutboxRow.channel) == channel)
    if state is not None:
        query = query.where(col(OutboxRow.state) == state)
    if before is not None:
        query = query.where(col(OutboxRow.id) < before)
    return [kept(row) for row in await connection.execute(query)]


async def counts(connection: AsyncConnection, since: datetime) -> dict[tuple[Channel, MessageState], int]:
    """How many messages written since then stand how, by channel."""
    row = OutboxRow
    query = select(col(row.channel), col(row.state), func.count().label("messages")).where(col(row.created_at) >= since)
    rows = await connection.execute(query.group_by(col(row.channel), col(row.state)))
    return {(found.channel, found.state): found.messages for found in rows}


async def delete_before(work: Transaction, moment: datetime) -> int:
    """Messages that were done before `moment` are gone; returns how many."""
    table = OutboxRow.metadata.tables["outbox"]
    old = table.delete().where(col(OutboxRow.changed_at) < moment, col(OutboxRow.state).in_(DONE))
    return len((await work.connection.execute(old.returning(table.c.id))).all())


async def delete_to_patient(work: Transaction, patient_id: int) -> None:
    """Delete the messages to the patient."""
    table = OutboxRow.metadata.tables["outbox"]
    tokens = select(col(TokenRow.id)).where(col(TokenRow.patient_id) == patient_id)
    theirs = or_(table.c.patient_id == patient_id, table.c.token_id.in_(tokens.scalar_subquery()))
    await work.connection.execute(table.delete().where(theirs))


async def delete_address(work: Transaction, to: str) -> None:
    """Delete the messages to this address."""
    table = OutboxRow.metadata.tables["outbox"]
    await work.connection.execute(table.delete().where(table.c.address_hash == address_hash(to)))
