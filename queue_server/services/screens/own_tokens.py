"""A patient's own tokens: taken online, watched, cancelled."""

from __future__ import annotations

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import Conflict, UnknownToken
from queue_server.domain.people.patients import Patient
from queue_server.domain.queue.tokens import LIVE, Action, State
from queue_server.domain.queue.transitions import act
from queue_server.live.phone_types import OwnToken
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.queue.issuing import IssuedToken, IssueRequest, Issuing
from queue_server.services.queue.undoable import UndoableChanges
from queue_server.services.screens.token_pages import TokenPages
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.people import patient_rows
from queue_server.storage.queue import queue_rows

#: A patient may withdraw until the doctor has begun.
CANCELLABLE = LIVE - {State.SERVING}


class OwnTokens:
    """Whatever is not the patient's own does not exist here."""

    def __init__(self, store: Store, queues: Snapshots, issuing: Issuing, status: TokenPages) -> None:
        self._store = store
        self._queues = queues
        self._issuing = issuing
        self._status = status

    async def take(self, patient: Patient, department: str) -> IssuedToken:
        """The patient's token of this department: the one that is live, else a new one, of somebody who is elsewhere.

        Raises `UnknownDepartment`, and `DepartmentClosed` in its kinds.
        """
        code = (await self._queues.department(department)).code
        request = IssueRequest(code, language=patient.person.language, patient_id=patient.id, is_here=False)
        return await self._issuing.issue(request, by=Actor(ActorKind.PATIENT, patient.id))

    async def cancel(self, patient: Patient, token_id: int) -> None:
        """The patient's token is withdrawn; a cancelled one stays so. Raises `UnknownToken`, `Conflict`."""
        async with self._store.transaction() as work:
            if await patient_rows.patient_of_token(work.connection, token_id) != patient.id:
                raise UnknownToken
            entry = await queue_rows.newest_entry(work.connection, token_id)
            await clinic_rows.lock_departments(work, [entry.department_id])
            entry = await queue_rows.newest_entry(work.connection, token_id)
            if entry.state is State.CANCELLED:
                return
            if entry.state not in CANCELLABLE:
                raise Conflict(f"Token {entry.number} is {entry.state}; it can no longer be cancelled here.")
            changes = UndoableChanges(work, Actor(ActorKind.PATIENT, patient.id))
            await changes.save(entry, act(entry, Action.CANCEL, work.now), Action.CANCEL)

    async def today(self, patient: Patient) -> list[OwnToken]:
        """The patient's tokens of this service day, live ones first: what their pages show, with `id` and `key`."""
        day = await self._queues.day()
        async with self._store.reading() as connection:
            tokens = await patient_rows.tokens_of(connection, patient.id, day)
        views = list[OwnToken]()
        for token_id, key in tokens:
            view, _ = await self._status.page(key)
            is_live, can_cancel = view["state"] in LIVE, view["state"] in CANCELLABLE
            views.append({**view, "id": token_id, "key": key, "is_live": is_live, "can_cancel": can_cancel})
        return sorted(views, key=lambda view: not view["is_live"])

    async def one(self, patient: Patient, token_id: int) -> OwnToken:
        """One of the patient's tokens of today. Raises `UnknownToken`."""
        for view in await self.today(patient):
            if view["id"] == token_id:
                return view
        raise UnknownToken
