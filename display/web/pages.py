"""The page that hangs on the wall, and the frames that keep it in step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from display.announcing.sentences import trial
from display.web.words import words
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import Board, May
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import BadInput, LoginRequired, NotAllowed, UnknownBoard
from queue_server.live import topic_names
from queue_server.locale import LANGUAGES, offered, texts
from queue_server.web import identity
from queue_server.web.bodies import Body, parsed
from queue_server.web.errors import wants_json
from queue_server.web.login import code_page
from queue_server.web.pages import Page, page
from queue_server.web.shell import Shell
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.static import version
from queue_server.web.watching import Watch, watched

#: A call_id has no more digits than this on either database.
LONGEST_CALL_ID = 19

SHELL = Shell("display", "/display/", "Display-Version", ("js/display/*.js", "sounds/*.wav"))


class Told(Body):
    """Why a display is heard or silent: a `domain.devices.devices.Sounding`."""

    sound: str


@dataclass(frozen=True)
class BoardPage(Page):
    """A display's board. `words` are its texts by language."""

    template = "display/board.html"

    board: str
    time_zone: str
    version: str
    words: Mapping[str, object]
    #: What is said when somebody wants to hear the display, by language.
    trial: Mapping[str, object]


async def board(request: Request) -> Response:
    """The board; whoever may not see it is asked for the display's code."""
    name = request.path_params["board"]
    try:
        await _viewer(request, name)
    except (NotAllowed, UnknownBoard) as error:
        if wants_json(request) and not isinstance(error, LoginRequired):
            raise
        return code_page(request, DeviceKind.DISPLAY, request.url.path)
    services = identity.services(request)
    await services.screens.boards.board(name)  # there must be such a board
    clinic = await services.clinic.queues.clinic()
    shown = BoardPage(
        board=name,
        time_zone=str(clinic.zone),
        version=version(),
        words={code: words(texts(code)) for code in LANGUAGES},
        trial=trials(),
    )
    return SHELL.kept(page(request, shown, language=offered(clinic.languages[0])))


async def service_worker(request: Request) -> Response:
    """The script that keeps the page."""
    return SHELL.worker()


async def sound(request: Request) -> Response:
    """The display tells whether it can be heard; of whoever else looks at the board this is not kept."""
    name = request.path_params["board"]
    viewer = await _viewer(request, name)
    await identity.services(request).clinic.queues.display(name)  # there must be such a board
    told = await parsed(request, Told)
    if viewer.kind is ActorKind.DISPLAY:
        await identity.services(request).devices.registry.sounds(viewer.id, told.sound)
    return Response(status_code=204)


def trials() -> dict[str, object]:
    """What is said in each language when somebody wants to hear a display."""
    return {code: trial([code])[0] for code in LANGUAGES}


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
    Route("/display/{board}/sound", sound, methods=["POST"]),
    *watched("/board/{board}", live),
]
