"""A patient's own queue: the numbers of today, taking one, cancelling one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import Conflict, DepartmentClosed
from queue_server.domain.people.patients import Patient
from queue_server.live.phone_types import OwnToken
from queue_server.live.view_types import DepartmentView
from queue_server.patients.account import HOME
from queue_server.patients.forms import page_language
from queue_server.web.bodies import form, path_number
from queue_server.web.identity import services
from queue_server.web.pages import Page, page, say
from queue_server.web.patient_login import chosen_patient, patient_login
from queue_server.web.state import Request


@dataclass(frozen=True)
class MinePage(Page):
    """The patient's numbers of today, and the departments."""

    template = "patients/mine.html"

    patient: Patient
    tokens: list[OwnToken]
    departments: list[DepartmentView]
    #: Department → the live number that the patient has there.
    taken: dict[str, str]
    #: When a department opens, in the words of a language.
    opens: Callable[[str, str], str]
    time_zone: str
    error: str


@dataclass(frozen=True)
class CancelPage(Page):
    """Whether the token is really to be cancelled."""

    template = "patients/cancel.html"

    token: OwnToken


async def mine(request: Request) -> Response:
    """The patient's numbers of today and the departments."""
    login = await patient_login(request)
    if login.patient is None:
        return RedirectResponse("/me/family", 303)
    return await _mine(request, login.patient)


async def take(request: Request) -> Response:
    """The patient has a number in the department: the one that is live, else a new one."""
    patient = await chosen_patient(request)
    department = (await form(request, "department"))["department"]
    try:
        await services(request).screens.own_tokens.take(patient, department)
    except DepartmentClosed:
        closed = say(request, "This department gives out no numbers now.")
        return await _mine(request, patient, 409, closed)
    return RedirectResponse(HOME, 303)


async def cancel_page(request: Request) -> Response:
    """Ask whether the token is really to be cancelled."""
    patient = await chosen_patient(request)
    token = await services(request).screens.own_tokens.one(patient, path_number(request, "token"))
    if not token["can_cancel"]:
        return RedirectResponse(HOME, 303)
    return page(request, CancelPage(token), language=page_language(request, patient))


async def cancel(request: Request) -> Response:
    """Cancel the token."""
    patient = await chosen_patient(request)
    # Where it is not possible any more, the page that follows shows the state as it is.
    with suppress(Conflict):
        await services(request).screens.own_tokens.cancel(patient, path_number(request, "token"))
    return RedirectResponse(HOME, 303)


async def _mine(request: Request, patient: Patient, status: int = 200, error: str = "") -> Response:
    known = services(request)
    clinic = await known.clinic.queues.clinic()
    tokens = await known.screens.own_tokens.today(patient)
    shown = MinePage(
        error=error,
        patient=patient,
        tokens=tokens,
        departments=await known.screens.boards.departments(),
        taken={token["department"]: token["number"] for token in tokens if token["is_live"]},
        opens=lambda opens_at, language: _opens(opens_at, clinic.zone, language),
        time_zone=str(clinic.zone),
    )
    return page(request, shown, status, language=page_language(request, patient))


def _opens(opens_at: str, zone: ZoneInfo, language: str) -> str:
    moment = datetime.fromisoformat(opens_at)
    return format_datetime(moment, "EEEE HH:mm", tzinfo=zone, locale=language)


routes: list[BaseRoute] = [
    Route("/me", mine),
    Route("/me/tokens", take, methods=["POST"]),
    Route("/me/tokens/{token:int}/cancel", cancel_page),
    Route("/me/tokens/{token:int}/cancel", cancel, methods=["POST"]),
]
