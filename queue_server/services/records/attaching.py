"""A walk-in's token becomes a registered patient's, who proves it with a PIN, a code on the phone, or a login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import check_department
from queue_server.domain.errors import Conflict, LoginRequired, UnknownPatient, UnknownToken, WhichPatient
from queue_server.domain.people.patients import Patient, phone_number
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import Token
from queue_server.services.access.credentials import fingerprint, new_code
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.people.pins import Pins
from queue_server.services.records.documents import touch
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import attach_code_rows, patient_rows
from queue_server.storage.queue import queue_rows
from queue_server.storage.records import document_rows

#: A code on the phone is good for this long, and once.
CODE_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PhoneAndPin:
    """What a patient types at the desk or the kiosk; `patient_id` says who, where several share the phone."""

    phone: str
    pin: str
    patient_id: int | None = None


@dataclass(frozen=True, slots=True)
class PhoneCode:
    """What a patient's phone shows as a QR code, in any spelling."""

    code: str


class Attaching:
    """Each way to say who a token's patient is ends in the same rule."""

    def __init__(self, store: Store, queues: Snapshots, pins: Pins) -> None:
        self._store = store
        self._queues = queues
        self._pins = pins

    async def new_code(self, patient: Patient) -> str:
        """A code that attaches one token to the patient within `CODE_LASTS`; an older one is void."""
        code = new_code()
        async with self._store.transaction() as work:
            await attach_code_rows.replace(work, patient.id, fingerprint(code), work.now + CODE_LASTS)
        return code

    async def by_number(self, number: str, proof: PhoneAndPin | PhoneCode, *, by: Actor) -> int:
        """The token with this number today (`G-012`, in any spelling) is the patient's; returns who.

        Raises what `by_key` raises.
        """
        written = number.strip().upper()
        if not written.isprintable():
            raise UnknownToken
        day = await self._queues.day()
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_number(connection, day, written)
        return await self._prove(token, proof, by)

    async def by_key(self, key: str, proof: PhoneAndPin | PhoneCode, *, by: Actor) -> int:
        """The token with this link's key is the patient's; returns who.

        Raises `WhichPatient` when several share the phone and none is named, `UnknownToken`, `UnknownPatient`,
        `Conflict` when the token is another patient's or the patient has a live one there, `LoginRequired` for a wrong
        PIN or code, `TooManyTries`, `BadInput`.
        """
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_key(connection, key)
        return await self._prove(token, proof, by)

    async def by_login(self, key: str, patient: Patient) -> None:
        """The token with this link's key is the logged-in patient's. Raises `UnknownToken`, `Conflict`."""
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_key(connection, key)
        day = await self._queues.day()
        async with self._store.transaction() as work:
            await _attach(work, token, patient.id, day == token.service_day, Actor(ActorKind.PATIENT, patient.id))

    async def owner(self, key: str) -> int | None:
        """Whose the token with this link's key is, if anybody's. Raises `UnknownToken`."""
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_key(connection, key)
            return await patient_rows.patient_of_token(connection, token.id)

    async def is_in_account(self, key: str) -> bool:
        """Whether the token with this link's key is with somebody's visits, in an account. Raises `UnknownToken`."""
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_key(connection, key)
            return await patient_rows.is_in_account(connection, token.id)

    async def _prove(self, token: Token, proof: PhoneAndPin | PhoneCode, by: Actor) -> int:
        day = await self._queues.day()
        if by.departments:
            check_department(by, (await self._queues.of(token.department_id)).department.code)
        if isinstance(proof, PhoneAndPin):
            number = phone_number(proof.phone, (await self._queues.clinic()).phone_region)
            account = await self._pins.check(number, proof.pin)
            async with self._store.transaction() as work:
                patient = _chosen(await patient_rows.family(work.connection, account.id), proof.patient_id)
                await _attach(work, token, patient, day == token.service_day, by)
            return patient
        async with self._store.transaction() as work:
            hashed = fingerprint(proof.code.strip().upper().replace("-", ""))
            owner = await attach_code_rows.take(work, hashed)
            if owner is None:
                raise LoginRequired("This code is wrong, used up or older than ten minutes.")
            await _attach(work, token, owner, day == token.service_day, by)
        return owner


async def _attach(work: Transaction, token: Token, patient: int, is_today: bool, by: Actor) -> None:
    if not is_today:
        raise UnknownToken
    await clinic_rows.lock_departments(work, [token.department_id])
    owner = await patient_rows.patient_of_token(work.connection, token.id)
    if owner == patient:
        return
    if owner is not None:
        raise Conflict(f"Token {token.number} belongs to another patient.")
    if found := await patient_rows.live_token(work.connection, patient, token.department_id, token.service_day):
        raise Conflict(f"This patient waits there already with {found[2]}.", number=found[2])
    await patient_rows.attach(work, token.id, patient)
    if await document_rows.give_to(work, token.id, patient):
        touch(work, token.id, patient)
    more = {"patient": patient, "number": token.number}
    work.record(Event("patient_attached", work.now, str(by), token.id, token.department_id, more))


def _chosen(family: list[Patient], patient_id: int | None) -> int:
    if patient_id is not None:
        if patient_id not in {patient.id for patient in family}:
            raise UnknownPatient
        return patient_id
    if len(family) != 1:
        raise WhichPatient([{"id": patient.id, "name": patient.person.name} for patient in family])
    return family[0].id
