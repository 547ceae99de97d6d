"""A forgotten PIN: a code over SMS or e-mail sets another one, where this clinic can send any; else the desk does."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.alerts.alerts import Channel
from queue_server.domain.errors import BadInput, RateLimited
from queue_server.domain.people.patients import phone_number
from queue_server.patients.forms import wrong
from queue_server.patients.guarding import headers_of, status_of
from queue_server.web.bodies import form
from queue_server.web.identity import services
from queue_server.web.limits import CODES_FOR_PHONE, CODES_FROM_ADDRESS, address, limits
from queue_server.web.pages import Page, language_of, page
from queue_server.web.state import Request

PATH = "/me/pin/forgotten"


@dataclass(frozen=True)
class PinForgottenPage(Page):
    """Asking for the phone. `sends_by` is the channel of codes, none where the desk has to help."""

    template = "patients/pin_forgotten.html"

    phone: str
    sends_by: Channel | None
    wrong: dict[str, str]


@dataclass(frozen=True)
class PinCodePage(Page):
    """Asking for the code that was sent, and for another PIN."""

    template = "patients/pin_code.html"

    phone: str
    sends_by: Channel | None
    wrong: dict[str, str]


async def ask_page(request: Request) -> Response:
    """Ask for the phone number, or say where to go."""
    return _ask(request, "")


async def send_code(request: Request) -> Response:
    """A code is on its way, if the number is registered; the answer says nothing about that."""
    phone = (await form(request, "phone"))["phone"]
    known = services(request)
    if known.people.pin_resets.sends_by is None:
        return _ask(request, phone)
    try:
        number = phone_number(phone, (await known.clinic.queues.clinic()).phone_region)
        limits(request).count(CODES_FROM_ADDRESS, "code asked", address(request))
        limits(request).count(CODES_FOR_PHONE, "code asked", number)
        await known.people.pin_resets.send_code(number, language_of(request))
    except (BadInput, RateLimited) as error:
        return _ask(request, phone, error)
    return page(request, PinCodePage(phone, known.people.pin_resets.sends_by, wrong={}))


async def use_code(request: Request) -> Response:
    """The phone opens with another PIN."""
    fields = await form(request, "phone", "code", "pin")
    try:
        limits(request).count(CODES_FROM_ADDRESS, "code tried", address(request))
        await services(request).people.pin_resets.use_code(fields["phone"], fields["code"], fields["pin"])
    except (BadInput, RateLimited) as error:
        again = PinCodePage(fields["phone"], services(request).people.pin_resets.sends_by, wrong(request, error))
        return page(request, again, status_of(error), headers=headers_of(error))
    return RedirectResponse("/me/login?pin=new", 303)


def _ask(request: Request, phone: str, error: BadInput | RateLimited | None = None) -> Response:
    status, headers = (status_of(error), headers_of(error)) if error else (200, {})
    said = wrong(request, error) if error else {}
    sends_by = services(request).people.pin_resets.sends_by
    return page(request, PinForgottenPage(phone, sends_by, said), status, headers=headers)


routes: list[BaseRoute] = [
    Route(PATH, ask_page),
    Route(PATH, send_code, methods=["POST"]),
    Route("/me/pin/code", use_code, methods=["POST"]),
]
