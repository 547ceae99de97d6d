"""A patient's visits as rows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.people.patients import Patient, Person
from queue_server.domain.queue.tokens import State
from queue_server.domain.records.records import PastVisit
from queue_server.storage.tables import PatientRow, QueueEntryRow, StaffRow, TokenRow


async def visits(connection: AsyncConnection, patient_id: int, limit: int = 1000) -> list[PastVisit]:
    """The patient's visits, newest first."""
    query = (
        select(col(TokenRow.id), col(TokenRow.number), col(TokenRow.service_day), col(TokenRow.issued_at))
        .where(col(TokenRow.patient_id) == patient_id, col(TokenRow.is_deleted).is_(False))
        .order_by(col(TokenRow.service_day).desc(), col(TokenRow.id).desc())
        .limit(limit)
    )
    rows = await connection.execute(query)
    found = {row.id: PastVisit(row.id, row.number, row.service_day, row.issued_at) for row in rows}
    await _add_stays(connection, found)
    return list(found.values())


async def patient(connection: AsyncConnection, patient_id: int) -> Patient | None:
    """Who the patient is; none once erased."""
    query = select(*PatientRow.metadata.tables["patient"].columns).where(
        col(PatientRow.id) == patient_id, ~col(PatientRow.is_erased)
    )
    row = (await connection.execute(query)).first()
    return Patient(row.id, Person(row.name, row.birth_year, row.sex, row.language)) if row else None


async def is_patient(connection: AsyncConnection, patient_id: int) -> bool:
    """Whether there is, or was, such a patient."""
    query = select(col(PatientRow.id)).where(col(PatientRow.id) == patient_id)
    return (await connection.execute(query)).first() is not None


async def is_with(
    connection: AsyncConnection, token_id: int, day: date, *, room_id: int | None, doctor_id: int | None
) -> bool:
    """Whether the token is in this room on this day, or the doctor has attended it on that day."""
    entry = QueueEntryRow
    query = select(col(entry.room_id), col(entry.doctor_id), col(entry.state)).where(
        col(entry.token_id) == token_id, col(entry.service_day) == day
    )
    there = (State.CALLED, State.SERVING)
    seen = (*there, State.HELD, State.ATTENDED, State.TRANSFERRED)
    return any(
        (row.state in there and row.room_id == room_id)
        or (row.state in seen and doctor_id is not None and row.doctor_id == doctor_id)
        for row in await connection.execute(query)
    )


async def _add_stays(connection: AsyncConnection, found: dict[int, PastVisit]) -> None:
    entry = QueueEntryRow
    query = (
        select(col(entry.token_id), col(entry.department_id), col(entry.state), col(StaffRow.name))
        .outerjoin(StaffRow, col(StaffRow.id) == col(entry.doctor_id))
        .where(col(entry.token_id).in_(list(found)))
        .order_by(col(entry.id))
    )
    for row in await connection.execute(query):
        visit = found[row.token_id]
        visit.state = row.state
        if row.department_id not in visit.departments:
            visit.departments.append(row.department_id)
        if row.name and row.name not in visit.doctors and row.state is not State.MISSED:
            visit.doctors.append(row.name)
