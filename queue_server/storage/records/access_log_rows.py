"""Who may read a patient's records, and who did."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.access.actors import Actor
from queue_server.domain.queue.tokens import State
from queue_server.domain.records.records import RecordAccess
from queue_server.storage.access.actor_names import named
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import AccessLogRow, PatientRow, QueueEntryRow, TokenRow

#: Whoever called a patient has attended him or her unless nobody came.
ATTENDED = (State.CALLED, State.SERVING, State.HELD, State.ATTENDED, State.TRANSFERRED)


async def family(connection: AsyncConnection, patient_id: int) -> set[int]:
    """The patient and everybody who shares the phone; nobody once the patient is erased."""
    account = select(col(PatientRow.account_id)).where(col(PatientRow.id) == patient_id, ~col(PatientRow.is_erased))
    query = select(col(PatientRow.id)).where(col(PatientRow.account_id).in_(account), ~col(PatientRow.is_erased))
    return {int(one) for one in (await connection.execute(query)).scalars() if one is not None}


async def doctors_of_token(connection: AsyncConnection, token_id: int) -> set[int]:
    """The doctors who attend the token, did so, or to whom it was sent."""
    return await _doctors(connection, col(QueueEntryRow.token_id) == token_id)


async def doctors_of_patient(connection: AsyncConnection, patient_id: int, day: date) -> set[int]:
    """The doctors who attend the patient on this day."""
    tokens = select(col(TokenRow.id)).where(col(TokenRow.patient_id) == patient_id, col(TokenRow.service_day) == day)
    return await _doctors(connection, col(QueueEntryRow.token_id).in_(tokens))


async def admins_with_reason(connection: AsyncConnection, patient_id: int, since: datetime) -> set[Actor]:
    """The administrators who have said since then why they must read this patient's records."""
    query = select(col(AccessLogRow.reader)).where(
        col(AccessLogRow.patient_id) == patient_id, col(AccessLogRow.what) == "reason", col(AccessLogRow.at) >= since
    )
    return {Actor.parse(reader) for reader in (await connection.execute(query)).scalars()}


async def note(
    work: Transaction,
    reader: str,
    what: str,
    patient_id: int | None,
    *,
    token_id: int | None = None,
    document_id: int | None = None,
    reason: str | None = None,
) -> None:
    """The patient can see that this was read."""
    values = {"patient_id": patient_id, "token_id": token_id, "document_id": document_id, "reason": reason}
    await work.connection.execute(work.insert(AccessLogRow).values(**values, what=what, reader=reader, at=work.now))


async def has_read(connection: AsyncConnection, reader: str, what: str, patient_id: int, since: datetime) -> bool:
    """Whether the same reader has looked at the same since then."""
    row = AccessLogRow
    query = select(col(row.id)).where(
        col(row.patient_id) == patient_id, col(row.at) >= since, col(row.reader) == reader, col(row.what) == what
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def reads(connection: AsyncConnection, patient_id: int, limit: int = 200) -> list[RecordAccess]:
    """Who looked at the patient's records, newest first."""
    row = AccessLogRow
    query = select(*row.metadata.tables["record_read"].columns).where(col(row.patient_id) == patient_id)
    found = (await connection.execute(query.order_by(col(row.id).desc()).limit(limit))).all()
    actors = await named(connection, {one.reader for one in found})
    return [
        RecordAccess(one.at, one.what, actors[one.reader], one.reason, one.token_id, one.document_id) for one in found
    ]


async def _doctors(connection: AsyncConnection, condition: ColumnElement[bool]) -> set[int]:
    entry = QueueEntryRow
    query = select(col(entry.doctor_id), col(entry.for_doctor_id), col(entry.state)).where(condition)
    found = set()
    for row in await connection.execute(query):
        found |= {row.for_doctor_id, row.doctor_id if row.state in ATTENDED else None}
    return {doctor for doctor in found if doctor is not None}
