"""At the touch screen, whoever holds a slip has the medicines printed: its QR at a scanner, and its digits."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.web import identity
from queue_server.web.bodies import Body, idempotency_key, parsed
from queue_server.web.limits import trying_digits_at_kiosk
from queue_server.web.state import Request


class Opened(Body):
    """The key of the slip's link, and the digits that the slip prints."""

    key: str = Field(max_length=64)
    digits: str = Field(max_length=20)


async def print_medicines(request: Request) -> Response:
    """The medicines come out of the slip printer of this place."""
    device = await identity.allowed(request, May.USE_KIOSK)
    opened, once = await parsed(request, Opened), idempotency_key(request)
    papers = identity.services(request).records.slip_papers
    with trying_digits_at_kiosk(request, opened.key):
        jobs = await papers.print(opened.key, opened.digits, device.place, by=device, once_key=once)
    return JSONResponse({"print_jobs": jobs}, 201)


routes: list[BaseRoute] = [
    Route("/kiosk/papers", print_medicines, methods=["POST"]),
]
