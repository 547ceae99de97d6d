"""A patient's medical history on the phone: visits, documents, all of them in one archive, and who looked at them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date, format_datetime
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.clinic.names import text_in
from queue_server.domain.errors import Damaged, UnknownDocument
from queue_server.domain.people.patients import Patient
from queue_server.domain.records.documents import Document
from queue_server.live import topic_names
from queue_server.live.json_views import Json
from queue_server.locale import texts
from queue_server.patients.forms import page_language
from queue_server.services.records.medical_history import History, Visit, unique_names
from queue_server.web.bodies import path_number
from queue_server.web.files import archive_answer, document_answer, pdf_answer, zipped
from queue_server.web.identity import services
from queue_server.web.limits import BUNDLES, limits
from queue_server.web.pages import Page, language_of, page
from queue_server.web.patient_login import chosen_patient, patient_login
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.watching import Watch, watched

PATH = "/me/history"


@dataclass(frozen=True)
class HistoryPage(Page):
    """The patient's visits with their documents, and how many documents there are."""

    template = "patients/history.html"

    patient: Patient
    family: tuple[Patient, ...]
    visits: list[Json]
    documents: int
    data: Json


@dataclass(frozen=True)
class ReadersPage(Page):
    """Who looked at the patient's records."""

    template = "patients/readers.html"

    patient: Patient
    reads: list[Json]


async def history(request: Request) -> Response:
    """The patient's visits and documents, newest first."""
    login = await patient_login(request)
    if login.patient is None:
        return RedirectResponse("/me/family", 303)
    patient = login.patient
    found = await services(request).records.histories.of_patient(patient.id, by=_actor(patient))
    language = page_language(request, patient) or language_of(request)
    clinic = await services(request).clinic.queues.clinic()
    shown = HistoryPage(
        patient=patient,
        family=login.family,
        visits=[_visit(visit, language) for visit in found.visits],
        documents=len(found.documents),
        data={"time_zone": str(clinic.zone), "documents": [document.id for document in found.documents]},
    )
    return page(request, shown, language=language)


async def document(request: Request) -> Response:
    """One document, to look at or to save."""
    patient = await chosen_patient(request)
    opened = await services(request).records.documents.open(path_number(request, "document"), by=_actor(patient))
    return document_answer(request, opened)


async def archive(request: Request) -> Response:
    """All documents in one ZIP."""
    patient = await chosen_patient(request)
    by = _actor(patient)
    found = await services(request).records.histories.of_patient(patient.id, by=by)
    return archive_answer(f"{patient.person.name}.zip", zipped(_contents(request, found, by)))


async def bundle(request: Request) -> Response:
    """All documents in one PDF, or those of one visit."""
    patient = await chosen_patient(request)
    limits(request).count(BUNDLES, "bundle", str(patient.id))
    token_id = path_number(request, "token") if "token" in request.path_params else None
    language = page_language(request, patient) or language_of(request)
    made = services(request).records.bundles.of_patient(patient.id, language, by=_actor(patient), token_id=token_id)
    return pdf_answer(f"{patient.person.name}.pdf", await made)


async def export(request: Request) -> Response:
    """Everything that is known of the patient, as a ZIP."""
    patient = await chosen_patient(request)
    parts = await services(request).records.personal_data.export(patient.id, by=_actor(patient))
    return archive_answer(f"{patient.person.name}.zip", zipped(parts))


async def readers(request: Request) -> Response:
    """Who looked at the records, when, and why."""
    patient = await chosen_patient(request)
    known = services(request)
    clinic = await known.clinic.queues.clinic()
    language = page_language(request, patient) or language_of(request)
    family = {Actor(ActorKind.PATIENT, one.id): one.person.name for one in (await patient_login(request)).family}
    reads = [
        {
            "at": format_datetime(read.at.astimezone(clinic.zone), "d MMM y, HH:mm", locale=language),
            "kind": read.reader.kind,
            "name": read.reader.name or family.get(read.reader, ""),
            "is_own": read.reader == _actor(patient),
            "what": read.what,
            "reason": read.reason,
        }
        for read in await known.records.histories.reads(patient.id)
    ]
    return page(request, ReadersPage(patient, reads), language=language)


async def live(connection: HTTPConnection) -> Watch:
    """Which documents there are."""
    patient = await chosen_patient(connection)
    return Watch(topic_names.history(patient.id), _actor(patient))


def _actor(patient: Patient) -> Actor:
    return Actor(ActorKind.PATIENT, patient.id)


async def _contents(
    request: Request, found: History, by: Actor
) -> AsyncIterator[tuple[str, datetime, AsyncIterator[bytes]]]:
    """Each document with its name in the archive; one that turns out not to open is left out."""
    known = services(request)
    zone = (await known.clinic.queues.clinic()).zone
    days = {visit.token_id: visit.day for visit in found.visits}
    for one, name in zip(found.documents, unique_names(found.documents, days), strict=True):
        # One that turns out not to open must not cost the patient the others.
        with suppress(Damaged, UnknownDocument):
            opened = await known.records.documents.open(one.id, by=by)
            yield name, one.added_at.astimezone(zone), opened.chunks


def _visit(visit: Visit, language: str) -> Json:
    return {
        "token": visit.token_id,
        "number": visit.number,
        "day": format_date(visit.day, "EEEE, d MMMM y", locale=language),
        "departments": [text_in(names, language) for names in visit.departments],
        "doctors": visit.doctors,
        "state": visit.state,
        "documents": [
            document_row(filed.document, language) | {"is_damaged": filed.is_damaged, "is_nameless": filed.is_nameless}
            for filed in visit.documents
        ],
    }


def document_row(one: Document, language: str) -> Json:
    """The document as a list shows it."""
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "size": size_in_words(one, language),
        "is_picture": one.media_type != "application/pdf",
    }


def size_in_words(one: Document, language: str) -> str:
    """`34 KB` or `2.1 MB`."""
    words = texts(language)
    if one.size < 1_000_000:
        return words.gettext("%(count)s KB", count=max(1, round(one.size / 1000)))
    return words.gettext("%(count)s MB", count=round(one.size / 1_000_000, 1))


routes: list[BaseRoute] = [
    Route("/me/export.zip", export),
    Route(PATH, history),
    Route(f"{PATH}/all.zip", archive),
    Route(f"{PATH}/all.pdf", bundle),
    Route(f"{PATH}/visits/{{token:int}}/all.pdf", bundle),
    Route(f"{PATH}/readers", readers),
    Route(f"{PATH}/documents/{{document:int}}", document),
    *watched("/history", live),
]
