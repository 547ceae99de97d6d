"""Websocket handlers that answer a designed error instead of breaking off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from queue_server.domain.errors import QueueError
from queue_server.live.hub import Hub
from queue_server.live.sockets import refuse
from queue_server.web.errors import CLOSE_CODE, looked_up
from queue_server.web.identity import comes_by_itself
from queue_server.web.state import HTTPConnection, Request, WebSocket

Handler = Callable[[WebSocket], Awaitable[None]]


def socket_route(path: str, handler: Handler) -> WebSocketRoute:
    """The route of a websocket; a `QueueError` before the first frame becomes an error frame and a close code."""

    @wraps(handler)
    async def guarded(websocket: WebSocket) -> None:
        comes_by_itself(websocket)
        try:
            await handler(websocket)
        except QueueError as error:
            await refuse(websocket, looked_up(CLOSE_CODE, type(error)), error.code, error.message)

    return WebSocketRoute(path, guarded)


def hub(connection: HTTPConnection) -> Hub:
    """The process's hub."""
    return connection.state["hub"]


async def needs_upgrade(request: Request) -> Response:
    """A live line was asked for without an upgrade: by a proxy that passes none, or by hand."""
    raise HTTPException(426, headers={"Upgrade": "websocket", "Connection": "Upgrade"})


#: Says 426 at the address of every live line.
routes: list[BaseRoute] = [Route("/ws/{line:path}", needs_upgrade)]
