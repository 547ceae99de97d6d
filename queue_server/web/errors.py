"""Errors as answers: one JSON shape for programs, one calm page for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Route

from queue_server.domain import errors
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import rights_of
from queue_server.web.homes import HOMES, home_of
from queue_server.web.operation_outcomes import is_fhir, outcome
from queue_server.web.pages import Page, page, say, staff
from queue_server.web.state import AnyRequest, Request

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorPage(Page):
    """What went wrong, and what to do. `home` is the address of the way back."""

    template = "shared/error.html"

    status: int
    code: str
    title: str
    message: str
    home: str = "/"
    #: Who has the right that was missing, in words, and where they log in.
    roles: Sequence[str] = ()
    login: str = ""


#: The HTTP status of each branch of the error tree; the nearest ancestor counts. A test walks the tree.
STATUS: Mapping[type[errors.QueueError], int] = {
    errors.NotFound: 404,
    errors.BadInput: 422,
    errors.TooLarge: 413,
    errors.LoginRequired: 401,
    errors.NotAllowed: 403,
    errors.Locked: 423,
    errors.Conflict: 409,
    errors.Outdated: 412,
    errors.MatchRequired: 428,
    errors.RateLimited: 429,
    errors.Damaged: 410,
    errors.Unavailable: 503,
    errors.StorageFull: 507,
    errors.PaperFailed: 503,
}

#: The websocket close code of each branch.
CLOSE_CODE: Mapping[type[errors.QueueError], int] = {
    errors.NotFound: 4404,
    errors.BadInput: 1008,
    errors.TooLarge: 1009,
    errors.LoginRequired: 4401,
    errors.NotAllowed: 4403,
    errors.Locked: 4423,
    errors.Conflict: 4409,
    errors.Outdated: 4412,
    errors.MatchRequired: 4428,
    errors.RateLimited: 1013,
    errors.Damaged: 4410,
    errors.Unavailable: 1013,
}

#: Where a person is led who has to do something else first.
_DETOURS: Mapping[type[errors.QueueError], str] = {
    errors.Locked: "/unlock",
    errors.PasswordChangeRequired: "/account/password",
    errors.CodeRequired: "/login/code",
    errors.FactorRequired: "/account/second-factor",
}

_PLAIN = {
    400: ("bad_request", "The request could not be understood."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take such a request."),
    426: ("upgrade_required", "This address is a live line: it takes websockets only."),
}


def looked_up(table: Mapping[type[errors.QueueError], int], error: type[errors.QueueError]) -> int:
    """The table's value for the nearest ancestor of `error`. Raises `KeyError` when the table has none."""
    for ancestor in error.__mro__:
        if ancestor in table:
            return table[ancestor]
    raise KeyError(error)


#: How addresses begin that only programs ask for, and where a key opens.
_FOR_PROGRAMS = ("/api/", "/fhir/")
_WITH_KEYS = (*_FOR_PROGRAMS, "/metrics")


def wants_json(request: Request) -> bool:
    """Whether a program or a script is asking, rather than a person following a link or sending a form."""
    accepts_page = "text/html" in request.headers.get("accept", "")
    return request.url.path.startswith(_FOR_PROGRAMS) or not accepts_page


def error_response(request: Request, status: int, code: str, message: str, details: Mapping[str, object]) -> Response:
    """The error in the form that suits the asker."""
    if is_fhir(request.url.path):
        return outcome(status, code, message)
    if wants_json(request):
        body = {"error": {"code": code, "message": message, "details": details}}
        return JSONResponse(body, status)
    title, advice = _words(request, status)
    return page(request, _with_ways_on(request, ErrorPage(status, code, title, advice)), status)


def _with_ways_on(request: Request, shown: ErrorPage) -> ErrorPage:
    """Where to go from here: the own page, and for somebody without the right the login of those who have it."""
    who = staff(request)
    others = _roles_with_the_right(request) if shown.status == 403 else []
    return replace(
        shown,
        home=home_of(who).path if who else "/",
        roles=[say(request, HOMES[kind].role) for kind in others],
        login=f"/login?next={_way_back(request)}" if others else "",
    )


def _roles_with_the_right(request: Request) -> list[ActorKind]:
    """Which members of staff may do what the asker may not."""
    who, asked = staff(request), request.state["asked"] if "asked" in request.state else None  # noqa: SIM401  (a state)
    may = [kind for kind in HOMES if asked in rights_of(Actor(kind))]
    return may if who is None or who.role is not None or who.kind not in may else []


def _words(request: Request, status: int) -> tuple[str, str]:
    if status == 404:
        return say(request, "There is nothing here"), say(request, "The address is wrong, or it has expired.")
    if status in {401, 403}:
        advice = say(request, "Please log in with an account that may do this.")
        return say(request, "You do not have access to this page"), advice
    if status == 429:
        return say(request, "Too many tries"), say(request, "Please wait a little and try again.")
    if status >= 500:
        return say(request, "Something went wrong here"), say(request, "Nothing was lost. Please try again.")
    return say(request, "That did not work"), say(request, "Please go back and check what was entered.")


async def on_queue_error(request: AnyRequest, error: Exception) -> Response:
    """A designed error. A person without a login is sent to the login page."""
    assert isinstance(error, errors.QueueError)  # noqa: S101  (Starlette registers handlers by type)
    status = looked_up(STATUS, type(error))
    if isinstance(error, errors.PatientLoginRequired) and not wants_json(request):
        return RedirectResponse("/me/login", 303)
    is_device = type(error) is errors.NotAllowed and staff(request) is None and _roles_with_the_right(request)
    if (status == 401 or is_device) and request.method == "GET" and not wants_json(request):
        return RedirectResponse(f"/login?next={request.url.path}", 303)
    detour = _DETOURS.get(type(error))
    if detour and not wants_json(request):
        return RedirectResponse(f"{detour}?next={_way_back(request)}", 303)
    response = error_response(request, status, error.code, error.message, error.details)
    response.headers.update(retry_after(error))
    if status == 401 and request.url.path.startswith(_WITH_KEYS):
        # RFC 9110, 15.5.2: without it some libraries for HTTP do not even tell their program of the 401.
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def retry_after(error: errors.QueueError) -> dict[str, str]:
    """The header that says when the next try may come; none for an error that another try does not mend."""
    seconds = error.details.get("retry_after_s")
    return {} if seconds is None else {"Retry-After": str(seconds)}


def _way_back(request: Request) -> str:
    """The page where the person was."""
    if request.method == "GET":
        return quote(request.url.path)
    return quote(urlsplit(request.headers.get("referer", "")).path or "/")


async def on_http_error(request: AnyRequest, error: Exception) -> Response:
    """What Starlette itself refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101
    code, message = _PLAIN.get(error.status_code, ("http_error", str(error.detail)))
    response = error_response(request, error.status_code, code, message, {})
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return response


def _methods(request: AnyRequest) -> set[str]:
    """The methods that this address takes, by whatever routes; what has no route of its own is a static file."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    found = {
        method
        for route in routes
        if route.methods and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods
    }
    return found or {"GET", "HEAD"}


async def on_crash(request: AnyRequest, error: Exception) -> Response:
    """A fault of the program. It is logged by the server; the asker learns nothing about its inside."""
    message = "Something went wrong here. Nothing was lost; please try again."
    request_id = request.scope.get("request_id", "")
    response = error_response(request, 500, "internal_error", message, {"request_id": request_id})
    response.headers["X-Request-Id"] = request_id
    return response


async def on_client_gone(request: AnyRequest, error: Exception) -> Response:
    """The asker has gone away in the middle of the request; nobody hears the answer, and nothing was done."""
    return Response(status_code=400)


HANDLERS = {
    errors.QueueError: on_queue_error,
    HTTPException: on_http_error,
    ClientDisconnect: on_client_gone,
    Exception: on_crash,
}
