"""Who may act in a room.

A doctor acts in the room that he or she has taken, and only on patients who are there or are in nobody's room. Calling
during a break ends the break: a doctor who calls somebody is back. An administrator may help in any room.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request

from queue_server.domain.clinic import DepartmentQueue, Duty, Room
from queue_server.domain.errors import ChangedMeanwhile, NotAllowed, RoomTaken, UnknownToken
from queue_server.domain.tokens import DutyState
from queue_server.services.actors import Actor
from queue_server.services.duties import PRESENT
from queue_server.web.identity import services, staff


async def at_room(request: Request) -> tuple[Actor, Room]:
    """The doctor who asks, and the room of the address, which this doctor has taken.

    Raises `LoginRequired`, `NotAllowed`, `UnknownRoom`, `RoomTaken`.
    """
    doctor = await staff(request, "doctor", "admin")
    known = services(request).queues
    room = await known.room(request.path_params["room"])
    check_taken((await known.of(room.department_id)).duty_in(room.id), room, doctor)
    return doctor, room


async def with_token(request: Request) -> tuple[Actor, Room, int]:
    """As `at_room`, and the token of the address, which this room may act on. Raises `ChangedMeanwhile` as well."""
    doctor, room = await at_room(request)
    token_id = min(request.path_params["token"], 2**53)
    check_reach(await services(request).queues.all(), room, token_id)
    return doctor, room, token_id


async def end_break(request: Request, room: Room, doctor: Actor) -> None:
    """The doctor who was on a break in this room is on duty again."""
    known = services(request)
    duty = (await known.queues.of(room.department_id)).duty_in(room.id)
    if duty is not None and duty.doctor_id == doctor.id and duty.state is DutyState.ON_BREAK:
        await known.duties.change(room.code, DutyState.ON_DUTY, doctor=doctor)


def check_taken(duty: Duty | None, room: Room, doctor: Actor) -> None:
    """Raises `RoomTaken` when another doctor has the room, `NotAllowed` when nobody has; never for an administrator."""
    if doctor.kind == "admin":
        return
    if duty is None or duty.state not in PRESENT:
        raise NotAllowed(f"Nobody is on duty in room {room.code}; take the room first.", room=room.code)
    if duty.doctor_id != doctor.id:
        raise RoomTaken(room.code)


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
