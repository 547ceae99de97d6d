"""Who is on duty where."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from queue_server.api.models import RoomView
from queue_server.api.openapi import Operation
from queue_server.api.request_context import PAGE, sliced
from queue_server.api.set_up_models import Doctors, DutyRequest
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import UnknownStaff
from queue_server.domain.people.staff import Role
from queue_server.web.bodies import parsed
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def list_doctors(request: Request) -> Response:
    """List the doctors who may log in, with the room and state of those on duty."""
    await allowed(request, May.READ_QUEUES)
    return sliced(request, "doctors", await services(request).screens.lists.doctors())


async def change_duty(request: Request) -> Response:
    """Say what a doctor does in a room: on duty, on a break, expected, or off duty."""
    by = await allowed(request, May.RUN_QUEUE)
    sent, known = await parsed(request, DutyRequest), services(request)
    room = request.path_params["room"]
    doctor = await known.people.staffing.one(sent.doctor)
    if doctor.role is not Role.DOCTOR or not doctor.is_active:
        raise UnknownStaff
    who = Actor(ActorKind.DOCTOR, doctor.id, doctor.name)
    await known.queue.duties.change(room, sent.state, doctor=who, by=by, reason=sent.reason, back_at=sent.back_at)
    return JSONResponse(await known.screens.lists.room(room))


OPERATIONS = (
    Operation("GET", "/api/v1/doctors", list_doctors, {200: Doctors}, may=May.READ_QUEUES, query=PAGE, errors=(422,)),
    Operation(
        "PUT",
        "/api/v1/rooms/{room}/duty",
        change_duty,
        {200: RoomView},
        DutyRequest,
        may=May.RUN_QUEUE,
        errors=(404, 409, 413, 422),
    ),
)
