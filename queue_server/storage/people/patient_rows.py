"""Phone accounts, the patients who belong to them, their consents and logins."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.people.folding import folded
from queue_server.domain.people.patients import Patient, PatientSession, Person, PhoneAccount, Sex
from queue_server.storage.access.live_tokens import any_live_token
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import (
    AbdmShareRow,
    AbhaRow,
    AttachCodeRow,
    ConsentRow,
    KnownBrowserRow,
    PatientRow,
    PatientSessionRow,
    PhoneAccountRow,
    QueueEntryRow,
    TokenRow,
)


async def account_of_phone(connection: AsyncConnection, phone: str) -> PhoneAccount | None:
    """The account with this number, in E.164."""
    return await _account(connection, col(PhoneAccountRow.phone) == phone)


async def account(connection: AsyncConnection, account_id: int) -> PhoneAccount | None:
    """The account with this id."""
    return await _account(connection, col(PhoneAccountRow.id) == account_id)


async def add_account(work: Transaction, phone: str, pin_hash: str) -> int | None:
    """A new account; returns its id, or none when somebody else has registered the number meanwhile."""
    statement = (
        work.insert(PhoneAccountRow)
        .values(phone=phone, pin_hash=pin_hash, created_at=work.now)
        .on_conflict_do_nothing(index_elements=["phone"])
        .returning(col(PhoneAccountRow.id))
    )
    return (await work.connection.execute(statement)).scalar_one_or_none()


async def save_pin(work: Transaction, account_id: int, pin_hash: str) -> None:
    """The account opens with another PIN."""
    statement = update(PhoneAccountRow).where(col(PhoneAccountRow.id) == account_id)
    await work.connection.execute(statement.values(pin_hash=pin_hash))


async def lock_account(work: Transaction, account_id: int) -> bool:
    """Until the commit nobody else changes this account's family. False when there is no such account."""
    query = select(col(PhoneAccountRow.id)).where(col(PhoneAccountRow.id) == account_id).with_for_update()
    return (await work.connection.execute(query)).first() is not None


async def add_patient(work: Transaction, account_id: int | None, person: Person) -> int:
    """A new patient of the account, or of none; returns the id."""
    values = _person_values(person) | {"account_id": account_id, "created_at": work.now, "is_erased": False}
    statement = work.insert(PatientRow).values(**values).returning(col(PatientRow.id))
    return int((await work.connection.execute(statement)).scalar_one())


async def save_person(work: Transaction, patient_id: int, person: Person) -> None:
    """Save the patient's profile."""
    statement = update(PatientRow).where(col(PatientRow.id) == patient_id).values(**_person_values(person))
    await work.connection.execute(statement)


async def person(connection: AsyncConnection, patient_id: int) -> Person | None:
    """Who the patient is; none once erased."""
    query = select(*PatientRow.metadata.tables["patient"].columns).where(
        col(PatientRow.id) == patient_id, col(PatientRow.is_erased).is_(False)
    )
    row = (await connection.execute(query)).first()
    return _patient(row).person if row else None


async def family(connection: AsyncConnection, account_id: int) -> list[Patient]:
    """The patients who share the account, in the order in which they were registered."""
    query = select(*PatientRow.metadata.tables["patient"].columns).where(
        col(PatientRow.account_id) == account_id, col(PatientRow.is_erased).is_(False)
    )
    return [_patient(row) for row in await connection.execute(query.order_by(col(PatientRow.id)))]


async def erase_patient(work: Transaction, patient_id: int) -> bool:
    """Nothing is known of the patient any more, and no login shows the patient; false when there was none."""
    await work.connection.execute(delete(AbhaRow).where(col(AbhaRow.patient_id) == patient_id))
    tokens = select(col(TokenRow.id)).where(col(TokenRow.patient_id) == patient_id)
    await work.connection.execute(delete(AbdmShareRow).where(col(AbdmShareRow.token_id).in_(tokens)))
    await work.connection.execute(delete(AttachCodeRow).where(col(AttachCodeRow.patient_id) == patient_id))
    choosing = update(PatientSessionRow).where(col(PatientSessionRow.patient_id) == patient_id)
    await work.connection.execute(choosing.values(patient_id=None))
    statement = (
        update(PatientRow)
        .where(col(PatientRow.id) == patient_id, col(PatientRow.is_erased).is_(False))
        .values(
            account_id=None, name="", folded_name="", birth_year=None, sex=Sex.UNSAID, language="en", is_erased=True
        )
        .returning(col(PatientRow.id))
    )
    return (await work.connection.execute(statement)).first() is not None


async def unchoose(work: Transaction, patient_id: int, *, but: int | None) -> None:
    """No login of another account than `but` acts for the patient."""
    row = PatientSessionRow
    elsewhere = (col(row.patient_id) == patient_id, col(row.account_id) != (but or 0))
    await work.connection.execute(update(row).where(*elsewhere).values(patient_id=None))


async def account_of_patient(connection: AsyncConnection, patient_id: int) -> int | None:
    """The id of the account to which the patient belongs."""
    query = select(col(PatientRow.account_id)).where(col(PatientRow.id) == patient_id)
    return (await connection.execute(query)).scalar_one_or_none()


async def remove_account(work: Transaction, account_id: int) -> None:
    """The phone number, its PIN and its logins are gone. No patient may belong to it any more."""
    for table in (PatientSessionRow, KnownBrowserRow):
        await work.connection.execute(delete(table).where(col(table.account_id) == account_id))
    await work.connection.execute(delete(PhoneAccountRow).where(col(PhoneAccountRow.id) == account_id))


async def add_consent(work: Transaction, patient_id: int, version: str, language: str, channel: str) -> None:
    """The patient has agreed to this text now."""
    values = {"patient_id": patient_id, "version": version, "language": language, "channel": channel, "at": work.now}
    await work.connection.execute(work.insert(ConsentRow).values(**values))


async def consents(connection: AsyncConnection, patient_id: int) -> list[dict[str, Any]]:
    """What the patient agreed to, oldest first: version, language, channel, at."""
    query = select(col(ConsentRow.version), col(ConsentRow.language), col(ConsentRow.channel), col(ConsentRow.at))
    rows = await connection.execute(query.where(col(ConsentRow.patient_id) == patient_id).order_by(col(ConsentRow.id)))
    return [dict(row._mapping) for row in rows]


async def add_session(
    work: Transaction, secret_hash: str, account_id: int, patient_id: int | None, browser: str = ""
) -> None:
    """A login that the secret proves."""
    values = {"secret_hash": secret_hash, "account_id": account_id, "patient_id": patient_id, "browser": browser}
    moments = {"created_at": work.now, "seen_at": work.now}
    await work.connection.execute(work.insert(PatientSessionRow).values(**values, **moments))


async def session(
    connection: AsyncConnection, secret_hash: str, seen_since: datetime, created_since: datetime
) -> PatientSession | None:
    """The login, if it was used since `seen_since` and begun since `created_since`."""
    query = _sessions(seen_since, created_since).where(col(PatientSessionRow.secret_hash) == secret_hash)
    found = (await connection.execute(query)).first()
    return PatientSession(*found) if found else None


async def sessions_of(
    connection: AsyncConnection, account_id: int, seen_since: datetime, created_since: datetime
) -> list[PatientSession]:
    """The logins of the account that are open, the one used last first."""
    row = PatientSessionRow
    query = _sessions(seen_since, created_since).where(col(row.account_id) == account_id)
    found = await connection.execute(query.order_by(col(row.seen_at).desc(), col(row.secret_hash)))
    return [PatientSession(*one) for one in found]


async def change_session(work: Transaction, secret_hash: str, **values: object) -> None:
    """The login has these values: patient_id, seen_at."""
    statement = update(PatientSessionRow).where(col(PatientSessionRow.secret_hash) == secret_hash).values(**values)
    await work.connection.execute(statement)


async def end_session(work: Transaction, secret_hash: str) -> None:
    """The secret opens nothing any more."""
    await work.connection.execute(delete(PatientSessionRow).where(col(PatientSessionRow.secret_hash) == secret_hash))


async def end_other_sessions(work: Transaction, account_id: int, secret_hash: str) -> None:
    """Only this login of the account is left."""
    other = (col(PatientSessionRow.account_id) == account_id, col(PatientSessionRow.secret_hash) != secret_hash)
    await work.connection.execute(delete(PatientSessionRow).where(*other))


async def live_token(
    connection: AsyncConnection, patient_id: int, department_id: int, day: date
) -> tuple[int, str, str] | None:
    """The id, key and number of the patient's token that is live in the department on this day."""
    where = (col(QueueEntryRow.department_id) == department_id, col(QueueEntryRow.service_day) == day)
    return await any_live_token(connection, patient_id, *where)


async def tokens_of(connection: AsyncConnection, patient_id: int, day: date) -> list[tuple[int, str]]:
    """Id and key of the patient's tokens of this day, newest first."""
    query = select(col(TokenRow.id), col(TokenRow.key)).where(
        col(TokenRow.patient_id) == patient_id, col(TokenRow.service_day) == day, col(TokenRow.is_deleted).is_(False)
    )
    return [(row.id, row.key) for row in await connection.execute(query.order_by(col(TokenRow.id).desc()))]


async def patient_of_token(connection: AsyncConnection, token_id: int) -> int | None:
    """Whose token this is; none for a walk-in's or an unknown one."""
    query = select(col(TokenRow.patient_id)).where(col(TokenRow.id) == token_id)
    return (await connection.execute(query)).scalar_one_or_none()


async def is_in_account(connection: AsyncConnection, token_id: int) -> bool:
    """Whether the token is with a patient's visits, in an account or of somebody erased; not a walk-in's.

    Whoever came by ABDM's app is known, and has no account here.
    """
    query = (
        select(col(PatientRow.account_id), col(PatientRow.is_erased))
        .join(TokenRow, col(TokenRow.patient_id) == col(PatientRow.id))
        .where(col(TokenRow.id) == token_id)
    )
    row = (await connection.execute(query)).first()
    return row is not None and (row.account_id is not None or row.is_erased)


async def attach(work: Transaction, token_id: int, patient_id: int) -> None:
    """Attach the token to the patient."""
    await work.connection.execute(update(TokenRow).where(col(TokenRow.id) == token_id).values(patient_id=patient_id))


def _sessions(seen_since: datetime, created_since: datetime) -> Any:
    row = PatientSessionRow
    columns = (row.account_id, row.patient_id, row.created_at, row.seen_at, row.browser, row.secret_hash)
    is_open = (col(row.seen_at) >= seen_since, col(row.created_at) >= created_since)
    return select(*(col(column) for column in columns)).where(*is_open)


async def _account(connection: AsyncConnection, condition: Any) -> PhoneAccount | None:
    columns = PhoneAccountRow.metadata.tables["phone_account"].columns
    row = (await connection.execute(select(*columns).where(condition))).first()
    return PhoneAccount(row.id, row.phone, row.pin_hash) if row else None


def _person_values(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "folded_name": folded(person.name),
        "birth_year": person.birth_year,
        "sex": person.sex,
        "language": person.language,
    }


def _patient(row: Row[Any]) -> Patient:
    return Patient(row.id, Person(row.name, row.birth_year, row.sex, row.language))
