"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.web import identity
from queue_server.web.security import OURS
from queue_server.web.state import Request

#: Any page may ask whether it is this server that answers: deploy/start.html does, from the screen's own disk.
_FOR_ANY_PAGE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": OURS, "Cache-Control": "no-store"}


async def healthz(request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"}, headers=_FOR_ANY_PAGE)


async def readyz(request: Request) -> Response:
    """The database answers too; 503 when it does not within two seconds."""
    known = identity.services(request)
    try:
        async with asyncio.timeout(2):
            await known.store.ping()
    except Exception:
        return JSONResponse({"status": "unavailable"}, 503)
    return JSONResponse({"status": "ok", "clock_wrong": known.clinic.queues.is_clock_wrong})


routes: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz)]
