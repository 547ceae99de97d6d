"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import DatabaseAway, DatabaseFault
from queue_server.web import identity
from queue_server.web.errors import retry_after
from queue_server.web.security import OURS
from queue_server.web.state import Request

#: Any page may ask whether it is this server that answers: deploy/start.html does, from the screen's own disk.
_FOR_ANY_PAGE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": OURS, "Cache-Control": "no-store"}


async def healthz(request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"}, headers=_FOR_ANY_PAGE)


async def readyz(request: Request) -> Response:
    """The database answers too, and takes changes; 503 with the reason when not, or not within two seconds."""
    known = identity.services(request)
    try:
        async with asyncio.timeout(2):
            await known.store.ping()
    except (DatabaseFault, TimeoutError) as error:
        return _unavailable(error if isinstance(error, DatabaseFault) else DatabaseAway())
    if known.store.fault is not None:
        return _unavailable(known.store.fault)
    return JSONResponse({"status": "ok", "clock_wrong": known.clinic.queues.is_clock_wrong})


def _unavailable(fault: DatabaseFault) -> Response:
    return JSONResponse({"status": "unavailable", "reason": fault.code}, 503, retry_after(fault))


routes: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz)]
