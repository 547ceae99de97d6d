"""Papers and slips of nobody, for whoever sets the letterhead up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from fractions import Fraction
from io import BytesIO
from typing import Any

from kiosk.printing import Slip, paper
from queue_server import papers
from queue_server.domain.clinic.letterhead import Heading, read_heading
from queue_server.domain.devices.print_jobs import PrintJob, PrintState
from queue_server.domain.form_reading import Reader
from queue_server.domain.queue.tokens import Priority, Token
from queue_server.domain.records.records import Attendance, Bearer, Dose, Food, Line, Medicine, Prescription, Signer
from queue_server.locale import LANGUAGES, texts
from queue_server.papers.showing import first_page
from queue_server.papers.slips import slip
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.snapshot import Snapshots

_SAMPLE = "sample"


class Previews:
    """Shows what is set, or what is being typed, as it will be printed."""

    def __init__(self, queues: Snapshots, letterheads: Letterheads, public_url: str) -> None:
        self._queues = queues
        self._letterheads = letterheads
        self._public_url = public_url

    async def prescription(self, typed: Mapping[str, Any], language: str) -> bytes:
        """A prescription's first page as a PNG, in any language of the papers; `typed` as `_typed` reads it."""
        letterhead = await self._letterheads.current(await self._typed(typed))
        now = self._queues.now()
        words = texts(language if language in LANGUAGES else "en")
        department = await self._department(language)
        doctor = Signer(words.gettext("Name of the doctor"), words.gettext("Qualification"), "00000")
        seen = Attendance(_SAMPLE, department, now.astimezone(letterhead.zone).date(), doctor, Bearer())
        one = Fraction(1)
        lines = (
            Line(Medicine("Paracetamol", "tablet", "500 mg"), Dose(one, one, night=one), Food.AFTER, 3, Fraction(9)),
            Line(Medicine("Amlodipine", "tablet", "5 mg"), Dose(Fraction(1, 2)), Food.ANY, 30, Fraction(15)),
        )
        signed = Prescription(0, 1, seen, lines, now, key=_SAMPLE)
        return await first_page(await papers.prescription(signed, letterhead, language))

    async def slip(self, typed: Mapping[str, Any], language: str) -> bytes:
        """A slip on 80 mm paper as a PNG, in one of the clinic's languages."""
        setting = await self._queues.clinic()
        departments = await self._queues.departments()
        extras = await self._letterheads.on_slip(language, await self._typed(typed))
        now = self._queues.now()
        token = Token(0, _SAMPLE, "G-012", 0, await self._queues.day(), language, now, 3)
        job = PrintJob(0, 0, token.number, "", 1, PrintState.QUEUED, None, now)
        if not departments:
            return b""
        document = slip(
            token,
            job,
            setting,
            departments[0],
            priority=Priority.NORMAL,
            wait_text=None,
            public_url=self._public_url,
            extras=extras,
            digits="0000" if setting.papers_by_slip else None,
        )
        return await asyncio.to_thread(_drawn, document)

    async def _department(self, language: str) -> str:
        departments = await self._queues.departments()
        return departments[0].name(language) if departments else ""

    async def _typed(self, typed: Mapping[str, Any]) -> Heading | None:
        """What is being typed, as far as it can be used; none where nothing is."""
        return read_heading(Reader(typed, []), LANGUAGES) if typed else None


def _drawn(document: Mapping[str, Any]) -> bytes:
    from kiosk.printing.document import slip_picture

    written = BytesIO()
    slip_picture(Slip.from_json(document), paper(80)).save(written, "PNG")
    return written.getvalue()
