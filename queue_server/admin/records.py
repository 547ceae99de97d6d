"""Patients' records in the administration, with a stated reason that the patient sees; and how long they stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.names import text_in
from queue_server.domain.errors import BadInput, UnknownDocument, UnknownPatient
from queue_server.domain.records.retention import LONGEST_YEARS, SHORTEST_YEARS, RetentionPeriods
from queue_server.live.json_views import Json
from queue_server.web.bodies import form, path_number, whole_number
from queue_server.web.files import archive_answer, kept_in_words, zipped
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, moment, say
from queue_server.web.state import Request
from queue_server.web.tables import table_route

PATH = "/admin/records"
RETENTION = "/admin/retention"
#: Of the list to take away.
VISIT_HEADINGS = ("Date", "Number", "Where", "Doctor", "Documents")
FIELDS = ("documents", "visits", "reads")


@dataclass(frozen=True)
class RecordsPage(Page):
    """Whose records are sought. `found` is none before anything was; `kept` is what an erasure has left."""

    template = "admin/records.html"

    typed: str = ""
    found: Sequence[object] | None = None
    kept: dict[str, object] | None = None


@dataclass(frozen=True)
class RecordPage(Page):
    """One patient's visits; none before a reason was stated."""

    template = "admin/record.html"

    patient_id: int
    name: str
    visits: list[Json] | None
    error: str


@dataclass(frozen=True)
class RetentionPage(Page):
    """Retention periods in years from `limits[0]` to `limits[1]`, what was purged, and documents that do not open."""

    template = "admin/retention.html"

    typed: dict[str, str]
    wrong: dict[str, str]
    reports: Sequence[object]
    damaged: list[tuple[int, str]]
    limits: tuple[int, int] = (SHORTEST_YEARS, LONGEST_YEARS)


async def find_page(request: Request) -> Response:
    """Ask for the patient's phone number or today's number."""
    by = await allowed(request, May.RUN_CLINIC)
    return framed(request, by, RecordsPage())


async def find(request: Request) -> Response:
    """The patients of a phone, or of a number of today."""
    by = await allowed(request, May.RUN_CLINIC)
    typed = (await form(request, "sought"))["sought"]
    found = await services(request).records.histories.sought(typed)
    return framed(request, by, RecordsPage(typed, found), 200 if found else 404)


async def state_reason(request: Request) -> Response:
    """Open the patient's records for half an hour; the patient sees who did so and why."""
    by = await allowed(request, May.RUN_CLINIC)
    patient_id = path_number(request, "patient")
    reason = (await form(request, "reason"))["reason"]
    try:
        await services(request).records.histories.state_reason(patient_id, reason, by=by)
    except BadInput:
        said = say(request, "Please write down why, in a few words. The patient will read it.")
        return framed(request, by, await _record(request, by, patient_id, said), 422)
    return RedirectResponse(f"{PATH}/{patient_id}", 303)


async def record(request: Request) -> Response:
    """The patient's visits and documents, once a reason was stated; else the question for it."""
    by = await allowed(request, May.RUN_CLINIC)
    return framed(request, by, await _record(request, by, path_number(request, "patient")))


async def export(request: Request) -> Response:
    """Everything about the patient, as a ZIP to hand over."""
    by = await allowed(request, May.RUN_CLINIC)
    patient_id = path_number(request, "patient")
    parts = await services(request).records.personal_data.export(patient_id, by=by)
    return archive_answer(f"patient-{patient_id}.zip", zipped(parts))


async def erase(request: Request) -> Response:
    """Erase the patient's data at his or her request, and show what the law requires the clinic to keep."""
    by = await allowed(request, May.RUN_CLINIC)
    patient_id = path_number(request, "patient")
    await services(request).records.histories.of_patient(patient_id, by=by)
    kept = await services(request).records.personal_data.erase(patient_id, by=by)
    words = kept_in_words(kept, language_of(request))
    return framed(request, by, RecordsPage(kept=words))


async def retention(request: Request) -> Response:
    """Retention periods, what was purged, and documents that do not open."""
    return await _retention(request, await allowed(request, May.RUN_CLINIC))


async def save_retention(request: Request) -> Response:
    """Keep things for so many years."""
    by = await allowed(request, May.RUN_CLINIC)
    fields = await form(request, *FIELDS)
    try:
        years = {
            name: whole_number(text, name, lowest=SHORTEST_YEARS, highest=LONGEST_YEARS, default=SHORTEST_YEARS)
            for name, text in fields.items()
        }
        await services(request).records.retention.save_retention(RetentionPeriods(**years), by=by)
    except BadInput as error:
        said = say(request, "Please give whole years from %(low)s to %(high)s.", low=SHORTEST_YEARS, high=LONGEST_YEARS)
        return await _retention(request, by, 422, fields, {str(error.details["field"]): said})
    return RedirectResponse(RETENTION, 303)


async def _record(request: Request, by: Actor, patient_id: int, error: str = "") -> RecordPage:
    known = services(request)
    try:
        found = await known.records.histories.of_patient(patient_id, by=by)
    except UnknownDocument:
        if not await known.records.histories.is_patient(patient_id):
            raise UnknownPatient from None
        return RecordPage(patient_id, "", None, error)
    language = language_of(request)
    visits = [
        {
            "number": visit.number,
            "day": format_date(visit.day, "d MMM y", locale=language),
            "departments": [text_in(names, language) for names in visit.departments],
            "doctors": visit.doctors,
            "documents": [(filed.document.id, filed.document.kind, filed.document.name) for filed in visit.documents],
        }
        for visit in found.visits
    ]
    return RecordPage(patient_id, found.patient.person.name, visits, error)


async def _visit_table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    patient_id, language = path_number(request, "patient"), language_of(request)
    kinds = {
        "certificate": say(request, "Certificate"),
        "prescription": say(request, "Prescription"),
        "report": say(request, "Report"),
    }
    return [
        (
            *(visit.day.isoformat(), visit.number),
            " → ".join(text_in(names, language) for names in visit.departments),
            ", ".join(visit.doctors),
            "; ".join(f"{kinds[filed.document.kind]}: {filed.document.name}" for filed in visit.documents),
        )
        for visit in (await services(request).records.histories.of_patient(patient_id, by=by)).visits
    ]


async def _retention(
    request: Request,
    by: Actor,
    status: int = 200,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    known = services(request)
    zone = (await known.clinic.queues.clinic()).zone
    kept = (await known.records.retention.retention()).as_setting()
    damaged = [(one.id, moment(request, one.added_at, zone)) for one in await known.records.documents.damaged()]
    shown = RetentionPage(
        typed=typed or {name: str(years) for name, years in kept.items()},
        wrong=wrong or {},
        reports=await known.records.retention.reports(),
        damaged=damaged,
    )
    return framed(request, by, shown, status)


routes: list[BaseRoute] = [
    Route(PATH, find_page),
    Route(PATH, find, methods=["POST"]),
    Route(f"{PATH}/{{patient:int}}", record),
    Route(f"{PATH}/{{patient:int}}/reason", state_reason, methods=["POST"]),
    table_route(f"{PATH}/{{patient:int}}/visits", May.RUN_CLINIC, "Visits", VISIT_HEADINGS, _visit_table),
    Route(f"{PATH}/{{patient:int}}/export.zip", export),
    Route(f"{PATH}/{{patient:int}}/erase", erase, methods=["POST"]),
    Route(RETENTION, retention),
    Route(RETENTION, save_retention, methods=["POST"]),
]
