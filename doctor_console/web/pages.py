"""The console's two pages, and the line that keeps the second one true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from starlette.responses import Response

from doctor_console.web.room_access import check_room
from queue_server.domain.access.authorisation import May, check_department, is_for
from queue_server.domain.clinic.clinic import Department, DepartmentQueue, Duty
from queue_server.domain.queue.ordering import in_order
from queue_server.live import topic_names
from queue_server.live.json_views import Json, department_names
from queue_server.locale.rooms import room_words
from queue_server.papers.words import LANGUAGES, words
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, page, say
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.watching import Watch


@dataclass(frozen=True)
class ChoosePage(Page):
    """All rooms. `mine` is the code of the doctor's own."""

    template = "doctor_console/choose.html"

    rooms: list[Json]
    mine: str | None


@dataclass(frozen=True)
class RoomPage(Page):
    """One room's console; its contents come over the live line."""

    template = "doctor_console/room.html"

    room: str
    title: str
    department: str
    #: Letter, icon and colour.
    sign: tuple[str, str, str]
    name: str
    #: Code and name of each language of papers.
    paper_languages: list[tuple[str, str]]
    data: Json


async def choose(request: Request) -> Response:
    """All rooms and who is there."""
    doctor = await allowed(request, May.OPEN_CONSOLE)
    known = services(request)
    zone = (await known.clinic.queues.clinic()).zone
    queues = [one for one in await known.clinic.queues.all() if is_for(doctor, one.department.code)]
    rooms = rooms_of(queues, zone, language_of(request))
    mine = await known.queue.duties.room_of(doctor.id)
    return page(request, ChoosePage(rooms, mine))


async def console(request: Request) -> Response:
    """One room's console. Opening it changes nobody's duty."""
    doctor = await allowed(request, May.OPEN_CONSOLE)
    known = services(request).clinic.queues
    room = await known.room(request.path_params["room"])
    departments = await known.departments()
    department = next(each for each in departments if each.id == room.department_id)
    check_department(doctor, department.code)
    title = room_words(partial(say, request), room.code, room.name(language_of(request)))
    data = {
        "title": title,
        "me": {"id": doctor.id, "name": doctor.name, "role": doctor.kind},
        "time_zone": str((await known.clinic()).zone),
        "departments": [department_names(each) for each in departments],
        "break_reasons": break_reasons(request),
    }
    shown = RoomPage(
        room=room.code,
        title=title,
        department=department.name(language_of(request)),
        sign=sign(department),
        name=doctor.name,
        paper_languages=[(code, words(code)["name"]) for code in LANGUAGES],
        data=data,
    )
    return page(request, shown)


async def live(connection: HTTPConnection) -> Watch:
    """The room's frames, for staff and other programs."""
    who = await allowed(connection, May.SEE_ROOM)
    if who.departments:
        await check_room(connection, who, connection.path_params["room"])
    return Watch(topic_names.room(connection.path_params["room"]), who)


def rooms_of(queues: Sequence[DepartmentQueue], zone: ZoneInfo, language: str) -> list[Json]:
    """Every room with its department, the people who wait there and whoever has it, in the order of the rooms."""
    found = [
        {
            "code": room.code,
            "name": room.name(language),
            "department": queue.department.name(language),
            "sign": sign(queue.department),
            "waiting": len(in_order(queue.entries)),
            "duty": _duty(queue.duty_in(room.id), zone),
        }
        for queue in queues
        for room in queue.rooms
    ]
    return sorted(found, key=lambda room: (len(str(room["code"])), str(room["code"])))


def sign(department: Department) -> tuple[str, str, str]:
    """Letter, icon and colour by which the department is known."""
    return department.prefix, department.icon, department.colour


def break_reasons(request: Request) -> dict[str, str]:
    """The usual reasons of a break: the word that is stored → what the doctor reads."""
    return {
        "tea": say(request, "Tea"),
        "lunch": say(request, "Lunch"),
        "rounds": say(request, "Ward round"),
        "emergency": say(request, "Emergency"),
        "meeting": say(request, "Meeting"),
    }


def _duty(duty: Duty | None, zone: ZoneInfo) -> Json | None:
    if duty is None or duty.state == "off_duty":
        return None
    back_at = duty.back_at.astimezone(zone).strftime("%H:%M") if duty.back_at else ""
    return {"state": duty.state, "doctor": duty.doctor, "back_at": back_at}
