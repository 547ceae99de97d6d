"""A slip under the scanner of a member of staff: which token it is. Nothing is done to it."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May, check_department
from queue_server.web.bodies import Body, parsed
from queue_server.web.identity import allowed, services
from queue_server.web.limits import reading_slip
from queue_server.web.state import Request


class Scanned(Body):
    """The key of the slip's link."""

    key: str = Field(max_length=64)


async def scan(request: Request) -> Response:
    """The token of the slip, of whatever day."""
    by = await allowed(request, May.RUN_DESK)
    scanned = await parsed(request, Scanned)
    with reading_slip(request, scanned.key):
        found = await services(request).screens.scanned_slips.found(scanned.key)
    check_department(by, found["department"])
    return JSONResponse(found)


routes: list[BaseRoute] = [Route("/desk/scan", scan, methods=["POST"])]
