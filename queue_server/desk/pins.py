"""At the desk: a new PIN for a patient who has forgotten it, after a look at who it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, NotFound, QueueError, RateLimited
from queue_server.domain.people.patients import phone_in_words
from queue_server.services.people.pin_resets import IdentityCheck
from queue_server.web.bodies import form
from queue_server.web.errors import STATUS, looked_up, retry_after
from queue_server.web.identity import allowed, services
from queue_server.web.limits import PINS_AT_DESK, limits
from queue_server.web.pages import Page, page, say
from queue_server.web.state import Request

PATH = "/desk/pin"


@dataclass(frozen=True)
class PinPage(Page):
    """A new PIN: the phone, then who is registered with it, then the PIN. `ways` are how the desk was sure."""

    template = "desk/pin.html"

    typed: str = ""
    #: The number as people write it.
    phone: str = ""
    people: Sequence[tuple[str, int | None]] = ()
    ways: Sequence[tuple[IdentityCheck, str]] = ()
    pin: str = ""
    error: str = ""


async def find_page(request: Request) -> Response:
    """Ask for the phone number."""
    await allowed(request, May.RESET_PINS)
    return page(request, PinPage())


async def find(request: Request) -> Response:
    """Show who is registered with the number, to be compared with whoever stands there."""
    by = await allowed(request, May.RESET_PINS)
    phone = (await form(request, "phone"))["phone"]
    try:
        return await _found(request, by, phone)
    except (BadInput, NotFound, RateLimited) as error:
        return _refused(request, phone, error)


async def reset(request: Request) -> Response:
    """A new PIN, shown once; what was checked is in the journal."""
    by = await allowed(request, May.RESET_PINS)
    fields = await form(request, "phone", "checked")
    if not fields["checked"]:
        return await _found(
            request, by, fields["phone"], 422, say(request, "Please say how you checked the patient's identity.")
        )
    try:
        limits(request).count(PINS_AT_DESK, "pin at desk", str(by))
        pin = await services(request).people.pin_resets.reset(fields["phone"], fields["checked"], by=by)
    except (BadInput, NotFound, RateLimited) as error:
        return _refused(request, fields["phone"], error)
    return page(request, PinPage(pin=f"{pin[:3]} {pin[3:]}"))


async def _found(request: Request, by: Actor, phone: str, status: int = 200, error: str = "") -> Response:
    limits(request).count(PINS_AT_DESK, "pin looked up", str(by))
    family = await services(request).people.pin_resets.family(phone, by=by)
    ways = [
        (IdentityCheck.PHOTO_ID, say(request, "I have seen a card with a photo")),
        (IdentityCheck.PHONE_IN_HAND, say(request, "I called the number, and the phone in the patient's hand rang")),
        (IdentityCheck.KNOWN_IN_PERSON, say(request, "I know the patient in person")),
    ]
    people = [(patient.person.name, patient.person.birth_year) for patient in family.patients]
    return page(request, PinPage(phone, phone_in_words(family.phone), people, ways, error=error), status)


def _refused(request: Request, phone: str, error: QueueError) -> Response:
    said = say(request, "This is not a phone number. Please check the digits.")
    if isinstance(error, RateLimited):
        said = say(request, "Too many tries. Please try again in %(count)s seconds.", count=_seconds(error))
    elif isinstance(error, NotFound):
        said = say(request, "Nobody is registered with this phone number.")
    headers = retry_after(error) if isinstance(error, RateLimited) else {}
    return page(request, PinPage(phone, error=said), looked_up(STATUS, type(error)), headers=headers)


def _seconds(error: RateLimited) -> object:
    return error.details["retry_after_s"]


routes: list[BaseRoute] = [
    Route(PATH, find_page),
    Route(PATH, find, methods=["POST"]),
    Route(f"{PATH}/reset", reset, methods=["POST"]),
]
