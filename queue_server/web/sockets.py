"""Websocket handlers that answer a designed error instead of breaking off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.routing import WebSocketRoute

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import QueueError
from queue_server.live.connection import OnMessage, refuse, serve_topic
from queue_server.live.hub import Hub
from queue_server.live.topic_names import TopicName
from queue_server.web.errors import CLOSE_CODE, looked_up
from queue_server.web.limits import LINES, limits
from queue_server.web.state import WebSocket

Handler = Callable[[WebSocket], Awaitable[None]]


def socket_route(path: str, handler: Handler) -> WebSocketRoute:
    """The route of a websocket; a `QueueError` before the first frame becomes an error frame and a close code."""

    @wraps(handler)
    async def guarded(websocket: WebSocket) -> None:
        try:
            await handler(websocket)
        except QueueError as error:
            await refuse(websocket, looked_up(CLOSE_CODE, type(error)), error.code, error.message)

    return WebSocketRoute(path, guarded)


def hub(websocket: WebSocket) -> Hub:
    """The process's hub."""
    return websocket.state["hub"]


async def show(websocket: WebSocket, topic: TopicName, who: Actor | None, on_message: OnMessage | None = None) -> None:
    """Show the topic until either side ends the line; revoking `who` ends it too. Raises `RateLimited`."""
    if who is not None:
        limits(websocket).count(LINES, "line", str(who))
    owner = who.line_owner if who else None
    await serve_topic(websocket, hub(websocket), topic, on_message=on_message, owner=owner)
