"""What the kiosk's own browser is served, and nobody else: the page and its files, its line, its presses."""

import asyncio
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from kiosk.keeper import views
from kiosk.keeper.database import File
from kiosk.keeper.issuing import FIRST_JOB, Issuing, Refused
from kiosk.keeper.shell import PAGE, Shell, as_file
from kiosk.keeper.upstream import Unanswered, Upstream

logger = logging.getLogger(__name__)

BEAT_S = 2.0
_LARGEST_BODY = 64 * 1024
#: As the browser may name this machine. A foreign name that leads here is somebody's trick.
_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_OWN_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Smart-Queue": "1",
}
_FOR_ANY_PAGE: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Smart-Queue",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Answer:
    """A status and what is sent as JSON."""

    status: int
    body: Any


def error(code: str, message: str) -> dict[str, Any]:
    """An error as the server writes them."""
    return {"error": {"code": code, "message": message, "details": {}}}


_AWAY = Answer(503, error("unavailable", "The server does not answer."))


class Kiosk(Protocol):
    """What the page's requests are answered by: `keeper.Keeper`."""

    shell: Shell
    upstream: Upstream
    issuing: Issuing
    #: Told when there is another view.
    lines: set[asyncio.Event]

    @property
    def frame(self) -> str: ...

    def now(self) -> datetime: ...

    async def press(self, key: str, body: bytes) -> Answer: ...

    async def abandoned(self, key: str, body: bytes) -> Answer: ...


def build(keeper: "Kiosk") -> ASGIApp:
    """The application."""
    pages = Pages(keeper)
    routes = [
        Route("/", pages.home),
        Route("/healthz", pages.healthz),
        Route(PAGE, pages.kept),
        Route("/kiosk/service-worker.js", pages.kept),
        Route("/static/{path:path}", pages.kept),
        Route("/voice/{path:path}", pages.kept),
        Route("/t/{key}/qr.svg", pages.qr),
        Route("/view/kiosk", pages.view),
        WebSocketRoute("/ws/kiosk", pages.line),
        Route("/kiosk/tokens", pages.press, methods=["POST"]),
        Route("/kiosk/tokens/abandoned", pages.abandoned, methods=["POST"]),
        Route("/kiosk/prints/{job:int}/given-up", pages.given_up, methods=["POST"]),
        Route("/kiosk/{path:path}", pages.passed_on, methods=["GET", "POST"]),
    ]
    handlers: Any = {Unanswered: _unanswered, Refused: _refused}
    return OnlyHere(Starlette(routes=routes, exception_handlers=handlers))


class OnlyHere:
    """Refuses whoever does not ask from this machine by its own name, and pages of other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            return
        if not _is_own(Headers(scope=scope), scope.get("method", "")):
            await _refuse(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _OWN_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_marked)


def _is_own(headers: Headers, method: str) -> bool:
    host = headers.get("host", "")
    if (host if host.endswith("]") else host.rpartition(":")[0] or host).lower() not in _NAMES:
        return False
    if method in {"GET", "HEAD"}:
        return True
    origin, website = headers.get("origin"), headers.get("sec-fetch-site")
    return website in {None, "same-origin", "none"} and origin in {None, f"http://{host}"}


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": "foreign_origin"})
        return
    body = error("foreign_origin", "This page is for the kiosk's own machine only.")
    await JSONResponse(body, 403)(scope, receive, send)


class Pages:
    """The handlers."""

    def __init__(self, keeper: "Kiosk") -> None:
        self._keeper = keeper

    async def home(self, request: Request) -> Response:
        """Whoever types only the machine's name means the touch screen."""
        return RedirectResponse(PAGE)

    async def healthz(self, request: Request) -> Response:
        """The keeper answers; `deploy/start.html`, which waits for that, may read so from the screen's own disk."""
        return JSONResponse({"status": "ok"}, headers=_FOR_ANY_PAGE)

    async def kept(self, request: Request) -> Response:
        """The kept page or file, so that all parts are of one version; what is not kept, the server gives."""
        path = request.url.path
        found = await self._keeper.shell.kept(path)
        if found is None or (path == PAGE and self._keeper.upstream.is_refused):
            found = as_file(await self._keeper.upstream.ask("GET", path, headers={"Accept": "text/html"}))
        return _response(found)

    async def qr(self, request: Request) -> Response:
        """The link on a slip as a QR picture."""
        try:
            return _response(as_file(await self._passed(request)))
        except Unanswered:
            facts = self._keeper.issuing.facts
            if facts is None:
                raise
            import qrcode
            from qrcode.image.svg import SvgPathImage

            drawn = io.BytesIO()
            link = f"{facts.public_url}/t/{request.path_params['key']}"
            qrcode.make(link, image_factory=SvgPathImage, border=2).save(drawn)
            return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

    async def view(self, request: Request) -> Response:
        """The present view, where no line comes up."""
        if not self._keeper.frame:
            return _json(_AWAY)
        return Response(self._keeper.frame, media_type="application/json", headers={"Cache-Control": "no-store"})

    async def line(self, websocket: WebSocket) -> None:
        """The page's line: every newer view, and beats between."""
        await websocket.accept()
        changed = asyncio.Event()
        self._keeper.lines.add(changed)
        leaving = asyncio.create_task(_left(websocket))
        try:
            if self._keeper.frame:
                changed.set()
            while not leaving.done():
                waiting = asyncio.create_task(changed.wait())
                await asyncio.wait({waiting, leaving}, timeout=BEAT_S, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if changed.is_set():
                    changed.clear()
                    await websocket.send_text(self._keeper.frame)
                elif self._keeper.frame and not leaving.done():
                    await websocket.send_text(json.dumps(views.beat(self._keeper.now())))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            leaving.cancel()
            self._keeper.lines.discard(changed)

    async def press(self, request: Request) -> Response:
        """A number: the server's, or our own where the server does not answer."""
        key, body = await _pressed(request)
        return _json(await self._keeper.press(key, body))

    async def abandoned(self, request: Request) -> Response:
        """Nobody waits any more for the answer to a press."""
        key, body = await _pressed(request)
        return _json(await self._keeper.abandoned(key, body))

    async def given_up(self, request: Request) -> Response:
        """Nobody waits for a slip any more; one of our own is at the printer already."""
        if request.path_params["job"] > FIRST_JOB:
            return JSONResponse({})
        return _response(as_file(await self._passed(request)))

    async def passed_on(self, request: Request) -> Response:
        """Everything else that the page can do, the server does."""
        return _response(as_file(await self._passed(request)))

    async def _passed(self, request: Request) -> Any:
        if not self._keeper.upstream.is_there:
            raise Unanswered(may_have_arrived=False)
        named = ("content-type", "accept", "idempotency-key", "if-none-match", "accept-language")
        headers = {name: request.headers[name] for name in named if name in request.headers}
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        body = await _body(request) if request.method == "POST" else None
        return await self._keeper.upstream.ask(request.method, path, body=body, headers=headers, timeout_s=10)


async def _left(websocket: WebSocket) -> None:
    """Until the page has gone; what it says means nothing."""
    while True:
        if (await websocket.receive())["type"] == "websocket.disconnect":
            return


async def _pressed(request: Request) -> tuple[str, bytes]:
    key = request.headers.get("idempotency-key", "")
    body = await _body(request)
    try:
        json.loads(body)
    except ValueError:
        raise Refused("bad_input", 422) from None
    if not 8 <= len(key) <= 128:
        raise Refused("bad_input", 422)
    return key, body


async def _body(request: Request) -> bytes:
    read = b""
    async for piece in request.stream():
        read += piece
        if len(read) > _LARGEST_BODY:
            raise Refused("too_large", 413)
    return read


def _response(file: File) -> Response:
    return Response(file.body, file.status, dict(file.headers))


def _json(answer: Answer) -> Response:
    return JSONResponse(answer.body, answer.status, {"Cache-Control": "no-store"})


async def _unanswered(_request: Request, _error: Exception) -> Response:
    return _json(_AWAY)


async def _refused(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refused)  # noqa: S101  (registered for it)
    return _json(Answer(refusal.status, error(refusal.code, "There is no number for this press.")))
