"""A patient's rights over what is known of him or her: to have it, to have it gone, to know what must stay."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import Damaged, KeyMissing, UnknownDocument, UnknownPatient
from queue_server.domain.queue.events import Event
from queue_server.domain.records.documents import Document
from queue_server.domain.records.retention import SHORTEST_YEARS, years_after
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.documents import Documents, note_read
from queue_server.storage.alerts import outbox_history_rows, preference_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.queue import undo_rows
from queue_server.storage.records import document_rows, encrypted_blobs, personal_data_rows
from queue_server.storage.records.encryption import DoesNotOpen

#: Name, moment and content of a file in an archive.
Part = tuple[str, datetime, AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True)
class KeptDocuments:
    """What an erasure leaves: so many documents that the law makes the clinic keep, the last until this day."""

    documents: int
    until: date | None


class PersonalData:
    """Export and erasure. Correction is `Patients.change`, and a doctor's new version of a paper."""

    def __init__(self, store: Store, queues: Snapshots, documents: Documents) -> None:
        self._store = store
        self._queues = queues
        self._documents = documents

    async def export(self, patient_id: int, *, by: Actor) -> AsyncIterator[Part]:
        """Everything about the patient: `patient.json`, then every document. It is noted that this was read.

        Raises `UnknownDocument` unless `by` may read the patient's records.
        """
        await self._documents.check_reader(by, None, patient_id)
        async with self._store.transaction() as work:
            await note_read(work, by, "export", patient_id)
        return self._parts(patient_id)

    async def kept_after_erasure(self, patient_id: int) -> KeptDocuments:
        """What would stay if the patient were erased now."""
        async with self._store.reading() as connection:
            count, newest = await personal_data_rows.newest_document(connection, patient_id)
        clinic = await self._queues.clinic()
        return KeptDocuments(
            count, years_after(newest.astimezone(clinic.zone).date(), SHORTEST_YEARS) if newest else None
        )

    async def erase(self, patient_id: int, *, by: Actor) -> KeptDocuments:
        """Nothing personal is left of the patient but what the law makes the clinic keep, which is returned.

        Name, birth year, logins, messages and their addresses are gone, and what staff wrote of the patient's tokens;
        with the last of a family its phone number goes too. What stays opens for nobody but an administrator who
        states a reason, and goes with the clinic's retention.
        Raises `UnknownPatient`.
        """
        kept = await self.kept_after_erasure(patient_id)
        async with self._store.transaction() as work:
            await _erase_person(work, patient_id)
            tokens = await personal_data_rows.erase_reasons(work, patient_id)
            await undo_rows.forget(work, tokens)
            work.record(Event("patient_erased", work.now, str(by), data={"patient": patient_id}))
        return kept

    async def _parts(self, patient_id: int) -> AsyncIterator[Part]:
        clinic = await self._queues.clinic()
        now = self._queues.now().astimezone(clinic.zone)
        async with self._store.reading() as connection:
            stored = await document_rows.of_patient(connection, self._documents.keys, patient_id)
        yield "patient.json", now, _once(await self._facts(patient_id, [one.document for one in stored]))
        for one in stored:
            # What does not open must not cost the patient the rest.
            with suppress(Damaged, KeyMissing, UnknownDocument):
                content = await self._documents.whole(one)
                name = f"documents/{one.document.id} {one.document.name}"
                yield name, one.document.added_at.astimezone(clinic.zone), self._documents.chunks(content)

    async def _facts(self, patient_id: int, documents: list[Document]) -> bytes:
        async with self._store.surveying() as connection:
            found: dict[str, Any] = dict(await personal_data_rows.rows_of(connection, patient_id))
            found["phone"] = await personal_data_rows.phone_of(connection, patient_id)
            found["journal"] = await personal_data_rows.events_of(connection, patient_id)
            names = {document.id: f"documents/{document.id} {document.name}" for document in documents}
            found["document"] = [row | {"file": names.get(row["id"])} for row in found["document"]]
            for row in found.get("record", ()):
                row["content"] = await self._written(connection, row.pop("content_id", None))
        facts = {"clinic": (await self._queues.clinic()).name, "made_at": self._queues.now(), **found}
        return json.dumps(facts, ensure_ascii=False, indent=2, default=str).encode()

    async def _written(self, connection: Any, content_id: str | None) -> Any:
        """What a doctor wrote, as it was saved; none where it is gone or does not open."""
        if content_id is None:
            return None
        with suppress(DoesNotOpen, KeyMissing, ValueError):
            content = await encrypted_blobs.opened(connection, self._documents.keys, content_id)
            plain = [await encrypted_blobs.chunk(connection, content, position) for position in range(content.chunks)]
            return json.loads(b"".join(plain))
        return None


async def _erase_person(work: Transaction, patient_id: int) -> None:
    account_id = await patient_rows.account_of_patient(work.connection, patient_id)
    if not await patient_rows.erase_patient(work, patient_id):
        raise UnknownPatient
    await outbox_history_rows.delete_to_patient(work, patient_id)
    await preference_rows.delete_of_patient(work, patient_id)
    if account_id is not None and not await patient_rows.family(work.connection, account_id):
        if (account := await patient_rows.account(work.connection, account_id)) is not None:
            await outbox_history_rows.delete_address(work, account.phone)
        await patient_rows.remove_account(work, account_id)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
