"""The journal, from a cursor on: in pages, or as it is written."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.responses import JSONResponse, Response

from queue_server.api.models import Events
from queue_server.api.openapi import Operation, Parameter
from queue_server.api.request_context import cursor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import QueueError
from queue_server.services.programs.journal import JournalLine
from queue_server.web.bodies import LARGEST_NUMBER, whole_number
from queue_server.web.event_stream import EventStream
from queue_server.web.identity import allowed, services
from queue_server.web.limits import limits
from queue_server.web.state import Request

#: Whether something was committed is looked at so often, which costs nothing; the journal itself is read then, and once
#: in a while anyway, since on PostgreSQL lines are sealed after their commit.
LOOKED_EVERY_S = 0.25
READ_EVERY_S = 1.0
#: A reader hears something at least so often.
BEAT_EVERY_S = 15.0
_AT_ONCE = 200
#: So many streams one program may have open at a server: each reads the journal once a second.
MOST_STREAMS = 20


async def get_events(request: Request) -> Response:
    """Read the journal from a cursor on; with `Accept: text/event-stream` as Server-Sent Events that go on.

    Each event is a line as in the page, its `id` the number of the line; `Last-Event-ID` goes on behind it. With
    `department` only the lines of its queue; `next` is behind those of the others, too.
    """
    by = await allowed(request, May.READ_EVENTS)
    after, limit = cursor(request)
    code = request.query_params.get("department")
    department = (await services(request).clinic.queues.department(code)).id if code is not None else None
    if "text/event-stream" in request.headers.get("accept", ""):
        known = request.headers.get("last-event-id") or None
        begin = whole_number(known, "Last-Event-ID", lowest=0, highest=LARGEST_NUMBER, default=after)
        held = limits(request).held(MOST_STREAMS, "events", str(by))
        return EventStream(_following(request, begin, department), held)
    events, following = await services(request).programs.journal.page(after, limit, department)
    return JSONResponse({"events": events, "next": following})


async def _following(request: Request, after: int, department: int | None) -> AsyncIterator[bytes]:
    """Every line behind `after`, until the key is revoked or the database is sick: the reader then comes again."""
    queues, journal = services(request).clinic.queues, services(request).programs.journal
    time = asyncio.get_running_loop().time
    rev, read_at, told_at = -1, 0.0, time()
    yield b": the journal\n\n"
    while True:
        lines: list[JournalLine] = []
        if queues.rev() != rev or time() - read_at > READ_EVERY_S:
            rev, read_at = queues.rev(), time()
            try:
                await allowed(request, May.READ_EVENTS)
                lines, after = await journal.page(after, _AT_ONCE, department)
            except QueueError:
                return
        if lines:
            told_at = time()
            yield b"".join(_event(line) for line in lines)
        if len(lines) == _AT_ONCE:
            rev = -1
            continue
        if time() - told_at > BEAT_EVERY_S:
            told_at = time()
            yield b": beat\n\n"
        await asyncio.sleep(LOOKED_EVERY_S)


def _event(line: JournalLine) -> bytes:
    return f"id: {line['number']}\ndata: {json.dumps(line, ensure_ascii=False)}\n\n".encode()


_CURSOR = (
    Parameter("after", "the number of the last line that is known", lowest=0, highest=LARGEST_NUMBER),
    Parameter("limit", "how many lines at most in a page", lowest=1, highest=1000),
    Parameter("department", "the code of the department whose lines are wanted", kind="string"),
)

OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/events",
        get_events,
        {200: Events},
        may=May.READ_EVENTS,
        query=_CURSOR,
        errors=(404, 422, 429),
        streams=True,
    ),
)
