"""The kiosk's page, the worker that keeps it loadable without the network, and its live line."""

from __future__ import annotations

import json

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kiosk.web.words import words
from queue_server.domain.access.authorisation import May
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import NotAllowed
from queue_server.live import topic_names
from queue_server.locale import LANGUAGES, offered, texts
from queue_server.paths import STATIC
from queue_server.web import identity
from queue_server.web.login import code_page
from queue_server.web.pages import page
from queue_server.web.sockets import show, socket_route
from queue_server.web.state import Request, WebSocket
from queue_server.web.static import static, version

PATH = "/kiosk"

#: What the page is made of, for a browser that must do without the server.
SHELL = ("css/*.css", "fonts/*.woff2", "icons/*.svg", "js/kiosk/*.js", "js/shared/*.js")


async def screen(request: Request) -> Response:
    """The touch screen; a browser that is not an enrolled kiosk is asked for the kiosk's code."""
    try:
        await identity.allowed(request, May.USE_KIOSK)
    except NotAllowed:
        return code_page(request, DeviceKind.KIOSK, PATH)
    clinic = await identity.services(request).clinic.queues.clinic()
    codes = [code for code in clinic.languages if code in LANGUAGES] or [offered(None)]
    return page(
        request,
        "kiosk/kiosk.html",
        language=codes[0],
        headers={"Kiosk-Version": version()},
        offered=[{"code": code, "name": LANGUAGES[code], "direction": texts(code).direction} for code in codes],
        words={code: words(texts(code)) for code in codes},
        time_zone=str(clinic.zone),
        version=version(),
    )


async def service_worker(request: Request) -> Response:
    """The script that keeps the page; it differs whenever a static file does, and so browsers take the new one."""
    shell = {"version": version(), "page": PATH, "files": [static(path) for path in _shell_files()]}
    script = (STATIC / "js/kiosk/service-worker.js").read_text()
    headers = {"Service-Worker-Allowed": PATH, "Cache-Control": "no-cache"}
    return Response(f"self.SHELL = {json.dumps(shell)};\n{script}", media_type="text/javascript", headers=headers)


async def live(websocket: WebSocket) -> None:
    """The kiosk's frames: departments, its printer, its prints."""
    device = await identity.allowed(websocket, May.USE_KIOSK)
    await show(websocket, topic_names.kiosk(device.id), device)


def _shell_files() -> list[str]:
    found = (path for pattern in SHELL for path in STATIC.glob(pattern))
    return sorted(path.relative_to(STATIC).as_posix() for path in found if path.name != "service-worker.js")


routes: list[BaseRoute] = [
    Route(PATH, screen),
    Route(f"{PATH}/service-worker.js", service_worker),
    socket_route("/ws/kiosk", live),
]
