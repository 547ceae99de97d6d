"""The clinic's devices: what is enrolled, a code for one more, an end for one that was lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.domain.access.authorisation import May
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import BadInput
from queue_server.paths import PROGRAM
from queue_server.web.bodies import form, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, moment, say
from queue_server.web.state import Request

PATH = "/admin/devices"


class DeviceRow(TypedDict):
    """A device; only a print agent has the state of a `printer`."""

    id: int
    kind: DeviceKind
    name: str
    place: str
    printer: str | None
    seen: str | None


@dataclass(frozen=True)
class DevicesPage(Page):
    """The devices, a code that was just made, and the form for another one as it was typed."""

    template = "admin/devices.html"

    devices: list[DeviceRow]
    enrolment_code: str = ""
    made_kind: str = ""
    #: Where the code is used.
    address: str = ""
    kind: str = "kiosk"
    name: str = ""
    place: str = ""
    error: str = ""


async def devices(request: Request) -> Response:
    """Every device that may act."""
    by = await allowed(request, May.RUN_CLINIC)
    return framed(request, by, DevicesPage(await _rows(request)))


async def offer_code(request: Request) -> Response:
    """Show a code that enrols one more device; it is shown once."""
    by = await allowed(request, May.RUN_CLINIC)
    fields = await form(request, "kind", "name", "place")
    try:
        made = await services(request).devices.registry.offer(fields["kind"], fields["name"], fields["place"], by=by)
    except BadInput:
        wrong = say(request, "Please give the device a type, a name and a location.")
        return framed(request, by, DevicesPage(await _rows(request), error=wrong, **fields), 422)
    code, kind = f"{made[:4]}-{made[4:]}", fields["kind"]
    address = _where(request, kind, fields["place"].strip(), code)
    return framed(request, by, DevicesPage(await _rows(request), code, kind, address))


def _where(request: Request, kind: str, place: str, code: str) -> str:
    """The address at which the code is typed; for a print agent, what starts it."""
    server = f"{request.url.scheme}://{request.url.netloc}"
    if kind == DeviceKind.AGENT:
        return f"{PROGRAM} kiosk-agent --server {server} --code {code} …"
    return f"{server}/kiosk" if kind == DeviceKind.KIOSK else f"{server}/display/{place}"


async def revoke(request: Request) -> Response:
    """Revoke the device's key and close its connections."""
    by = await allowed(request, May.RUN_CLINIC)
    await services(request).devices.registry.revoke(path_number(request, "device"), by=by)
    return RedirectResponse(PATH, 303)


async def _rows(request: Request) -> list[DeviceRow]:
    known = services(request)
    zone = (await known.clinic.queues.clinic()).zone
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "name": one.name,
            "place": one.place,
            "printer": one.printer if one.kind == "agent" else None,
            "seen": moment(request, one.seen_at, zone) if one.seen_at else None,
        }
        for one in await known.devices.registry.all()
    ]


routes: list[BaseRoute] = [
    Route(PATH, devices),
    Route(f"{PATH}/codes", offer_code, methods=["POST"]),
    Route(f"{PATH}/{{device:int}}/revoke", revoke, methods=["POST"]),
]
