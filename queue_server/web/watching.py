"""Watching a topic: over a websocket, or by fetching its view again and again where no websocket comes through."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import Unavailable
from queue_server.live.hub import UnknownTopic, ViewUnavailable
from queue_server.live.sockets import serve_topic
from queue_server.live.topic_names import TopicName
from queue_server.web.identity import comes_by_itself
from queue_server.web.limits import LINES, limits
from queue_server.web.sockets import hub, socket_route
from queue_server.web.state import HTTPConnection, Request, WebSocket


@dataclass(frozen=True)
class Watch:
    """The topic that the asker may watch; `who` is none for the holder of a link."""

    topic: TopicName
    who: Actor | None


#: Says what the asker may watch. Raises what `authorise` raises.
Admit = Callable[[HTTPConnection], Awaitable[Watch]]


def watched(path: str, admit: Admit) -> list[BaseRoute]:
    """`/ws<path>` is a topic's live line and `/view<path>` its present view, both for whom `admit` lets in."""

    async def line(websocket: WebSocket) -> None:
        watch = await _counted(websocket, admit)
        owner = watch.who.line_owner if watch.who else None
        await serve_topic(websocket, hub(websocket), watch.topic, owner=owner)

    async def view(request: Request) -> Response:
        comes_by_itself(request)
        watch = await _counted(request, admit)
        return await _view(request, watch.topic)

    return [socket_route(f"/ws{path}", line), Route(f"/view{path}", view)]


async def _counted(connection: HTTPConnection, admit: Admit) -> Watch:
    """What the asker may watch. Raises `RateLimited` for whoever comes too often."""
    watch = await admit(connection)
    if watch.who is not None:
        limits(connection).count(LINES, "line", str(watch.who))
    return watch


async def _view(request: Request, topic: TopicName) -> Response:
    """The frame that the line would begin with, or 304 when the data are those of the asker's `If-None-Match`."""
    try:
        seen = await hub(request).look(topic)
    except UnknownTopic:
        raise HTTPException(404) from None
    except ViewUnavailable:
        raise Unavailable("This cannot be shown just now.") from None
    # Weak, for the same view has another time in each answer, and proxies compress what they pass on.
    tag = f'W/"{hashlib.sha256(seen.data.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-store"}
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(seen.frame, media_type="application/json", headers=headers)
