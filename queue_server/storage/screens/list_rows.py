"""Lists for other programs: each page begins after the id at which the one before it ended."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.people.patients import PatientRecord, Person
from queue_server.domain.queue.tokens import TokenRecord
from queue_server.storage.tables import PatientRow, PhoneAccountRow, QueueEntryRow, TokenRow


async def tokens(
    connection: AsyncConnection, day: date, after: int, limit: int, department_id: int | None = None
) -> list[TokenRecord]:
    """The day's tokens with an id above `after`, in order; those whose newest stay is in the department, if named."""
    token, entry, later = TokenRow, QueueEntryRow, QueueEntryRow.__table__.alias()  # type: ignore[attr-defined]
    newest = select(func.max(later.c.id)).where(later.c.token_id == col(token.id)).scalar_subquery()
    query = (
        select(
            col(token.id),
            col(token.number),
            col(token.service_day),
            col(token.channel),
            col(token.issued_at),
            col(entry.department_id),
            col(entry.room_id),
            col(entry.state),
            col(entry.priority),
            col(entry.called_at),
            col(entry.started_at),
            col(entry.finished_at),
        )
        .join(entry, col(entry.id) == newest)
        .where(col(token.service_day) == day, col(token.id) > after)
    )
    if department_id is not None:
        query = query.where(col(entry.department_id) == department_id)
    rows = await connection.execute(query.order_by(col(token.id)).limit(limit))
    return [TokenRecord(**row._mapping) for row in rows]


async def patients(connection: AsyncConnection, after: int, limit: int, *named: int) -> list[PatientRecord]:
    """Patients with an id above `after`, in order; only the named ones, if any are. Erased ones are not there."""
    row = PatientRow
    query = (
        select(
            col(row.id),
            col(row.name),
            col(row.birth_year),
            col(row.sex),
            col(row.language),
            col(PhoneAccountRow.phone),
        )
        .outerjoin(PhoneAccountRow, col(PhoneAccountRow.id) == col(row.account_id))
        .where(col(row.id) > after, col(row.is_erased).is_(False))
    )
    if named:
        query = query.where(col(row.id).in_(named))
    found = await connection.execute(query.order_by(col(row.id)).limit(limit))
    return [PatientRecord(one.id, Person(one.name, one.birth_year, one.sex, one.language), one.phone) for one in found]
