"""At the desk: what was done by voice while the server was away, entered in one sheet."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.web.afterwards import SheetPlace, show_sheet, take_sheet
from queue_server.web.identity import allowed
from queue_server.web.pages import say
from queue_server.web.state import Request


async def sheet(request: Request) -> Response:
    """An empty sheet."""
    by = await allowed(request, May.RUN_DESK)
    return await show_sheet(request, _place(request), by)


async def take(request: Request) -> Response:
    """The sheet is checked, or entered."""
    by = await allowed(request, May.RUN_DESK)
    return await take_sheet(request, _place(request), by)


def _place(request: Request) -> SheetPlace:
    return SheetPlace("/desk/afterwards", "/desk", say(request, "Desk"))


routes: list[BaseRoute] = [
    Route("/desk/afterwards", sheet),
    Route("/desk/afterwards", take, methods=["POST"]),
]
