"""The page that hangs on the wall, and the frames that keep it in step."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from display.web.words import words
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import Board, May
from queue_server.domain.errors import BadInput, LoginRequired
from queue_server.live import topic_names
from queue_server.locale import LANGUAGES, offered, texts
from queue_server.web import identity
from queue_server.web.pages import page
from queue_server.web.shell import Shell
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.static import version
from queue_server.web.watching import Watch, watched

#: A call_id has no more digits than this on either database.
LONGEST_CALL_ID = 19

SHELL = Shell("display", "/display/", "Display-Version", ("js/display/*.js", "sounds/*.wav"))


async def board(request: Request) -> Response:
    """The board; a browser that is neither this board's display nor logged in is asked for the display's key."""
    name = request.path_params["board"]
    try:
        await _viewer(request, name)
    except LoginRequired:
        return page(request, "shared/device.html", kind="display", next=request.url.path)
    services = identity.services(request)
    await services.screens.boards.board(name)  # there must be such a board
    clinic = await services.clinic.queues.clinic()
    shown = page(
        request,
        "display/board.html",
        language=offered(clinic.languages[0]),
        board=name,
        time_zone=str(clinic.zone),
        version=version(),
        words={code: words(texts(code)) for code in LANGUAGES},
    )
    return SHELL.kept(shown)


async def service_worker(request: Request) -> Response:
    """The script that keeps the page."""
    return SHELL.worker()


async def live(connection: HTTPConnection) -> Watch:
    """The board's frames.

    `after_call` is the last call that the display has announced. The frames do not depend on it: each of them has every
    call that is young enough to be announced.
    """
    name = connection.path_params["board"]
    viewer = await _viewer(connection, name)
    after_call = connection.query_params.get("after_call", "0")
    if not (after_call.isascii() and after_call.isdecimal() and len(after_call) <= LONGEST_CALL_ID):
        raise BadInput("after_call", f"after_call is {after_call[:20]!r}; it must be a call_id, 0 or more.")
    return Watch(topic_names.board(name), viewer)


async def _viewer(connection: HTTPConnection, name: str) -> Actor:
    """Whoever may see this board: its own display, staff, another program. Raises what `authorise` raises."""
    return await identity.allowed(connection, May.SEE_BOARD, Board(name))


routes: list[BaseRoute] = [
    Route("/display/service-worker.js", service_worker),
    Route("/display/{board}", board),
    *watched("/board/{board}", live),
]
