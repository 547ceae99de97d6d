"""Taking a token at the touch screen, and withdrawing one for which nobody waited."""

from __future__ import annotations

from typing import Literal

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput
from queue_server.domain.queue.tokens import Priority
from queue_server.services.queue.issuing import IssueRequest
from queue_server.services.queue.unanswered import abandon
from queue_server.web import identity
from queue_server.web.bodies import Body, idempotency_key, parsed, path_number
from queue_server.web.limits import count_issue
from queue_server.web.state import Request


class Order(Body):
    """What a walk-in may ask for: nobody makes himself an emergency."""

    department: str
    language: str = "en"
    priority: Literal["normal", "assisted"] = "normal"

    def as_request(self, place: str) -> IssueRequest:
        """The request for a token whose slip is printed at the place."""
        return IssueRequest(self.department, Priority(self.priority), None, self.language, place or None)


async def take(request: Request) -> Response:
    """Issue a token and print its slip at this kiosk. The same Idempotency-Key gives the same token again."""
    device, key, order = await _asked(request)
    services = identity.services(request)
    issued = await services.queue.issuing.issue(order.as_request(device.place), by=device, key=key)
    view = await services.screens.token_pages.phone(issued.key)
    body = {
        "id": issued.token_id,
        "number": issued.number,
        "department": view["department"],
        "state": view["state"],
        "ahead": view["ahead"],
        "wait": view["wait"],
        "away": view.get("away"),
        "status_url": f"/t/{issued.key}",
        "qr": f"/t/{issued.key}/qr.svg",
        "print_job": issued.print_job,
    }
    return JSONResponse(body, 201)


async def abandoned(request: Request) -> Response:
    """Nobody waits any more for the answer to this Idempotency-Key; says what became of its token."""
    device, key, order = await _asked(request)
    services = identity.services(request)
    press = order.as_request(device.place)
    outcome = await abandon(services.store, services.queue.issuing, services.queue.calling, press, by=device, key=key)
    return JSONResponse({"outcome": outcome})


async def given_up(request: Request) -> Response:
    """Nobody waits any more for this slip, whose number was read off the screen."""
    device = await identity.allowed(request, May.USE_KIOSK)
    await identity.services(request).devices.printing.give_up(device, path_number(request, "job"))
    return JSONResponse({})


async def _asked(request: Request) -> tuple[Actor, str, Order]:
    """The kiosk, the idempotency key and what was pressed. Raises `NotAllowed` or `BadInput`."""
    device = await identity.allowed(request, May.USE_KIOSK)
    count_issue(request, device)
    key = idempotency_key(request)
    if key is None:
        raise BadInput("Idempotency-Key", "An Idempotency-Key is needed: one for each press, the same on every retry.")
    return device, key, await parsed(request, Order)


routes: list[BaseRoute] = [
    Route("/kiosk/tokens", take, methods=["POST"]),
    Route("/kiosk/tokens/abandoned", abandoned, methods=["POST"]),
    Route("/kiosk/prints/{job:int}/given-up", given_up, methods=["POST"]),
]
