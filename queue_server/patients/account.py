"""Registering, logging in and logging out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import BadInput, LoginRequired, PhoneTaken, RateLimited
from queue_server.patients.attaching import bring_along
from queue_server.patients.forms import PERSON, PersonFields, consent_of, person_of, shown, wrong
from queue_server.patients.guarding import guarded, headers_of, status_of, user_agent
from queue_server.web.bodies import form, own_path
from queue_server.web.identity import services
from queue_server.web.limits import PATIENT_LOGINS, REGISTRATIONS
from queue_server.web.pages import Page, keep_language, page, say
from queue_server.web.patient_login import browser_secret, forget_login, keep_login, session_secret
from queue_server.web.state import Request

HOME = "/me"


@dataclass(frozen=True)
class RegisterPage(Page):
    """Registering. `next` is where to go afterwards."""

    template = "patients/register.html"

    person: PersonFields
    next: str
    wrong: dict[str, str]


@dataclass(frozen=True)
class PatientLoginPage(Page):
    """Logging in. `is_new_pin`: the PIN was just chosen."""

    template = "patients/login.html"

    next: str
    phone: str = ""
    is_new_pin: bool = False
    wrong: Mapping[str, str] = field(default_factory=dict)


async def register_page(request: Request) -> Response:
    """Ask who the patient is, for a PIN, and for consent."""
    return page(request, RegisterPage(shown(request), _next(request.query_params), wrong={}))


async def register(request: Request) -> Response:
    """The person is registered and logged in; a form sent twice is one patient."""
    fields = await form(request, "phone", "pin", "consent", "next", *PERSON)
    person, agreed, browser = person_of(fields), consent_of(fields), browser_secret(request)
    try:
        async with guarded(request, fields["phone"], REGISTRATIONS):
            opened = await services(request).people.patients.register(
                fields["phone"], fields["pin"], person, agreed, browser, user_agent=user_agent(request)
            )
    except PhoneTaken:
        taken = {
            "form": say(request, "This number cannot be registered with this PIN. If you have an account, log in.")
        }
        return _register(request, fields, 409, taken)
    except (BadInput, RateLimited) as error:
        return _register(request, fields, status_of(error), wrong(request, error), headers_of(error))
    await bring_along(request, opened.secret, _next(fields))
    response = RedirectResponse(_next(fields), 303)
    keep_login(response, request, opened)
    keep_language(response, fields["language"])
    return response


async def login_page(request: Request) -> Response:
    """Ask for phone number and PIN."""
    if await services(request).people.patients.who(session_secret(request)):
        return RedirectResponse("/me/family", 303)
    is_new_pin = request.query_params.get("pin") == "new"
    return page(request, PatientLoginPage(_next(request.query_params), is_new_pin=is_new_pin))


async def log_in(request: Request) -> Response:
    """Check phone number and PIN. The answer is the same for a number that is not registered."""
    fields = await form(request, "phone", "pin", "next")
    browser = browser_secret(request)
    try:
        async with guarded(request, fields["phone"], PATIENT_LOGINS):
            opened = await services(request).people.patients.log_in(
                fields["phone"], fields["pin"], browser, user_agent=user_agent(request)
            )
    except (BadInput, LoginRequired, RateLimited) as error:
        again = PatientLoginPage(_next(fields), fields["phone"], wrong=wrong(request, error))
        return page(request, again, status_of(error), headers=headers_of(error))
    await bring_along(request, opened.secret, _next(fields))
    response = RedirectResponse(_next(fields), 303)
    keep_login(response, request, opened)
    return response


async def log_out(request: Request) -> Response:
    """End the login and forget what the browser kept of it."""
    await services(request).people.patients.log_out(session_secret(request))
    response = RedirectResponse("/", 303, {"Clear-Site-Data": '"cache"'})
    forget_login(response)
    return response


def _register(
    request: Request, fields: dict[str, str], status: int, said: dict[str, str], headers: dict[str, str] | None = None
) -> Response:
    return page(request, RegisterPage(shown(request, fields), _next(fields), said), status, headers=headers)


def _next(asked: Mapping[str, str]) -> str:
    """Where the patient wanted to go before the login, if that is a page of ours."""
    return own_path(asked.get("next") or HOME)


routes: list[BaseRoute] = [
    Route("/me/register", register_page),
    Route("/me/register", register, methods=["POST"]),
    Route("/me/login", login_page),
    Route("/me/login", log_in, methods=["POST"]),
    Route("/me/logout", log_out, methods=["POST"]),
]
