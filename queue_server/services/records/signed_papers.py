"""Papers that were signed: made, remembered, and verified by whoever holds one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from queue_server import papers as making
from queue_server.domain.errors import UnknownPaper
from queue_server.domain.records.records import Certificate, Prescription
from queue_server.domain.records.verification import IssuedPaper, content_hash, kind_of
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.records import paper_rows


@dataclass(frozen=True, slots=True)
class MadePaper:
    """A signed paper as a file, and what will be remembered of it."""

    pdf: bytes
    paper: IssuedPaper


class SignedPapers:
    """`make` the file first, outside any transaction; then `keep` it in the one that stores the document."""

    def __init__(self, store: Store, letterheads: Letterheads) -> None:
        self._store = store
        self._letterheads = letterheads

    async def make(self, signed: Prescription | Certificate, language: str) -> MadePaper:
        """The PDF of what is being signed, with the clinic's letterhead. `signed.key` is set, and nobody's yet."""
        letterhead = await self._letterheads.current()
        if isinstance(signed, Prescription):
            pdf = await making.prescription(signed, letterhead, language)
        else:
            pdf = await making.certificate(signed, letterhead, language)
        paper = IssuedPaper(
            key=signed.key,
            kind=kind_of(signed),
            version=signed.version,
            issued_at=signed.signed_at,
            clinic=letterhead.name,
            content_hash=content_hash(signed),
            file_hash=hashlib.sha256(pdf).hexdigest(),
        )
        return MadePaper(pdf, paper)

    async def keep(self, work: Transaction, made: MadePaper, replaces_key: str | None = None) -> None:
        """With the commit the paper can be verified, and the one that it replaces says so."""
        await paper_rows.add(work, made.paper)
        if replaces_key:
            await paper_rows.replace(work, replaces_key)

    async def verify(self, key: str) -> IssuedPaper:
        """What the clinic remembers of the paper with this key. Raises `UnknownPaper`."""
        async with self._store.reading() as connection:
            found = await paper_rows.one(connection, key) if len(key) <= 64 else None
        if found is None:
            raise UnknownPaper
        return found
