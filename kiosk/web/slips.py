"""At the touch screen, a slip whose code was read: how its number stands, and what its holder does with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.web import identity
from queue_server.web.bodies import Body, idempotency_key, parsed
from queue_server.web.limits import reading_slip
from queue_server.web.state import Request


class Scanned(Body):
    """The key of the slip's link."""

    key: str = Field(max_length=64)


async def shown(request: Request) -> Response:
    """How the number stands, and what can be done with it here."""
    await identity.allowed(request, May.USE_KIOSK)
    scanned = await parsed(request, Scanned)
    with reading_slip(request, scanned.key):
        view = await identity.services(request).screens.scanned_slips.shown(scanned.key)
    return JSONResponse(view)


async def come_back(request: Request) -> Response:
    """Whoever was missed is here now."""
    return await _done(request, identity.services(request).screens.scanned_slips.come_back)


async def arrive(request: Request) -> Response:
    """Whoever took the number elsewhere is here now."""
    return await _done(request, identity.services(request).screens.scanned_slips.arrive)


async def give_up(request: Request) -> Response:
    """The number is withdrawn."""
    return await _done(request, identity.services(request).screens.scanned_slips.give_up)


async def _done(request: Request, deed: Callable[..., Awaitable[None]]) -> Response:
    device = await identity.allowed(request, May.USE_KIOSK)
    scanned, key = await parsed(request, Scanned), idempotency_key(request)
    with reading_slip(request, scanned.key):
        await deed(scanned.key, by=device, once_key=key)
    return await shown(request)


routes: list[BaseRoute] = [
    Route("/kiosk/slip", shown, methods=["POST"]),
    Route("/kiosk/slip/arrive", arrive, methods=["POST"]),
    Route("/kiosk/slip/return", come_back, methods=["POST"]),
    Route("/kiosk/slip/give-up", give_up, methods=["POST"]),
]
