"""Documents: stored encrypted with the visit that they belong to, opened for whoever may read them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from queue_server import sources
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import May, Record, authorise
from queue_server.domain.errors import BadInput, Damaged, TooLarge, UnknownDocument, UnknownPatient
from queue_server.domain.queue.events import Event
from queue_server.domain.records.documents import ENDINGS, LARGEST_FILE, Document, DocumentKind, file_name
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.records import access_log_rows, document_rows, encrypted_blobs
from queue_server.storage.records.document_rows import Label, NewDocument, Stored
from queue_server.storage.records.encrypted_blobs import Content
from queue_server.storage.records.encryption import CHUNK, DoesNotOpen
from queue_server.storage.records.keyring import Keyring

logger = logging.getLogger(__name__)

#: How many chunks are read at once: to be looked at, and to be sent.
_LOOKED_AT, _SENT = 8, 2

#: How long an administrator may read after having said why.
REASON_HOLDS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document that was found whole; `chunks` gives its content in pieces of at most 128 KiB, once."""

    document: Document
    chunks: AsyncIterator[bytes]


class Documents:
    """Whoever may not read a document is not told that it exists. Every reading is noted."""

    def __init__(self, store: Store, queues: Snapshots, keys: Keyring) -> None:
        self._store = store
        self._queues = queues
        self.keys = keys
        self._turn = asyncio.Semaphore(1)
        self._opening = asyncio.Semaphore(2)

    async def add(
        self,
        work: Transaction,
        *,
        token_id: int,
        patient_id: int | None,
        kind: DocumentKind,
        name: str,
        media_type: str,
        content: bytes,
        by: Actor,
        replaces: int | None = None,
    ) -> int:
        """The document is there when the caller's transaction is committed; returns its id.

        `patient_id` none: the token's patient, if it has one. The caller has checked that `by` may do this, and that
        the content is what `media_type` says. Raises `BadInput` for other media types, `TooLarge`, `KeyMissing`.
        """
        if media_type not in ENDINGS:
            raise BadInput("media_type", f"Documents are PDF, JPEG or PNG, not {media_type[:40]!r}.")
        if len(content) > LARGEST_FILE:
            raise TooLarge(LARGEST_FILE)
        stored = await encrypted_blobs.begin(work, self.keys)
        plain = [content[start : start + CHUNK] for start in range(0, len(content), CHUNK)] or [b""]
        await encrypted_blobs.write(work, stored, 0, plain, is_last=True)
        digest = hashlib.sha256(content).hexdigest()
        label = Label(file_name(name, media_type, str(kind)), digest, digest)
        owner = patient_id or await patient_rows.patient_of_token(work.connection, token_id)
        new = NewDocument(token_id, owner, kind, media_type, str(by), replaces=replaces)
        return await self.attach(work, new, stored, len(content), label)

    async def attach(self, work: Transaction, new: NewDocument, content: Content, size: int, label: Label) -> int:
        """The content whose chunks are written already becomes this document; returns its id."""
        if not await encrypted_blobs.finish(work, content, size):
            raise UnknownDocument
        document_id = await document_rows.add(work, new, content, size, label)
        more = {"document": document_id, "kind": new.kind, "size": size, "replaces": new.replaces}
        work.record(Event("document_added", work.now, new.by, new.token_id, data=more | {"patient": new.patient_id}))
        touch(work, new.token_id, new.patient_id)
        return document_id

    async def of_token(self, token_id: int, *, by: Actor) -> list[Document]:
        """The token's documents, oldest first. Raises `UnknownDocument` unless `by` may read them."""
        async with self._store.reading() as connection:
            patient_id = await patient_rows.patient_of_token(connection, token_id)
        await self.check_reader(by, token_id, patient_id)
        async with self._store.reading() as connection:
            return [one.document for one in await document_rows.of_token(connection, self.keys, token_id)]

    async def open(self, document_id: int, *, by: Actor, what: str = "document") -> OpenedDocument:
        """The document, for reading; that it was read is noted first.

        Raises `UnknownDocument`, `Damaged` when it does not open, which is journalled, and `KeyMissing`.
        """
        return await self.opened(await self.readable(document_id, by=by), by=by, what=what)

    async def opened(self, stored: Stored, *, by: Actor, what: str = "document") -> OpenedDocument:
        """As `open`, for a document that the caller has found, and who has checked that `by` may read it."""
        async with self._opening:
            content, document = await self.whole(stored), stored.document
            async with self._store.transaction() as work:
                await note_read(
                    work, by, what, document.patient_id, token_id=document.token_id, document_id=document.id
                )
        return OpenedDocument(document, self.chunks(content))

    async def labels(self, ids: Iterable[int], *, by: Actor, patient_id: int | None = None) -> list[Document]:
        """Those of these documents that are there, without their content; that they were looked at is noted.

        With `patient_id` those of this patient only. Raises `UnknownDocument` unless `by` may read them.
        """
        async with self._store.reading() as connection:
            found = await document_rows.named(connection, self.keys, list(ids))
        known = [one.document for one in found if patient_id in {None, one.document.patient_id}]
        for one in known:
            await self.check_reader(by, one.token_id, one.patient_id)
        async with self._store.transaction() as work:
            await note_reads(work, by, "history", [(one.patient_id, one.token_id) for one in known])
        return known

    async def of_patient(self, patient_id: int, *, by: Actor) -> list[Document]:
        """The patient's documents without their content, those that were replaced as well, in the order of their ids.

        The look is noted. Raises `UnknownDocument` unless `by` may read them, `UnknownPatient` once erased.
        """
        await self.check_reader(by, None, patient_id)
        async with self._store.reading() as connection:
            if await patient_rows.person(connection, patient_id) is None:
                raise UnknownPatient
            found = await document_rows.of_patient(connection, self.keys, patient_id)
        async with self._store.transaction() as work:
            await note_read(work, by, "history", patient_id)
        return [one.document for one in found]

    async def readable(self, document_id: int, *, by: Actor) -> Stored:
        """The document, which `by` has written, or may read as `check_reader` says. Raises `UnknownDocument`."""
        async with self._store.reading() as connection:
            stored = await document_rows.one(connection, self.keys, document_id)
        if stored is None:
            raise UnknownDocument
        if str(by) != stored.document.by or not by.is_staff:
            await self.check_reader(by, stored.document.token_id, stored.document.patient_id)
        return stored

    async def check_reader(self, by: Actor, token_id: int | None, patient_id: int | None) -> None:
        """Raises `UnknownDocument` unless `by` may read what belongs to this token and patient."""
        if by.kind is ActorKind.PROGRAM:
            authorise(by, May.READ_DOCUMENTS)
            return
        day, since = await self._queues.day(), self._store.clock.now() - REASON_HOLDS
        async with self._store.reading() as connection:
            doctors = await access_log_rows.doctors_of_token(connection, token_id) if token_id is not None else set()
            people, named = set[int](), set[Actor]()
            if patient_id is not None:
                people = await access_log_rows.family(connection, patient_id)
                # After an erasure what the law keeps is under lock and key, for the doctors too.
                doctors |= await access_log_rows.doctors_of_patient(connection, patient_id, day)
                doctors = doctors if people else set()
                named = await access_log_rows.admins_with_reason(connection, patient_id, since)
        named |= {Actor(ActorKind.PATIENT, person) for person in people}
        named |= {Actor(ActorKind.DOCTOR, doctor) for doctor in doctors}
        authorise(by, May.READ_RECORD, Record(frozenset(named)))

    async def remove(self, document_id: int, because: str, *, by: Actor) -> None:
        """The document's key and content are destroyed. The caller has checked the right. Raises `UnknownDocument`."""
        async with self._store.transaction() as work:
            stored = await document_rows.one(work.connection, self.keys, document_id)
            if stored is None:
                raise UnknownDocument
            await self.destroy(work, [stored.document], because, by=by)

    async def destroy(self, work: Transaction, gone: Sequence[Document], because: str, *, by: Actor) -> None:
        """As `remove`, for several, within the caller's transaction; the journal has a line for each."""
        await encrypted_blobs.destroy(work, await document_rows.remove(work, [one.id for one in gone], because))
        for one in gone:
            more = {"document": one.id, "because": because}
            work.record(Event("document_removed", work.now, str(by), one.token_id, data=more))
            touch(work, one.token_id, one.patient_id)

    async def whole(self, stored: Stored) -> Content:
        """The document's content, of which every chunk was found to open; nothing of a damaged one is ever sent.

        Raises `Damaged`, and the journal says so; `KeyMissing`.
        """
        try:
            async with self._store.reading() as connection:
                content = await encrypted_blobs.opened(connection, self.keys, stored.content_id)
            for first in range(0, content.chunks, _LOOKED_AT):
                await self._read(content, first, _LOOKED_AT)
        except DoesNotOpen as error:
            await self._report(stored.document)
            raise Damaged(stored.document.id) from error
        return content

    async def first_bad(self) -> tuple[list[int], int]:
        """(ids of the documents that do not open, how many do). Those found now are journalled."""
        after, bad, good = 0, list[int](), 0
        while True:
            async with self._store.reading() as connection:
                some = await document_rows.ids(connection, after)
            if not some:
                return bad, good
            for document_id in some:
                async with self._store.reading() as connection:
                    stored = await document_rows.one(connection, self.keys, document_id)
                try:
                    if stored is not None:
                        await self.whole(stored)
                        good += 1
                except Damaged:
                    bad.append(document_id)
            after = some[-1]

    async def damaged(self) -> list[Document]:
        """Documents that were found not to open, for whoever has to bring back a backup."""
        async with self._store.reading() as connection:
            return [one.document for one in await document_rows.damaged(connection, self.keys)]

    async def chunks(self, content: Content) -> AsyncIterator[bytes]:
        """The content in pieces of at most 128 KiB. Raises `DoesNotOpen`."""
        for first in range(0, content.chunks, _SENT):
            yield b"".join(await self._read(content, first, _SENT))

    async def _read(self, content: Content, first: int, count: int) -> list[bytes]:
        # A look of its own each, so that a slow phone keeps no connection for minutes; and one after another, so that
        # a hundred phones that download stand in a line of their own, and not in front of a doctor who calls.
        async with self._turn, self._store.reading() as connection:
            return await encrypted_blobs.chunks(connection, content, first, count)

    async def _report(self, document: Document) -> None:
        logger.error("Document %d does not open. A backup may still have it.", document.id)
        async with self._store.transaction() as work:
            if await document_rows.mark_damaged(work, document.id):
                more = {"document": document.id}
                work.record(Event("document_damaged", work.now, "system", document.token_id, data=more))
                touch(work, document.token_id, document.patient_id)


def touch(work: Transaction, token_id: int, patient_id: int | None) -> None:
    """Whatever shows the token's documents or the patient's records is computed anew."""
    work.touch(sources.token(token_id))
    if patient_id is not None:
        work.touch(sources.records(patient_id))


async def note_reads(work: Transaction, by: Actor, what: str, whose: Iterable[tuple[int | None, int | None]]) -> None:
    """As `note_read` for each of these patients with their tokens, in one go however many they are."""
    pairs = list(whose)
    await access_log_rows.note_each(work, str(by), what, pairs)
    for patient_id, token_id in pairs:
        more = {"what": what, "patient": patient_id, "document": None}
        work.record(Event("record_read", work.now, str(by), token_id, data=more))


async def note_read(
    work: Transaction,
    by: Actor,
    what: str,
    patient_id: int | None,
    *,
    token_id: int | None = None,
    document_id: int | None = None,
    reason: str | None = None,
) -> None:
    """The journal says that `by` has read this, and the patient can see it. Reasons are words: not in the journal."""
    await access_log_rows.note(
        work, str(by), what, patient_id, token_id=token_id, document_id=document_id, reason=reason
    )
    more = {"what": what, "patient": patient_id, "document": document_id}
    work.record(Event("record_read", work.now, str(by), token_id, data=more))
