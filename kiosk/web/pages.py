"""The kiosk's page, the worker that keeps it loadable without the network, and its live line."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kiosk.web.words import words
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import NotAllowed
from queue_server.live import topic_names
from queue_server.locale import LANGUAGES, offered, texts
from queue_server.web import identity
from queue_server.web.pages import page
from queue_server.web.shell import Shell
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.static import version
from queue_server.web.watching import Watch, watched

PATH = "/kiosk"

SHELL = Shell("kiosk", PATH, "Kiosk-Version", ("js/kiosk/*.js",))


async def screen(request: Request) -> Response:
    """The touch screen; a browser that is not an enrolled kiosk is asked for the kiosk's key."""
    try:
        await identity.allowed(request, May.USE_KIOSK)
    except NotAllowed:
        return page(request, "shared/device.html", kind="kiosk", next=PATH)
    clinic = await identity.services(request).clinic.queues.clinic()
    codes = [code for code in clinic.languages if code in LANGUAGES] or [offered(None)]
    shown = page(
        request,
        "kiosk/kiosk.html",
        language=codes[0],
        offered=[{"code": code, "name": LANGUAGES[code], "direction": texts(code).direction} for code in codes],
        words={code: words(texts(code)) for code in codes},
        time_zone=str(clinic.zone),
        version=version(),
    )
    return SHELL.kept(shown)


async def service_worker(request: Request) -> Response:
    """The script that keeps the page."""
    return SHELL.worker()


async def live(connection: HTTPConnection) -> Watch:
    """The kiosk's frames: departments, its printer, its prints."""
    device = await identity.allowed(connection, May.USE_KIOSK)
    return Watch(topic_names.kiosk(device.id), device)


routes: list[BaseRoute] = [
    Route(PATH, screen),
    Route(f"{PATH}/service-worker.js", service_worker),
    *watched("/kiosk", live),
]
