"""A patient's rights on the phone: everything in one file, and to be forgotten."""

from __future__ import annotations

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import LoginRequired, TooManyTries
from queue_server.domain.patients import Patient
from queue_server.patients.account import retry_after
from queue_server.patients.forms import page_language, wrong
from queue_server.services.actors import Actor
from queue_server.services.rights import Kept
from queue_server.web.bodies import form
from queue_server.web.files import archive_answer, zipped
from queue_server.web.identity import services
from queue_server.web.pages import language_of, page
from queue_server.web.patient_login import browser_secret, chosen_patient, forget_login, patient_login


async def export(request: Request) -> Response:
    """Everything that is known of the patient, as a ZIP."""
    patient = await chosen_patient(request)
    parts = await services(request).rights.export(patient.id, by=Actor("patient", patient.id))
    return archive_answer(f"{patient.person.name}.zip", zipped(parts))


async def erase_page(request: Request) -> Response:
    """Say what goes and what has to stay, and ask for the PIN."""
    return await _page(request, await chosen_patient(request))


async def erase(request: Request) -> Response:
    """The patient is forgotten; the page says what the law keeps."""
    login, patient = await patient_login(request), await chosen_patient(request)
    pin = (await form(request, "pin"))["pin"]
    try:
        await services(request).patients.check_pin(login, pin, browser_secret(request))
    except (LoginRequired, TooManyTries) as error:
        status = 429 if isinstance(error, TooManyTries) else 401
        response = await _page(request, patient, status, wrong(request, error)["form"])
        response.headers.update(retry_after(error) if isinstance(error, TooManyTries) else {})
        return response
    kept = await services(request).rights.erase(patient.id, by=Actor("patient", patient.id))
    if len(login.family) > 1:
        return RedirectResponse("/me/family", 303)
    language = page_language(request, patient) or language_of(request)
    response = page(request, "patients/erased.html", language=language, kept=_words(kept, language))
    forget_login(response)
    return response


async def _page(request: Request, patient: Patient, status: int = 200, said: str = "") -> Response:
    kept = await services(request).rights.kept_after_erasure(patient.id)
    language = page_language(request, patient) or language_of(request)
    return page(
        request,
        "patients/erase.html",
        status,
        language=language,
        patient=patient,
        kept=_words(kept, language),
        wrong={"pin": said} if said else {},
    )


def _words(kept: Kept, language: str) -> dict[str, object]:
    until = format_date(kept.until, "d MMMM y", locale=language) if kept.until else ""
    return {"documents": kept.documents, "until": until}


routes: list[BaseRoute] = [
    Route("/me/export.zip", export),
    Route("/me/erase", erase_page),
    Route("/me/erase", erase, methods=["POST"]),
]
