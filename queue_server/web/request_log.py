"""Each request has an id, is measured, and leaves one line in the log: its route, never its address."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Awaitable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queue_server.web.measurements import Metrics

logger = logging.getLogger(__name__)

HEADER = "X-Request-Id"
_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: What is asked every few seconds, or comes with every page, is not worth a line.
_QUIET = ("/static", "/healthz", "/readyz", "/metrics", "/view")


class RequestLog:
    """A proxy's or program's own X-Request-Id is kept, so that logs of both can be read side by side."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Hand on what is no request; no coroutine of its own, which each live line would keep."""
        if scope["type"] == "lifespan":
            return self._app(scope, receive, send)
        return self._watched(scope, receive, send)

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _PLAIN_ID.fullmatch(given) else secrets.token_hex(8)
        scope["request_id"] = request_id
        # Every request and every line has a task of its own, so nothing of this outlives it.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began, status = time.perf_counter(), 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = scope["request_id"]
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception:
            self._metrics.crashed()
            raise
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "-")
        facts: dict[str, object] = {"route": route, "who": scope.get("asker", "-")}
        if scope["type"] == "websocket" or "is_endless" in scope:
            logger.info("line ended", extra=facts | {"seconds": round(seconds, 1)})
            return
        # A word that somebody made up must not become a figure of its own.
        method = scope["method"] if scope["method"] in _METHODS else "-"
        self._metrics.requested(method, route, status, seconds)
        level = logging.DEBUG if route.startswith(_QUIET) else logging.INFO
        logger.log(level, "request", extra=facts | {"method": method, "status": status, "ms": round(seconds * 1000, 1)})
