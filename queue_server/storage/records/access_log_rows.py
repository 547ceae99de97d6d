"""Who may read a patient's records, and who did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.access.actors import Actor
from queue_server.domain.queue.tokens import State
from queue_server.domain.records.records import RecordAccess
from queue_server.storage.access.actor_names import named
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import AccessLogRow, PatientRow, QueueEntryRow, TokenRow

_LOOKS: Any = select(*AccessLogRow.metadata.tables["record_read"].columns)

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


async def note_each(work: Transaction, reader: str, what: str, whose: Sequence[tuple[int | None, int | None]]) -> None:
    """Each of these patients, with a token or none, can see that this was read."""
    always = {"document_id": None, "reason": None, "what": what, "reader": reader, "at": work.now}
    rows = [{"patient_id": patient_id, "token_id": token_id, **always} for patient_id, token_id in whose]
    if rows:
        await work.connection.execute(work.insert(AccessLogRow), rows)


async def has_read(connection: AsyncConnection, reader: str, what: str, patient_id: int, since: datetime) -> bool:
    """Whether the same reader has looked at the same since then."""
    row = AccessLogRow
    query = select(col(row.id)).where(
        col(row.patient_id) == patient_id, col(row.at) >= since, col(row.reader) == reader, col(row.what) == what
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def reads(connection: AsyncConnection, patient_id: int, limit: int = 200) -> list[RecordAccess]:
    """Who looked at the patient's records, newest first."""
    query = _LOOKS.where(col(AccessLogRow.patient_id) == patient_id).order_by(col(AccessLogRow.id).desc())
    return await _looks(connection, query.limit(limit))


async def page(
    connection: AsyncConnection,
    after: int,
    limit: int,
    *,
    ids: Sequence[int] = (),
    patient_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[RecordAccess]:
    """Looks at anybody's records in the order of their ids: those between two moments, included, where named."""
    row = AccessLogRow
    query = _LOOKS.where(col(row.id) > after)
    query = query.where(col(row.id).in_(ids)) if ids else query
    query = query.where(col(row.patient_id) == patient_id) if patient_id is not None else query
    query = query.where(col(row.at) >= since) if since is not None else query
    query = query.where(col(row.at) <= until) if until is not None else query
    return await _looks(connection, query.order_by(col(row.id)).limit(limit))


async def _looks(connection: AsyncConnection, query: Any) -> list[RecordAccess]:
    found = (await connection.execute(query)).all()
    actors = await named(connection, {one.reader for one in found})
    return [
        RecordAccess(
            one.at, one.what, actors[one.reader], one.reason, one.token_id, one.document_id, one.id, one.patient_id
        )
        for one in found
    ]


async def _doctors(connection: AsyncConnection, condition: ColumnElement[bool]) -> set[int]:
    entry = QueueEntryRow
    query = select(col(entry.doctor_id), col(entry.for_doctor_id), col(entry.state)).where(condition)
    found = set()
    for row in await connection.execute(query):
        found |= {row.for_doctor_id, row.doctor_id if row.state in ATTENDED else None}
    return {doctor for doctor in found if doctor is not None}
