"""The clinic's devices: what is enrolled, a code for one more, an end for one that was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.devices.devices import Device, DeviceKind
from queue_server.domain.devices.keepers import Keeper
from queue_server.domain.errors import BadInput
from queue_server.paths import agent_command
from queue_server.web.bodies import form, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, moment, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

PATH = "/admin/devices"
#: Of the list to take away.
HEADINGS = ("Type", "Name", "Location", "Last seen", "Printer, sound")


class KeeperState(TypedDict):
    """Of a kiosk with a keeper: its letters, when it was heard of, how many numbers wait there to be handed in.

    `clock`: how wrong its machine's clock is, in words; none where that is not worth telling.
    """

    series: str
    heard: str
    waiting: int
    clock: str | None


class DeviceRow(TypedDict):
    """A device; only a print agent has the state of a `printer`, and a display that of its `sound`."""

    id: int
    kind: DeviceKind
    name: str
    place: str
    #: How high its screen hangs and how high it is, in millimetres; only a kiosk may have them.
    screen: tuple[int, int] | None
    printer: str | None
    sound: str | None
    sound_at: str | None
    seen: str | None
    #: Of its newest test slip: the state, why it is not simply printed, and when it was asked for.
    test: tuple[str, str | None, str] | None
    keeper: KeeperState | None


@dataclass(frozen=True)
class DevicesPage(Page):
    """The devices, a code that was just made, and the form for another one as it was typed."""

    template = "admin/devices.html"

    devices: list[DeviceRow]
    #: Words for the kinds of devices, and for how displays are heard.
    kinds: dict[str, str]
    heard: dict[str, str]
    enrolment_code: str = ""
    made_kind: str = ""
    #: Where the code is used.
    address: str = ""
    kind: str = "kiosk"
    name: str = ""
    place: str = ""
    error: str = ""
    mount_error: str = ""


async def devices(request: Request) -> Response:
    """Every device that may act."""
    by = await allowed(request, May.KEEP_SCREENS)
    return await _page(request, by)


async def offer_code(request: Request) -> Response:
    """Show a code that enrols one more device; it is shown once."""
    by = await allowed(request, May.KEEP_SCREENS)
    fields = await form(request, "kind", "name", "place")
    try:
        made = await services(request).devices.registry.offer(fields["kind"], fields["name"], fields["place"], by=by)
    except BadInput as error:
        wrong = await _wrong(request, error, fields)
        return await _page(request, by, 422, error=wrong, **fields)
    code, kind = f"{made[:4]}-{made[4:]}", fields["kind"]
    address = _where(request, kind, fields["place"].strip(), code)
    return await _page(request, by, enrolment_code=code, made_kind=kind, address=address)


async def _wrong(request: Request, error: BadInput, fields: Mapping[str, str]) -> str:
    """Why there is no code for such a device."""
    place = fields["place"].strip()
    if not (error.details["field"] == "place" and fields["kind"] == DeviceKind.DISPLAY and place):
        return say(request, "Please give the device a type, a name and a location.")
    names = ", ".join(str(one["name"]) for one in await services(request).clinic.displays.all())
    return say(request, "No display is called %(place)s. There are: %(names)s.", place=place, names=names)


def _where(request: Request, kind: str, place: str, code: str) -> str:
    """The address at which the code is typed; for a print agent, what starts it."""
    server = f"{request.url.scheme}://{request.url.netloc}"
    if kind == DeviceKind.AGENT:
        return agent_command(server, code)
    return f"{server}/kiosk" if kind == DeviceKind.KIOSK else f"{server}/display/{place}"


async def revoke(request: Request) -> Response:
    """Revoke the device's key and close its connections."""
    by = await allowed(request, May.KEEP_SCREENS)
    await services(request).devices.registry.revoke(path_number(request, "device"), by=by)
    return RedirectResponse(PATH, 303)


async def mount(request: Request) -> Response:
    """The kiosk's buttons stay within reach of a wheelchair, as high as its screen hangs."""
    by = await allowed(request, May.KEEP_SCREENS)
    fields = await form(request, "from_mm", "high_mm")
    try:
        await services(request).devices.registry.mount(path_number(request, "device"), **fields, by=by)
    except BadInput:
        wrong = say(
            request,
            "Nothing was changed. A screen is 80 to 2,000 mm high, and at least half of it has to hang below 1,200 mm.",
        )
        return await _page(request, by, 422, mount_error=wrong)
    return RedirectResponse(PATH, 303)


async def test(request: Request) -> Response:
    """Print a test slip on the device's printer."""
    by = await allowed(request, May.KEEP_SCREENS)
    await services(request).devices.printing.test(path_number(request, "device"), by=by)
    return RedirectResponse(PATH, 303)


async def test_sound(request: Request) -> Response:
    """The display speaks. Raises `NotFound` for what is no display of a board."""
    by = await allowed(request, May.KEEP_SCREENS)
    known, device_id = services(request), path_number(request, "device")
    places = [one.place for one in await known.devices.registry.all() if one.id == device_id]
    await known.clinic.voices.try_out(places[0] if places else "", by=by)
    return RedirectResponse(PATH, 303)


async def _page(request: Request, by: Actor, status: int = 200, **more: str) -> Response:
    shown = DevicesPage(await _rows(request), kinds_in_words(request), sounds_in_words(request), **more)
    return framed(request, by, shown, status)


async def _rows(request: Request) -> list[DeviceRow]:
    known = services(request)
    zone = (await known.clinic.queues.clinic()).zone
    tests, keepers = await known.devices.printing.tests(), await known.devices.keepers.newest()

    def newest_test(one: Device) -> tuple[str, str | None, str] | None:
        job = tests.get(one.place) if one.kind is DeviceKind.AGENT else None
        return (job.state, job.reason, moment(request, job.created_at, zone)) if job else None

    return [
        {
            "id": one.id,
            "kind": one.kind,
            "name": one.name,
            "place": one.place,
            "screen": (one.screen.from_mm, one.screen.high_mm) if one.screen else None,
            "printer": one.printer if one.kind == "agent" else None,
            "sound": one.sound if one.kind == "display" else None,
            "sound_at": moment(request, one.sound_at, zone) if one.sound_at else None,
            "seen": moment(request, one.seen_at, zone) if one.seen_at else None,
            "test": newest_test(one),
            "keeper": _keeper(request, keepers.get(one.id), zone),
        }
        for one in await known.devices.registry.all()
    ]


async def _table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    kinds, never = kinds_in_words(request), say(request, "Never")
    heard = sounds_in_words(request) | printers_in_words(request)
    return [
        (
            *(kinds[one["kind"]], one["name"], one["place"], one["seen"] or never),
            heard.get(one["printer"] or one["sound"] or "", ""),
        )
        for one in await _rows(request)
    ]


def kinds_in_words(request: Request) -> dict[str, str]:
    """What each kind of device is called."""
    return {
        DeviceKind.KIOSK: say(request, "Kiosk"),
        DeviceKind.DISPLAY: say(request, "Display"),
        DeviceKind.AGENT: say(request, "Printer"),
    }


def sounds_in_words(request: Request) -> dict[str, str]:
    """Why a display is heard, or is not."""
    return {
        "sounds": say(request, "Can be heard"),
        "blocked": say(request, "Silent: touch its screen once"),
        "no-device": say(request, "Silent: no loudspeaker is connected"),
        "stuck": say(request, "Silent: the sound has stopped"),
        "silent": say(request, "Silent: volume 0, or quiet hours"),
    }


def printers_in_words(request: Request) -> dict[str, str]:
    """How a printer is, as `ui.printer` says it."""
    return {
        "ok": say(request, "Printer ready"),
        "low": say(request, "Paper is low"),
        "out": say(request, "Out of paper"),
        "cover": say(request, "Printer is open"),
        "offline": say(request, "Printer is off"),
        "unknown": say(request, "Printer does not answer"),
    }


def _keeper(request: Request, keeper: Keeper | None, zone: ZoneInfo) -> KeeperState | None:
    if keeper is None:
        return None
    return {
        "series": keeper.series,
        "heard": moment(request, keeper.heard_at, zone),
        "waiting": keeper.waiting,
        "clock": _off(request, keeper.clock_off_s or 0) if keeper.is_clock_wrong else None,
    }


def _off(request: Request, off_s: float) -> str:
    duration = format_timedelta(timedelta(seconds=abs(off_s)), locale=language_of(request))
    if off_s > 0:
        return say(request, "Its clock is %(duration)s ahead.", duration=duration)
    return say(request, "Its clock is %(duration)s behind.", duration=duration)


routes: list[BaseRoute] = [
    Route(PATH, devices),
    table_route(f"{TABLES}/devices", May.KEEP_SCREENS, "Devices", HEADINGS, _table),
    Route(f"{PATH}/codes", offer_code, methods=["POST"]),
    Route(f"{PATH}/{{device:int}}/revoke", revoke, methods=["POST"]),
    Route(f"{PATH}/{{device:int}}/mount", mount, methods=["POST"]),
    Route(f"{PATH}/{{device:int}}/test", test, methods=["POST"]),
    Route(f"{PATH}/{{device:int}}/sound", test_sound, methods=["POST"]),
]
