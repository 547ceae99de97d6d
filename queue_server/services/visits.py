"""A patient's own tokens: taken online, watched, cancelled, or attached at the desk."""

from __future__ import annotations

from queue_server.domain.errors import Conflict, UnknownPatient, UnknownToken, WhichPatient
from queue_server.domain.events import Event
from queue_server.domain.patients import Patient, phone_number
from queue_server.domain.tokens import LIVE, Action, State
from queue_server.domain.transitions import act
from queue_server.services.actors import Actor
from queue_server.services.changes import Changes
from queue_server.services.documents import touch
from queue_server.services.issuing import IssuedToken, IssueRequest, Issuing
from queue_server.services.pins import Pins
from queue_server.services.queues import Queues
from queue_server.services.status import Status
from queue_server.services.views import Json
from queue_server.storage import clinic as clinic_rows
from queue_server.storage import documents as document_rows
from queue_server.storage import patients as rows
from queue_server.storage import queues as queue_rows
from queue_server.storage.store import Store

#: A patient may withdraw until the doctor has begun.
CANCELLABLE = LIVE - {State.SERVING}


class Visits:
    """Whatever is not the patient's own does not exist here."""

    def __init__(self, store: Store, queues: Queues, issuing: Issuing, status: Status, pins: Pins) -> None:
        self._store = store
        self._queues = queues
        self._issuing = issuing
        self._status = status
        self._pins = pins

    async def take(self, patient: Patient, department: str) -> IssuedToken:
        """The patient's token of this department: the one that is live, else a new one.

        Raises `UnknownDepartment`, and `DepartmentClosed` in its kinds.
        """
        code = (await self._queues.department(department)).code
        request = IssueRequest(code, language=patient.person.language, patient_id=patient.id)
        return await self._issuing.issue(request, by=Actor("patient", patient.id))

    async def cancel(self, patient: Patient, token_id: int) -> None:
        """The patient's token is withdrawn; a cancelled one stays so. Raises `UnknownToken`, `Conflict`."""
        async with self._store.transaction() as work:
            if await rows.patient_of_token(work.connection, token_id) != patient.id:
                raise UnknownToken
            entry = await queue_rows.newest_entry(work.connection, token_id)
            await clinic_rows.lock_departments(work, [entry.department_id])
            entry = await queue_rows.newest_entry(work.connection, token_id)
            if entry.state is State.CANCELLED:
                return
            if entry.state not in CANCELLABLE:
                raise Conflict(f"Token {entry.number} is {entry.state}; it can no longer be cancelled here.")
            changes = Changes(work, Actor("patient", patient.id))
            await changes.save(entry, act(entry, Action.CANCEL, work.now), Action.CANCEL)

    async def today(self, patient: Patient) -> list[Json]:
        """The patient's tokens of this service day, live ones first: what their pages show, with `id` and `key`."""
        day = await self._queues.day()
        async with self._store.reading() as connection:
            tokens = await rows.tokens_of(connection, patient.id, day)
        views = []
        for token_id, key in tokens:
            view, _ = await self._status.page(key)
            is_live = view["state"] in LIVE
            more = {"id": token_id, "key": key, "is_live": is_live, "can_cancel": view["state"] in CANCELLABLE}
            views.append(view | more)
        return sorted(views, key=lambda view: not view["is_live"])

    async def one(self, patient: Patient, token_id: int) -> Json:
        """One of the patient's tokens of today. Raises `UnknownToken`."""
        for view in await self.today(patient):
            if view["id"] == token_id:
                return view
        raise UnknownToken

    async def attach_number(self, number: str, phone: str, pin: str, patient_id: int | None, *, by: Actor) -> int:
        """As `attach`, for the token with this number today (`G-012`, in any spelling). Raises `UnknownToken`."""
        day = await self._queues.day()
        written = number.strip().upper()
        if not written.isprintable():
            raise UnknownToken
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_number(connection, day, written)
        return await self.attach(token.id, phone, pin, patient_id, by=by)

    async def attach(self, token_id: int, phone: str, pin: str, patient_id: int | None, *, by: Actor) -> int:
        """The walk-in's token belongs to a registered patient, who proves it with phone and PIN; returns who.

        Raises `WhichPatient` when several share the phone and none is named, `UnknownToken`, `UnknownPatient`,
        `Conflict` when the token is another patient's or the patient has a live one there, `LoginRequired`,
        `TooManyTries`, `BadInput`.
        """
        number = phone_number(phone, (await self._queues.clinic()).phone_region)
        account = await self._pins.check(number, pin)
        day = await self._queues.day()
        async with self._store.transaction() as work:
            patient = _chosen(await rows.family(work.connection, account.id), patient_id)
            token = await queue_rows.token_by_id(work.connection, token_id)
            if token.service_day != day:
                raise UnknownToken
            await clinic_rows.lock_departments(work, [token.department_id])
            owner = await rows.patient_of_token(work.connection, token_id)
            if owner == patient:
                return patient
            if owner is not None:
                raise Conflict(f"Token {token.number} belongs to another patient.")
            if found := await rows.live_token(work.connection, patient, token.department_id, day):
                raise Conflict(f"This patient waits there already with {found[2]}.", number=found[2])
            await rows.attach(work, token_id, patient)
            if await document_rows.give_to(work, token_id, patient):
                touch(work, token_id, patient)
            more = {"patient": patient, "number": token.number}
            work.record(Event("patient_attached", work.now, str(by), token_id, token.department_id, more))
        return patient


def _chosen(family: list[Patient], patient_id: int | None) -> int:
    if patient_id is not None:
        if patient_id not in {patient.id for patient in family}:
            raise UnknownPatient
        return patient_id
    if len(family) != 1:
        raise WhichPatient([{"id": patient.id, "name": patient.person.name} for patient in family])
    return family[0].id
