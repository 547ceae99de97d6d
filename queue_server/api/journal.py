"""The journal, from a cursor on."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from queue_server.api.models import Events
from queue_server.api.openapi import Operation, Parameter
from queue_server.api.request_context import cursor
from queue_server.domain.access.authorisation import May
from queue_server.web.bodies import LARGEST_NUMBER
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def get_events(request: Request) -> Response:
    """Read the journal from a cursor on."""
    await allowed(request, May.READ_EVENTS)
    after, limit = cursor(request)
    events = await services(request).programs.journal.events(after, limit)
    return JSONResponse({"events": events, "next": events[-1]["number"] if events else after})


_CURSOR = (
    Parameter("after", "the number of the last line that is known", lowest=0, highest=LARGEST_NUMBER),
    Parameter("limit", "how many lines at most", lowest=1, highest=1000),
)

OPERATIONS = (
    Operation("GET", "/api/v1/events", get_events, {200: Events}, may=May.READ_EVENTS, query=_CURSOR, errors=(422,)),
)
