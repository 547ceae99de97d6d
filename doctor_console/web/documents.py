"""The present patient's records on the console: past visits and documents, and files that are handed in."""

from __future__ import annotations

from babel.dates import format_date
from starlette.responses import JSONResponse, Response

from doctor_console.web.bodies import Nothing
from doctor_console.web.room_access import at_room
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.names import text_in
from queue_server.domain.errors import FileRefused
from queue_server.domain.records.refused_files import MESSAGES, Refusal
from queue_server.live.view_types import FiledView, PresentPatient, RecordsView, VisitView
from queue_server.services.records.medical_history import DocumentSummary, History, Visit
from queue_server.web.bodies import parsed, path_number
from queue_server.web.files import document_answer
from queue_server.web.identity import allowed, services
from queue_server.web.pages import language_of, say
from queue_server.web.state import Request
from queue_server.web.uploads import handed_in


async def upload(request: Request) -> Response:
    """Take one file for a token of this room; it comes as the body, its name and kind as headers."""
    doctor, token_id = await _with_token(request)
    try:
        done = await handed_in(request, token_id, doctor)
    except FileRefused as error:
        # In the doctor's language; the code and the reason stay.
        error.message = say(request, MESSAGES[Refusal(str(error.details["reason"]))])
        raise
    return JSONResponse({"id": done.id, "is_again": done.is_again}, 200 if done.is_again else 201)


async def history(request: Request) -> Response:
    """The token's documents, and the past visits of its patient."""
    doctor = await allowed(request, May.READ_RECORD)
    found, own = await services(request).records.histories.of_token(path_number(request, "token"), by=doctor)
    language = language_of(request)
    year = services(request).clinic.queues.now().year
    shown: RecordsView = {
        "patient": _patient(found, year),
        "documents": [_document(filed, doctor) for filed in own],
        "visits": [
            _visit(visit, language, doctor)
            for visit in (found.visits if found else ())
            if visit.token_id != path_number(request, "token")
        ],
    }
    return JSONResponse(shown, headers={"Cache-Control": "no-store"})


async def document(request: Request) -> Response:
    """One document, to look at or to save."""
    doctor = await allowed(request, May.READ_RECORD)
    return document_answer(
        request, await services(request).records.documents.open(path_number(request, "document"), by=doctor)
    )


async def remove(request: Request) -> Response:
    """Take back a file that this doctor handed in by mistake."""
    doctor, token_id = await _with_token(request)
    await parsed(request, Nothing)
    await services(request).records.uploads.take_back(path_number(request, "document"), token_id, by=doctor)
    return JSONResponse({})


async def _with_token(request: Request) -> tuple[Actor, int]:
    doctor, room = await at_room(request)
    token_id = path_number(request, "token")
    await services(request).records.histories.check_writer(token_id, room.id, by=doctor)
    return doctor, token_id


def _patient(found: History | None, year: int) -> PresentPatient | None:
    if found is None:
        return None
    person = found.patient.person
    return {"name": person.name, "age": year - person.birth_year, "sex": person.sex}


def _visit(visit: Visit, language: str, doctor: Actor) -> VisitView:
    return {
        "token": visit.token_id,
        "number": visit.number,
        "day": format_date(visit.day, "d MMM y", locale=language),
        "departments": [text_in(names, language) for names in visit.departments],
        "doctors": list(visit.doctors),
        "state": visit.state,
        "documents": [_document(filed, doctor) for filed in visit.documents],
    }


def _document(filed: DocumentSummary, doctor: Actor) -> FiledView:
    one = filed.document
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "size": one.size,
        "is_damaged": filed.is_damaged,
        "can_remove": one.is_upload and one.by == str(doctor),
    }
