"""Who may act in a room.

A doctor acts in the room that he or she has taken, and only on patients who are there or are in nobody's room. An
administrator may help in any room.
"""

from __future__ import annotations

from collections.abc import Iterable

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import HeldRoom, May, authorise, check_department
from queue_server.domain.clinic.clinic import DepartmentQueue, Duty, Room
from queue_server.domain.errors import ChangedMeanwhile, UnknownToken
from queue_server.services.queue.duties import PRESENT
from queue_server.web.bodies import LARGEST_NUMBER
from queue_server.web.identity import allowed, services
from queue_server.web.state import HTTPConnection, Request


async def at_room(request: Request) -> tuple[Actor, Room]:
    """The doctor who asks, and the room of the address, which this doctor has taken.

    Raises `LoginRequired`, `NotAllowed`, `UnknownRoom`, `RoomTaken`.
    """
    doctor = await allowed(request, May.WORK_IN_ROOM)
    known = services(request).clinic.queues
    room = await known.room(request.path_params["room"])
    check_department(doctor, (await known.of(room.department_id)).department.code)
    return authorise(doctor, May.WORK_IN_ROOM, held(room, (await known.of(room.department_id)).duty_in(room.id))), room


async def check_room(connection: HTTPConnection, who: Actor, code: str) -> None:
    """Raises `NotAllowed` for a room of a department that is none of the role's, `UnknownRoom`."""
    known = services(connection).clinic.queues
    check_department(who, (await known.of((await known.room(code)).department_id)).department.code)


async def with_token(request: Request) -> tuple[Actor, Room, int]:
    """As `at_room`, and the token of the address, which this room may act on. Raises `ChangedMeanwhile` as well."""
    doctor, room = await at_room(request)
    token_id = min(request.path_params["token"], LARGEST_NUMBER)
    check_reach(await services(request).clinic.queues.all(), room, token_id)
    return doctor, room, token_id


def held(room: Room, duty: Duty | None) -> HeldRoom:
    """The room with the doctor who is there now."""
    return HeldRoom(room.code, duty.doctor_id if duty is not None and duty.state in PRESENT else None)


def check_reach(queues: Iterable[DepartmentQueue], room: Room, token_id: int) -> None:
    """Raises `UnknownToken` for a patient of another department, `ChangedMeanwhile` for one in another room."""
    for queue in queues:
        for entry in queue.entries:
            if entry.token_id != token_id:
                continue
            if queue.department.id != room.department_id:
                raise UnknownToken
            if entry.room_id not in (None, room.id):
                raise ChangedMeanwhile(f"Token {entry.number} is in room {queue.room_code(entry.room_id)} now.")
