"""The kiosk's page, the worker that keeps it loadable without the network, and its live line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kiosk.web.words import words
from queue_server.domain.access.authorisation import May
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import NotAllowed
from queue_server.live import topic_names
from queue_server.locale import LANGUAGES, offered, texts
from queue_server.locale.languages import ALL, Language
from queue_server.web import identity
from queue_server.web.login import code_page
from queue_server.web.pages import Page, page
from queue_server.web.shell import Shell
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.static import version
from queue_server.web.watching import Watch, watched

PATH = "/kiosk"

SHELL = Shell("kiosk", PATH, "Kiosk-Version", ("js/kiosk/*.js",))


@dataclass(frozen=True)
class KioskPage(Page):
    """The touch screen. `words` are its texts by language."""

    template = "kiosk/kiosk.html"

    offered: list[dict[str, str]]
    words: Mapping[str, object]
    time_zone: str
    version: str


async def screen(request: Request) -> Response:
    """The touch screen; a browser that is not an enrolled kiosk is asked for the kiosk's code."""
    try:
        await identity.allowed(request, May.USE_KIOSK)
    except NotAllowed:
        return code_page(request, DeviceKind.KIOSK, PATH)
    clinic = await identity.services(request).clinic.queues.clinic()
    codes = [code for code in clinic.languages if code in LANGUAGES] or [offered(None)]
    shown = KioskPage(
        offered=[_tongue(ALL[code]) for code in codes],
        words={code: words(texts(code)) for code in codes},
        time_zone=str(clinic.zone),
        version=version(),
    )
    answer = SHELL.kept(page(request, shown, language=codes[0]))
    # Slips are read with the screen's own camera, where it has one; no other page may use any.
    answer.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    return answer


def _tongue(language: Language) -> dict[str, str]:
    return {
        "code": language.code,
        "name": language.name,
        "letter": language.letter,
        "direction": language.direction,
    }


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
