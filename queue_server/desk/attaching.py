"""At the desk, a walk-in's number becomes a registered patient's, who proves it with the PIN or a code on the phone."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import (
    BadInput,
    Conflict,
    LoginRequired,
    NotFound,
    QueueError,
    TooManyTries,
    WhichPatient,
)
from queue_server.services.records.attaching import PhoneAndPin, PhoneCode
from queue_server.web.bodies import form
from queue_server.web.errors import STATUS, looked_up
from queue_server.web.identity import allowed, services
from queue_server.web.pages import page, say
from queue_server.web.state import Request

FIELDS = ("number", "code", "phone", "pin", "patient")


async def attach_page(request: Request) -> Response:
    """Ask for the number, and for the patient's phone and PIN."""
    await allowed(request, May.RUN_DESK)
    typed = dict.fromkeys(FIELDS, "") | {"number": request.query_params.get("number", "")[:12]}
    return page(request, "desk/attach.html", typed=typed, family=[], done="")


async def attach(request: Request) -> Response:
    """The number is the patient's; where several share the phone the page asks who."""
    who = await allowed(request, May.RUN_DESK)
    fields = await form(request, *FIELDS)
    try:
        await services(request).records.attaching.by_number(fields["number"], _proof(fields), by=who)
    except QueueError as error:
        return _refused(request, fields, error)
    typed = dict.fromkeys(FIELDS, "")
    return page(request, "desk/attach.html", typed=typed, family=[], done=fields["number"].strip().upper())


def _proof(fields: Mapping[str, str]) -> PhoneAndPin | PhoneCode:
    if fields["code"]:
        return PhoneCode(fields["code"])
    is_chosen = fields["patient"].isascii() and fields["patient"][:9].isdecimal()
    return PhoneAndPin(fields["phone"], fields["pin"], int(fields["patient"]) if is_chosen else None)


def _refused(request: Request, fields: Mapping[str, str], error: QueueError) -> Response:
    family = error.details["patients"] if isinstance(error, WhichPatient) else []
    status, words = looked_up(STATUS, type(error)), _words(request, fields, error)
    headers = {"Retry-After": str(error.details["retry_after_s"])} if isinstance(error, TooManyTries) else {}
    return page(request, "desk/attach.html", status, headers=headers, typed=fields, family=family, done="", error=words)


def _words(request: Request, typed: Mapping[str, str], error: QueueError) -> str:
    if isinstance(error, TooManyTries):
        seconds = error.details["retry_after_s"]
        return say(request, "Too many wrong PINs. Please try again in %(count)s seconds.", count=seconds)
    if isinstance(error, LoginRequired) and typed["code"]:
        return say(request, "This code was already used or has expired. The phone can show a new one.")
    words = {
        WhichPatient: say(request, "Several people share this phone. Choose who it is, and give the PIN again."),
        LoginRequired: say(request, "Phone number or PIN is wrong."),
        BadInput: say(request, "This is not a phone number. Please check the digits."),
        NotFound: say(request, "There is no such number today."),
        Conflict: say(request, "This number is another patient's, or the patient waits there already."),
    }
    kind = next((kind for kind in type(error).__mro__ if kind in words), None)
    return words[kind] if kind else say(request, "That did not work")


routes: list[BaseRoute] = [
    Route("/desk/patient", attach_page),
    Route("/desk/patient", attach, methods=["POST"]),
]
