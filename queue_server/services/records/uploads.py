"""Files that are handed in: staged while they come, looked into, stored encrypted, attached in one short step."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import DatabaseFull, QueueError, StorageFull, TooManyDocuments, UnknownDocument
from queue_server.domain.records.documents import LARGEST_FILE, MOST_FILES, DocumentKind, file_name
from queue_server.domain.records.refused_files import Refusal
from queue_server.inspecting import Inspected, Inspector
from queue_server.inspecting.inspector import refused
from queue_server.services.records.documents import Documents
from queue_server.storage.engine.store import Store
from queue_server.storage.people import patient_rows
from queue_server.storage.records import document_rows, encrypted_blobs
from queue_server.storage.records.document_rows import Label, NewDocument
from queue_server.storage.records.encrypted_blobs import Content
from queue_server.storage.records.encryption import CHUNK, Cipher

logger = logging.getLogger(__name__)

#: So many chunks are written in one transaction: half a megabyte keeps everybody else waiting a few milliseconds.
_AT_ONCE = 8

#: A content that no document has after this long was left behind by a power cut.
ABANDONED_AFTER = timedelta(hours=2)

#: What the staging file's disk says when it is full.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is on its way: whose token, what it is to the patient, what it was called, who hands it in."""

    token_id: int
    kind: DocumentKind
    name: str
    by: Actor


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The document that the file is; `is_again` when the token had the same file already."""

    id: int
    is_again: bool


class Uploads:
    """Nothing of a file that is refused, cut off or too much is kept, and nothing is stored as it came."""

    def __init__(self, store: Store, documents: Documents) -> None:
        self._store = store
        self._documents = documents
        self.inspector = Inspector()

    async def upload(self, handed: Upload, content: AsyncIterator[bytes]) -> Uploaded:
        """The file is a document of the token. The caller has checked that `handed.by` may add one.

        Raises `FileRefused`, `TooManyDocuments`, `StorageFull`, `KeyMissing`; what `content` raises goes through.
        """
        self._documents.keys.current()
        try:
            with tempfile.TemporaryFile() as file:
                stage = await StagedFile.filled(file, content)
                if (known := await self._known(handed.token_id, stage.sha256)) is not None:
                    return Uploaded(known, is_again=True)
                async with self._store.reading() as connection:
                    _check_count(await document_rows.upload_count(connection, handed.token_id))
                async with self.inspector.inspect(stage.pieces()) as clean:
                    return await self._store_and_attach(handed, stage, clean)
        except (OSError, DatabaseFull) as error:
            if is_full(error):
                raise StorageFull from error
            raise

    async def take_back(self, document_id: int, token_id: int, *, by: Actor) -> None:
        """A file that `by` handed in for this token by mistake is gone. Raises `UnknownDocument` for any other."""
        async with self._store.reading() as connection:
            found = await document_rows.one(connection, self._documents.keys, document_id)
        if found is None or not found.document.is_upload:
            raise UnknownDocument
        if (found.document.token_id, found.document.by) != (token_id, str(by)):
            raise UnknownDocument
        await self._documents.remove(document_id, "taken back", by=by)

    async def clean_up(self) -> int:
        """Contents that were left behind are gone; returns how many."""
        before = self._store.clock.now() - ABANDONED_AFTER
        async with self._store.reading() as connection:
            left = await encrypted_blobs.abandoned(connection, before)
        if left:
            async with self._store.transaction() as work:
                await encrypted_blobs.destroy(work, left)
        return len(left)

    async def _known(self, token_id: int, source: str) -> int | None:
        async with self._store.reading() as connection:
            found = await document_rows.of_token(connection, self._documents.keys, token_id)
        return next((one.document.id for one in found if one.label and one.label.source == source), None)

    async def _store_and_attach(self, handed: Upload, stage: StagedFile, clean: Inspected) -> Uploaded:
        async with self._store.transaction() as work:
            content = await encrypted_blobs.begin(work, self._documents.keys)
        try:
            sha256 = await self._write(content, clean)
            async with self._store.transaction() as work:
                _check_count(await document_rows.upload_count(work.connection, handed.token_id, is_locking=True))
                owner = await patient_rows.patient_of_token(work.connection, handed.token_id)
                label = Label(file_name(handed.name, clean.media_type, handed.kind), sha256, stage.sha256)
                new = NewDocument(handed.token_id, owner, handed.kind, clean.media_type, str(handed.by), is_upload=True)
                return Uploaded(await self._documents.attach(work, new, content, clean.size, label), is_again=False)
        except BaseException:
            await asyncio.shield(self._give_up(content))
            raise

    async def _write(self, content: Content, clean: Inspected) -> str:
        """Write what is clean, some chunks at a time; returns its SHA-256."""
        digest, some, first = hashlib.sha256(), list[bytes](), 0
        total = encrypted_blobs.chunk_count(clean.size)
        async for piece in clean.pieces:
            digest.update(piece)
            some.append(piece)
            if len(some) == _AT_ONCE or first + len(some) == total:
                async with self._store.transaction() as work:
                    is_last = first + len(some) == total
                    await encrypted_blobs.write(work, content, first, some, is_last=is_last)
                first, some = first + len(some), []
        return digest.hexdigest()

    async def _give_up(self, content: Content) -> None:
        with suppress(QueueError, OSError):
            async with self._store.transaction() as work:
                await encrypted_blobs.destroy(work, [content.id])


class StagedFile:
    """A file as it came, encrypted in a nameless temporary file under a key that only this object has.

    So a power cut or a crash leaves nothing that could be found or read.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._cipher = Cipher.fresh()
        self._chunks = 0
        self.sha256 = ""

    @classmethod
    async def filled(cls, file: IO[bytes], content: AsyncIterator[bytes]) -> StagedFile:
        """All of the content. Raises `FileRefused` when it is empty or too large; what it raises goes through."""
        stage, digest, rest, size = cls(file), hashlib.sha256(), bytearray(), 0
        async for piece in content:
            size += len(piece)
            if size > LARGEST_FILE:
                raise refused(Refusal.TOO_LARGE)
            digest.update(piece)
            rest += piece
            while len(rest) > CHUNK:
                stage._append(bytes(rest[:CHUNK]), is_last=False)
                del rest[:CHUNK]
        if not size:
            raise refused(Refusal.EMPTY)
        stage._append(bytes(rest), is_last=True)
        stage.sha256 = digest.hexdigest()
        file.flush()
        return stage

    async def pieces(self) -> AsyncIterator[bytes]:
        """The content, as it came."""
        self._file.seek(0)
        for position in range(self._chunks):
            sealed = self._file.read(CHUNK + 16)
            yield self._cipher.open(position, sealed, is_last=position == self._chunks - 1)

    def _append(self, plain: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.seal(self._chunks, plain, is_last=is_last))
        self._chunks += 1


def _check_count(count: int) -> None:
    if count >= MOST_FILES:
        raise TooManyDocuments(MOST_FILES)


def is_full(error: BaseException) -> bool:
    """Whether the error says that the disk is full."""
    return isinstance(error, DatabaseFull) or (isinstance(error, OSError) and error.errno in _FULL)
