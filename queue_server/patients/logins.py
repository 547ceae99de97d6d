"""Where the phone's account is logged in, ending that, and leaving for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, LoginRequired, RateLimited
from queue_server.domain.people.patients import Patient
from queue_server.live.json_views import Json
from queue_server.patients.forms import page_language, wrong
from queue_server.patients.guarding import headers_of, status_of
from queue_server.services.access.credentials import fingerprint
from queue_server.web.bodies import form
from queue_server.web.files import kept_in_words
from queue_server.web.identity import services
from queue_server.web.pages import Page, language_of, moment, page, say
from queue_server.web.patient_login import (
    browser_secret,
    chosen_patient,
    forget_login,
    patient_login,
    session_secret,
)
from queue_server.web.state import Request

PATH = "/me/logins"


@dataclass(frozen=True)
class LoginsPage(Page):
    """The phone's open logins."""

    template = "patients/logins.html"

    sessions: list[Json]


@dataclass(frozen=True)
class LeavePage(Page):
    """What leaving means. `is_last`: nobody else shares the phone."""

    template = "patients/leave.html"

    patient: Patient
    is_last: bool
    kept: dict[str, object]
    wrong: dict[str, str]


async def logins(request: Request) -> Response:
    """The phone's open logins."""
    login = await patient_login(request)
    here, zone = fingerprint(session_secret(request)), (await services(request).clinic.queues.clinic()).zone
    rows = [
        {
            "mark": session.mark,
            "browser": session.browser or say(request, "Unknown browser"),
            "seen": moment(request, session.seen_at, zone),
            "since": moment(request, session.created_at, zone),
            "is_here": session.secret_hash == here,
        }
        for session in await services(request).people.patients.sessions(login)
    ]
    language = page_language(request, login.patient or login.family[0])
    return page(request, LoginsPage(rows), language=language)


async def end_login(request: Request) -> Response:
    """One of the phone's logins is over."""
    login = await patient_login(request)
    await services(request).people.patients.end_session(login, request.path_params["mark"])
    return RedirectResponse(PATH, 303)


async def end_logins(request: Request) -> Response:
    """Every login of the phone is over, this one too."""
    login = await patient_login(request)
    await services(request).people.patients.end_sessions(login)
    return _gone("/me/login")


async def leave_page(request: Request) -> Response:
    """Say what leaving means, and ask for the PIN."""
    return await _leave(request, await chosen_patient(request))


async def leave(request: Request) -> Response:
    """Nothing is known of the patient any more."""
    patient, login = await chosen_patient(request), await patient_login(request)
    pin = (await form(request, "pin"))["pin"]
    known = services(request).people.patients
    try:
        await known.check_pin(login, pin, browser_secret(request))
    except (BadInput, LoginRequired, RateLimited) as error:
        said = wrong(request, error)
        said = {"pin": said["form"]} if "form" in said else said
        # The login is there; only the PIN is not.
        status = 422 if isinstance(error, LoginRequired) else status_of(error)
        return await _leave(request, patient, status, headers_of(error), said)
    await services(request).records.personal_data.erase(patient.id, by=Actor(ActorKind.PATIENT, patient.id))
    return _gone("/") if len(login.family) == 1 else RedirectResponse("/me/family", 303)


async def _leave(
    request: Request,
    patient: Patient,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    said: dict[str, str] | None = None,
) -> Response:
    language = page_language(request, patient) or language_of(request)
    kept = kept_in_words(await services(request).records.personal_data.kept_after_erasure(patient.id), language)
    is_last = len((await patient_login(request)).family) == 1
    return page(request, LeavePage(patient, is_last, kept, said or {}), status, language, headers)


def _gone(to: str) -> Response:
    response = RedirectResponse(to, 303, {"Clear-Site-Data": '"cache"'})
    forget_login(response)
    return response


routes: list[BaseRoute] = [
    Route(PATH, logins),
    Route(f"{PATH}/end", end_logins, methods=["POST"]),
    Route(f"{PATH}/{{mark}}/end", end_login, methods=["POST"]),
    Route("/me/leave", leave_page),
    Route("/me/leave", leave, methods=["POST"]),
]
