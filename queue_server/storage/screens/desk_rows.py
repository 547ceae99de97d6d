"""What the desk looks up: the day's finished tokens, a token's whole history, and patients by name or phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server import sources
from queue_server.domain.people.folding import folded
from queue_server.domain.people.patients import FoundPatient
from queue_server.domain.queue.tokens import FINAL, LIVE, FinishedToken, FoundToken, State
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import (
    EventRow,
    PatientRow,
    PhoneAccountRow,
    PrintJobRow,
    QueueEntryRow,
    TokenRow,
)

#: A transferred token goes on elsewhere; it is done when its last stay is.
DONE = FINAL - {State.TRANSFERRED}


async def done(
    connection: AsyncConnection, department_id: int, day: date, limit: int
) -> tuple[list[FinishedToken], int]:
    """The department's finished tokens of the day, newest first, and how many there are in all."""
    entry = QueueEntryRow
    own = (
        col(entry.department_id) == department_id,
        col(entry.service_day) == day,
        col(entry.state).in_(DONE),
        col(TokenRow.is_deleted).is_(False),
    )
    is_its_token = col(TokenRow.id) == col(entry.token_id)
    columns = (col(entry.token_id), col(entry.state), col(entry.priority), col(entry.doctor_id), col(entry.room_id))
    query: Any = select(*columns, col(entry.finished_at), col(TokenRow.number))
    query = query.join(TokenRow, is_its_token).where(*own)
    newest_first = query.order_by(col(entry.finished_at).desc(), col(entry.id).desc())
    found = [
        FinishedToken(row.token_id, row.number, row.state, row.priority, row.doctor_id, row.room_id, row.finished_at)
        for row in await connection.execute(newest_first.limit(limit))
    ]
    if len(found) < limit:
        return found, len(found)
    counted: Any = select(func.count()).select_from(entry).join(TokenRow, is_its_token).where(*own)
    return found, int((await connection.execute(counted)).scalar_one())


async def attended(connection: AsyncConnection, day: date, departments: Iterable[int]) -> dict[int, int]:
    """Department id → how many of its tokens were attended on this day, for these departments."""
    entry = QueueEntryRow
    query: Any = select(col(entry.department_id), func.count().label("tokens")).group_by(col(entry.department_id))
    own = col(entry.department_id).in_(list(departments))
    query = query.where(own, col(entry.service_day) == day, col(entry.state) == State.ATTENDED)
    return {row.department_id: row.tokens for row in await connection.execute(query)}


async def live_of_day(connection: AsyncConnection, day: date, departments: Iterable[int]) -> list[int]:
    """The ids of the tokens that still stand in the queues of these departments on this day."""
    query = select(col(QueueEntryRow.token_id)).where(
        col(QueueEntryRow.department_id).in_(list(departments)),
        col(QueueEntryRow.service_day) == day,
        col(QueueEntryRow.state).in_(LIVE),
    )
    return [row.token_id for row in await connection.execute(query.order_by(col(QueueEntryRow.id)))]


async def find_numbers(connection: AsyncConnection, day: date, text: str, limit: int) -> list[FoundToken]:
    """The day's tokens whose number is `text`, begins or ends with it (G-012: "g-0", "12")."""
    number = col(TokenRow.number)
    matches = number.startswith(text, autoescape=True) | number.endswith(text, autoescape=True)
    query = _tokens().where(col(TokenRow.service_day) == day, matches).order_by(number).limit(limit)
    return [_found(row) for row in await connection.execute(query)]


async def tokens_of(connection: AsyncConnection, patients: Iterable[int], limit: int) -> list[FoundToken]:
    """The newest tokens of these patients."""
    query = _tokens().where(col(TokenRow.patient_id).in_(list(patients))).order_by(col(TokenRow.id).desc())
    return [_found(row) for row in await connection.execute(query.limit(limit))]


async def find_people(connection: AsyncConnection, name: str, phone_end: str, limit: int) -> list[FoundPatient]:
    """Patients whose name contains `name`, or whose phone number ends with these digits; empty finds nothing.

    Accents, apostrophes and large letters make no difference.
    """
    conditions = _sought(name, phone_end)
    if not conditions:
        return []
    query = _people().where(or_(*conditions))
    rows = await connection.execute(query.order_by(col(PatientRow.folded_name), col(PatientRow.id)).limit(limit))
    return [FoundPatient(row.id, row.name, row.birth_year, row.phone) for row in rows]


async def sought_ids(connection: AsyncConnection, name: str, phone_end: str, after: int, limit: int) -> list[int]:
    """Ids above `after`, in order, of the patients whom `find_people` finds without a limit."""
    conditions = _sought(name, phone_end)
    if not conditions:
        return []
    query = _people().where(or_(*conditions), col(PatientRow.id) > after).order_by(col(PatientRow.id)).limit(limit)
    return [row.id for row in await connection.execute(query)]


async def person(connection: AsyncConnection, patient_id: int) -> FoundPatient | None:
    """This patient, unless erased."""
    row = (await connection.execute(_people().where(col(PatientRow.id) == patient_id))).first()
    return FoundPatient(row.id, row.name, row.birth_year, row.phone) if row else None


async def token_facts(connection: AsyncConnection, token_id: int) -> Any:
    """The token's row, deleted or not; none when there never was one."""
    query = select(*TokenRow.metadata.tables["token"].columns).where(col(TokenRow.id) == token_id)
    return (await connection.execute(query)).first()


async def events_of(connection: AsyncConnection, token_id: int) -> Sequence[Any]:
    """The token's journal lines, oldest first: kind, at, actor, department_id, data."""
    event = EventRow
    columns = (col(event.kind), col(event.at), col(event.actor), col(event.department_id), col(event.data))
    query = select(*columns).where(col(event.token_id) == token_id).order_by(col(event.id))
    return (await connection.execute(query)).all()


async def prints_of(connection: AsyncConnection, token_id: int) -> Sequence[Any]:
    """The token's slips, oldest first: place, copy_number, state, reason, updated_at."""
    columns = PrintJobRow.metadata.tables["print_job"].columns
    query = select(*columns).where(col(PrintJobRow.token_id) == token_id, col(PrintJobRow.record_id).is_(None))
    return (await connection.execute(query.order_by(col(PrintJobRow.id)))).all()


async def save_token(work: Transaction, token_id: int, **values: object) -> None:
    """The token's columns have these values."""
    await work.connection.execute(update(TokenRow).where(col(TokenRow.id) == token_id).values(**values))
    work.touch(sources.token(token_id))


def _tokens() -> Any:
    return (
        select(
            col(TokenRow.id),
            col(TokenRow.number),
            col(TokenRow.service_day),
            col(TokenRow.department_id),
            col(TokenRow.patient_id),
            col(PatientRow.name),
        )
        .outerjoin(PatientRow, col(PatientRow.id) == col(TokenRow.patient_id))
        .where(col(TokenRow.is_deleted).is_(False))
    )


def _found(row: Any) -> FoundToken:
    return FoundToken(row.id, row.number, row.service_day, row.department_id, row.patient_id, row.name)


def _sought(name: str, phone_end: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if name:
        conditions.append(col(PatientRow.folded_name).contains(folded(name), autoescape=True))
    if phone_end:
        conditions.append(col(PhoneAccountRow.phone).endswith(phone_end, autoescape=True))
    return conditions


def _people() -> Any:
    return (
        select(col(PatientRow.id), col(PatientRow.name), col(PatientRow.birth_year), col(PhoneAccountRow.phone))
        .outerjoin(PhoneAccountRow, col(PhoneAccountRow.id) == col(PatientRow.account_id))
        .where(col(PatientRow.is_erased).is_(False))
    )
