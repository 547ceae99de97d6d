"""What guards every request: pages of others are refused, answers carry security headers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queue_server.domain.errors import BadInput, ForeignOrigin, NotFound, QueueError
from queue_server.web.body_limits import largest_body, limited
from queue_server.web.errors import on_queue_error
from queue_server.web.origins import is_foreign
from queue_server.web.state import Request

logger = logging.getLogger(__name__)

#: Every answer has this header; what answers in the server's place (a proxy, a network's login page) has not.
OURS = "Smart-Queue"

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    OURS: "1",
}


#: As a message of ASGI has them.
_RAW = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
#: For a year browsers come back over TLS only, once they have come over TLS.
_RAW_TLS = [*_RAW, (b"strict-transport-security", b"max-age=31536000")]


def unstorable(scope: Scope) -> QueueError | None:
    """The refusal of an address with a NUL, which no database can look up (see `bodies.check_storable`)."""
    if "\0" in scope["path"]:
        return NotFound("There is nothing at this address.")
    if b"%00" in scope["query_string"]:
        return BadInput("query", "A text holds a character that cannot be kept.")
    return None


class SecurityMiddleware:
    """Refuses what foreign pages send and what is too large, and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        """`public_url`: the address that the clinic has told the server, which may differ from what proxies send."""
        self._app = app
        self._public_url = public_url

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Guard a request; a live line is looked at once, and keeps no coroutine of ours."""
        if scope["type"] == "http":
            return self._http(scope, receive, send)
        refusal = self._refusal(scope) if scope["type"] == "websocket" else None
        return self._app(scope, receive, send) if refusal is None else self._refuse(receive, send, refusal)

    def _refusal(self, scope: Scope) -> QueueError | None:
        return ForeignOrigin() if self._is_foreign(scope) else unstorable(scope)

    async def _refuse(self, receive: Receive, send: Send, refusal: QueueError) -> None:
        """Of a live line."""
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": refusal.code})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = _RAW_TLS if scope["scheme"] == "https" else _RAW

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _ in given}
                message["headers"] = given + [header for header in ours if header[0] not in names]
            await send(message)

        is_foreign_act = scope["method"] not in _SAFE_METHODS and self._is_foreign(scope)
        refusal = ForeignOrigin() if is_foreign_act else unstorable(scope)
        if refusal is not None:
            response = await on_queue_error(Request(scope), refusal)
            # Nobody reads its body.
            response.headers["Connection"] = "close"
            await response(scope, receive, send_with_headers)
        else:
            body = limited(receive, Headers(scope=scope), largest_body(scope["path"]))
            await self._app(scope, body, send_with_headers)

    def _is_foreign(self, scope: Scope) -> bool:
        """Whether a foreign page asks; the log says what was compared, for whoever sets up a proxy."""
        headers = Headers(scope=scope)
        if not is_foreign(headers, self._public_url):
            return False
        logger.warning(
            "Refused a request of another site: Origin %.200r, Host %.200r, QUEUE_PUBLIC_URL %r.",
            headers.get("origin"),
            headers.get("host"),
            self._public_url,
        )
        return True
