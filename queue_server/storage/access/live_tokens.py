"""Which live token is a patient's."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.queue.tokens import LIVE
from queue_server.storage.tables import QueueEntryRow, TokenRow


async def any_live_token(
    connection: AsyncConnection, patient_id: int, *where: ColumnElement[bool]
) -> tuple[int, str, str] | None:
    """The id, key and number of a token of the patient that is live, of those whose rows are as given."""
    query = (
        select(col(TokenRow.id), col(TokenRow.key), col(TokenRow.number))
        .join(QueueEntryRow, col(QueueEntryRow.token_id) == col(TokenRow.id))
        .where(col(TokenRow.patient_id) == patient_id, col(QueueEntryRow.state).in_(LIVE), *where)
    )
    row = (await connection.execute(query.limit(1))).first()
    return (row.id, row.key, row.number) if row else None
