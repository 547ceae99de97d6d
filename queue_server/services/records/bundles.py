"""All documents of a patient, or of one visit, as one PDF beside the archive."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date

from babel.dates import format_date, format_datetime

from queue_server import papers
from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import Damaged, TooLarge, UnknownDocument
from queue_server.domain.records.documents import Document, DocumentKind
from queue_server.locale import Texts, texts
from queue_server.papers.bundle_cover import Cover, CoverRow
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.documents import Documents, OpenedDocument
from queue_server.services.records.medical_history import DocumentSummary, MedicalHistories
from queue_server.services.records.slip_papers import SlipPapers

#: Bytes and number of the documents of one bundle; whoever has more takes the archive.
LARGEST_BUNDLE = 40 * 1024 * 1024
MOST_DOCUMENTS = 200

#: A document and the day of its visit.
Filed = tuple[DocumentSummary, date]


class Bundles:
    """Whoever may not read a document does not get it here either, and each that is put in is noted as read."""

    def __init__(
        self,
        queues: Snapshots,
        documents: Documents,
        histories: MedicalHistories,
        slips: SlipPapers,
        letterheads: Letterheads,
    ) -> None:
        self._queues = queues
        self._documents = documents
        self._histories = histories
        self._slips = slips
        self._letterheads = letterheads
        # One at a time, with all that it holds in memory.
        self._turn = asyncio.Semaphore(1)

    async def of_patient(self, patient_id: int, language: str, *, by: Actor, token_id: int | None = None) -> bytes:
        """The patient's documents, oldest visit first; with `token_id` those of this visit only.

        Raises `UnknownDocument` unless `by` may read them, and where there are none, `TooLarge`, `PaperFailed`.
        """
        history = await self._histories.of_patient(patient_id, by=by)
        visits = [visit for visit in reversed(history.visits) if token_id in {None, visit.token_id}]
        filed = [(one, visit.day) for visit in visits for one in visit.documents]

        async def opened(document: Document) -> OpenedDocument:
            return await self._documents.open(document.id, by=by)

        async with self._turn:
            files = await _contents(filed, opened)
            return await self._made(filed, files, history.patient.person.name, language)

    async def of_slip(self, key: str, digits: str, language: str) -> bytes:
        """The papers of a walk-in's visit, for whoever holds the slip. Raises as `SlipPapers.papers`, and as above."""
        day = await self._queues.day()
        filed = [(DocumentSummary(one, is_damaged=False), day) for one in await self._slips.papers(key, digits)]
        number = (await self._slips.number(key)) if filed else ""

        async def opened(document: Document) -> OpenedDocument:
            return await self._slips.open(key, digits, document.id)

        async with self._turn:
            return await self._made(filed, await _contents(filed, opened), number, language)

    async def _made(self, filed: Sequence[Filed], files: Sequence[papers.File], whose: str, language: str) -> bytes:
        letterhead, words = await self._letterheads.current(), texts(language)
        now = self._queues.now().astimezone(letterhead.zone)
        cover = Cover(
            title=words.gettext("Documents"),
            patient=whose,
            made=format_datetime(now, "d MMMM y, HH:mm", locale=language),
            headings=(words.gettext("Day"), words.gettext("Document"), words.gettext("Page")),
            rows=tuple(_row(one, day, words, language) for one, day in filed),
            missing=words.gettext("damaged"),
            language=language,
            made_at=now,
        )
        return await papers.bundle(cover, files, letterhead)


def check_size(documents: Iterable[Document]) -> None:
    """Raises `TooLarge` for more than one PDF is made of, `UnknownDocument` for none at all."""
    sizes = [document.size for document in documents]
    if not sizes:
        raise UnknownDocument
    if len(sizes) > MOST_DOCUMENTS or sum(sizes) > LARGEST_BUNDLE:
        raise TooLarge(LARGEST_BUNDLE)


async def _contents(
    filed: Sequence[Filed], opened: Callable[[Document], Awaitable[OpenedDocument]]
) -> list[papers.File]:
    """Type and content of each; none for one that does not open, which must not cost the patient the others."""
    check_size(one.document for one, _ in filed)
    files = list[papers.File]()
    for one, _ in filed:
        files.append(None)
        if not one.is_damaged:
            with suppress(Damaged):
                chunks = (await opened(one.document)).chunks
                files[-1] = one.document.media_type, b"".join([piece async for piece in chunks])
    return files


def _row(one: DocumentSummary, day: date, words: Texts, language: str) -> CoverRow:
    kinds = {
        DocumentKind.CERTIFICATE: words.gettext("Certificate"),
        DocumentKind.PRESCRIPTION: words.gettext("Prescription"),
        DocumentKind.REPORT: words.gettext("Report"),
    }
    remark = words.gettext("Signed before the visit was kept in the account: it bears no name.")
    name = f"{kinds[one.document.kind]} · {one.document.name}"
    return CoverRow(format_date(day, "d MMM y", locale=language), name, remark if one.is_nameless else "")
