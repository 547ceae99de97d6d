"""Papers made in a worker: one at a time, away from the event loop.

A thread is enough: what the loop waits for is ReportLab's Python, which gives way every five milliseconds. ReportLab is
imported there too, by the first paper, so that a server starts without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.domain.records.records import Certificate, Prescription
from queue_server.papers.sections import Section

#: One, because ReportLab keeps its fonts in one place for all threads.
_worker = ThreadPoolExecutor(1, thread_name_prefix="papers")


async def prescription(signed: Prescription, letterhead: Letterhead, language: str) -> bytes:
    """The signed prescription as a PDF in the patient's language and in English."""

    def make() -> bytes:
        from queue_server.papers.prescriptions import prescription_pdf

        return prescription_pdf(signed, letterhead, language)

    return await in_worker(make)


async def certificate(signed: Certificate, letterhead: Letterhead, language: str) -> bytes:
    """The signed certificate as a PDF."""

    def make() -> bytes:
        from queue_server.papers.certificates import certificate_pdf

        return certificate_pdf(signed, letterhead, language)

    return await in_worker(make)


async def report(
    title: str, sections: Sequence[Section], letterhead: Letterhead, subtitle: str = "", language: str = "en"
) -> bytes:
    """The sections as a PDF on A4, under the clinic's letterhead."""

    def make() -> bytes:
        from queue_server.papers.reports import report_pdf

        return report_pdf(title, sections, letterhead, subtitle, language)

    return await in_worker(make)


async def prepare() -> None:
    """ReportLab and its fonts are there, so that the first paper is as quick as the next."""

    def load() -> bytes:
        from queue_server.papers import certificates, prescriptions, typefaces

        # Both are imported for what they bring along.
        _ = certificates, prescriptions
        typefaces.load()
        return b""

    await in_worker(load)


async def in_worker(make: Callable[[], bytes]) -> bytes:
    """What `make` gives; the event loop goes on meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(_worker, make)
