"""A patient's medical history: visits and documents, for the patient and for whoever attends, and who looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from queue_server import sources
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, UnknownPatient, UnknownToken
from queue_server.domain.people.patients import Patient, phone_number
from queue_server.domain.queue.tokens import State
from queue_server.domain.records.documents import Document
from queue_server.domain.records.records import PastVisit, RecordAccess
from queue_server.live.topics import View
from queue_server.live.view_types import DocumentsView
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.documents import Documents, note_read
from queue_server.storage.engine.store import Store
from queue_server.storage.people import patient_rows
from queue_server.storage.queue import queue_rows
from queue_server.storage.records import access_log_rows, document_rows, medical_history_rows, record_rows

#: Somebody who opens the same list again within this time has not looked once more.
SAME_LOOK = timedelta(minutes=15)

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document as a list shows it. `is_nameless`: it was signed before its patient's name was known."""

    document: Document
    is_damaged: bool
    is_nameless: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: departments as maps language → name, in the order in which the patient came to them."""

    token_id: int
    number: str
    day: date
    departments: tuple[dict[str, str], ...]
    doctors: tuple[str, ...]
    state: State
    documents: tuple[DocumentSummary, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Whose it is, and the visits, newest first."""

    patient: Patient
    visits: tuple[Visit, ...]

    @property
    def documents(self) -> list[Document]:
        """All documents that open, newest visit first."""
        return [filed.document for visit in self.visits for filed in visit.documents if not filed.is_damaged]


class MedicalHistories:
    """Looking is noted: each look of the staff, and the patient's own once in a quarter of an hour."""

    def __init__(self, store: Store, queues: Snapshots, documents: Documents) -> None:
        self._store = store
        self._queues = queues
        self._documents = documents

    async def of_patient(self, patient_id: int, *, by: Actor, token_id: int | None = None) -> History:
        """The patient's history. Raises `UnknownDocument` unless `by` may read it, `UnknownPatient` once erased."""
        await self._documents.check_reader(by, token_id, patient_id)
        history = await self.read(patient_id)
        await self._note(by, patient_id, token_id)
        return history

    async def of_token(self, token_id: int, *, by: Actor) -> tuple[History | None, list[DocumentSummary]]:
        """(the history of the token's patient, or none for a walk-in; the token's own documents).

        Raises `UnknownDocument` unless `by` attends the token, `UnknownToken`.
        """
        async with self._store.reading() as connection:
            patient_id = await patient_rows.patient_of_token(connection, token_id)
        if patient_id is not None:
            history = await self.of_patient(patient_id, by=by, token_id=token_id)
            mine = next((visit.documents for visit in history.visits if visit.token_id == token_id), ())
            return history, list(mine)
        await self._documents.check_reader(by, token_id, None)
        async with self._store.reading() as connection:
            found = await document_rows.of_token(connection, self._documents.keys, token_id)
        return None, [DocumentSummary(one.document, one.is_damaged) for one in found]

    async def check_writer(self, token_id: int, room_id: int, *, by: Actor) -> None:
        """Raises `UnknownToken` unless the token is in the room, or was attended by this doctor today."""
        day = await self._queues.day()
        doctor_id = by.id if by.kind is ActorKind.DOCTOR else None
        async with self._store.reading() as connection:
            if not await medical_history_rows.is_with(connection, token_id, day, room_id=room_id, doctor_id=doctor_id):
                raise UnknownToken

    async def state_reason(self, patient_id: int, reason: str, *, by: Actor) -> None:
        """An administrator may read the patient's records for half an hour; the patient sees who and why.

        That goes for what the law keeps of an erased patient, too.

        Raises `BadInput` for no reason, `UnknownPatient`.
        """
        words = " ".join(reason.split())
        if not 5 <= len(words) <= LONGEST_REASON or not words.isprintable():
            raise BadInput("reason", f"A reason has 5 to {LONGEST_REASON} characters.")
        async with self._store.transaction() as work:
            if not await medical_history_rows.is_patient(work.connection, patient_id):
                raise UnknownPatient
            await note_read(work, by, "reason", patient_id, reason=words)
            work.touch(sources.records(patient_id))

    async def is_patient(self, patient_id: int) -> bool:
        """Whether there is, or was, such a patient."""
        async with self._store.reading() as connection:
            return await medical_history_rows.is_patient(connection, patient_id)

    async def sought(self, typed: str) -> list[tuple[int, str, int | None]]:
        """(id, name, birth year) of the patients with this phone number, or of the one with this number of today."""
        day, clinic = await self._queues.day(), await self._queues.clinic()
        async with self._store.reading() as connection:
            with suppress(BadInput):
                account = await patient_rows.account_of_phone(connection, phone_number(typed, clinic.phone_region))
                family = await patient_rows.family(connection, account.id) if account else []
                return [(one.id, one.person.name, one.person.birth_year) for one in family]
            with suppress(UnknownToken):
                token = await queue_rows.token_by_number(connection, day, typed.strip().upper()[:20])
                owner = await patient_rows.patient_of_token(connection, token.id)
                found = await medical_history_rows.patient(connection, owner) if owner is not None else None
                return [(found.id, found.person.name, found.person.birth_year)] if found else []
        return []

    async def reads(self, patient_id: int) -> list[RecordAccess]:
        """Who looked at the patient's records, newest first."""
        async with self._store.reading() as connection:
            return await access_log_rows.reads(connection, patient_id)

    async def looks(
        self,
        after: int,
        limit: int,
        *,
        ids: Sequence[int] = (),
        patient_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[RecordAccess]:
        """A page of all looks at records, oldest first."""
        async with self._store.reading() as connection:
            return await access_log_rows.page(
                connection, after, limit, ids=ids, patient_id=patient_id, since=since, until=until
            )

    async def live(self, patient_id: int) -> View:
        """What an open page hears of: which documents there are."""
        async with self._store.reading() as connection:
            found = await document_rows.ids_of_patient(connection, patient_id)
        return View(DocumentsView(documents=found), frozenset({sources.records(patient_id)}))

    async def read(self, patient_id: int) -> History:
        """The history, for use inside; nothing is checked or noted. Raises `UnknownPatient`."""
        names = {department.id: dict(department.names) for department in await self._queues.departments()}
        async with self._store.reading() as connection:
            patient = await medical_history_rows.patient(connection, patient_id)
            if patient is None:
                raise UnknownPatient
            visits = await medical_history_rows.visits(connection, patient_id)
            stored = await document_rows.of_patient(connection, self._documents.keys, patient_id)
            nameless = await record_rows.nameless_documents(connection, [one.document.id for one in stored])
        filed: dict[int, list[DocumentSummary]] = {}
        replaced = {one.document.replaces for one in stored}
        for one in stored:
            if one.document.id not in replaced:
                shown = DocumentSummary(one.document, one.is_damaged, one.document.id in nameless)
                filed.setdefault(one.document.token_id, []).append(shown)
        return History(patient, tuple(_visit(visit, names, filed.get(visit.token_id, [])) for visit in visits))

    async def _note(self, by: Actor, patient_id: int, token_id: int | None) -> None:
        if by.kind is ActorKind.PATIENT:
            since = self._store.clock.now() - SAME_LOOK
            async with self._store.reading() as connection:
                if await access_log_rows.has_read(connection, str(by), "history", patient_id, since):
                    return
        async with self._store.transaction() as work:
            await note_read(work, by, "history", patient_id, token_id=token_id)


def _visit(visit: PastVisit, names: dict[int, dict[str, str]], filed: Sequence[DocumentSummary]) -> Visit:
    departments = tuple(names.get(department, {}) for department in visit.departments)
    return Visit(visit.token_id, visit.number, visit.day, departments, tuple(visit.doctors), visit.state, tuple(filed))


def unique_names(documents: Sequence[Document], days: dict[int, date]) -> list[str]:
    """A name for each document within one archive: the visit's day, then its own name, numbered where it repeats."""
    taken, names = set[str](), list[str]()
    for document in documents:
        stem, _, ending = f"{days[document.token_id].isoformat()} {document.name}".rpartition(".")
        name, count = f"{stem}.{ending}", 1
        while name.casefold() in taken:
            count += 1
            name = f"{stem} ({count}).{ending}"
        taken.add(name.casefold())
        names.append(name)
    return names
