"""How departments and rooms are set up, for programs that may change it. Screens show each change at once."""

from __future__ import annotations

from starlette.responses import Response

from queue_server.api.models import DepartmentChange, DepartmentPlan
from queue_server.api.openapi import Operation
from queue_server.api.request_context import at_version, tagged, version_of
from queue_server.api.set_up_models import NewDepartment, NewRoom, RoomChange, RoomPlan
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.names import text_in
from queue_server.web.bodies import idempotency_key, parsed
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def add_department(request: Request) -> Response:
    """Add a department, with its rooms."""
    by = await allowed(request, May.SET_UP)
    sent = await parsed(request, NewDepartment)
    known, key = services(request).clinic.departments, idempotency_key(request)
    code = await known.add(sent.model_dump(exclude_none=True), by=by, key=key)
    return await _department(request, code, 201)


async def get_plan(request: Request) -> Response:
    """Read how a department is set up."""
    await allowed(request, May.SET_UP)
    return await _department(request, request.path_params["department"])


async def change_plan(request: Request) -> Response:
    """Change how a department is set up; what is left out stays."""
    by = await allowed(request, May.SET_UP)
    sent = await parsed(request, DepartmentChange)
    known, code = services(request).clinic.departments, request.path_params["department"]
    seen = await known.one(code)
    with at_version(request, seen):
        await known.change(code, sent.model_dump(exclude_unset=True), seen, by=by)
    return await _department(request, code)


async def remove_department(request: Request) -> Response:
    """Remove a department and its rooms, where nobody waits; its history stays, and its code stays taken."""
    by = await allowed(request, May.SET_UP)
    known, code = services(request).clinic.departments, request.path_params["department"]
    seen = await known.one(code)
    with at_version(request, seen):
        await known.remove(code, seen, by=by)
    return Response(status_code=204)


async def add_room(request: Request) -> Response:
    """Add a room to a department."""
    by = await allowed(request, May.SET_UP)
    sent = await parsed(request, NewRoom)
    await services(request).clinic.departments.add_room(sent.model_dump(), by=by, key=idempotency_key(request))
    return await _room(request, sent.code, 201)


async def get_room_plan(request: Request) -> Response:
    """Read how a room is set up."""
    await allowed(request, May.SET_UP)
    return await _room(request, request.path_params["room"])


async def change_room_plan(request: Request) -> Response:
    """Give a room, where nobody is, another code or department."""
    by = await allowed(request, May.SET_UP)
    sent, known = await parsed(request, RoomChange), services(request).clinic.departments
    room_id, seen = await known.room(request.path_params["room"])
    fields = sent.model_dump(exclude_none=True)
    # A name that does not say its language is the room's only one.
    wanted = {name: value for name, value in seen.items() if name != "names" or "name" not in fields} | fields
    with at_version(request, seen):
        await known.save_room(room_id, wanted, seen, by=by)
    return await _room(request, wanted["code"])


async def remove_room(request: Request) -> Response:
    """Remove a room where nobody is."""
    by = await allowed(request, May.SET_UP)
    known = services(request).clinic.departments
    room_id, seen = await known.room(request.path_params["room"])
    with at_version(request, seen):
        await known.remove_room(room_id, seen, by=by)
    return Response(status_code=204)


async def _department(request: Request, code: str, status: int = 200) -> Response:
    plan = await services(request).clinic.departments.one(code)
    return tagged(plan, version_of(plan), status)


async def _room(request: Request, code: str, status: int = 200) -> Response:
    _, plan = await services(request).clinic.departments.room(code)
    return tagged({**plan, "name": text_in(plan["names"], "en")}, version_of(plan), status)


_MAY, _DEPARTMENT, _ROOM = May.SET_UP, "/api/v1/departments/{department}", "/api/v1/rooms/{room}"

OPERATIONS = (
    Operation(
        "POST",
        "/api/v1/departments",
        add_department,
        {201: DepartmentPlan},
        NewDepartment,
        may=_MAY,
        errors=(404, 409, 413, 422),
        has_version=True,
    ),
    Operation("GET", f"{_DEPARTMENT}/plan", get_plan, {200: DepartmentPlan}, may=_MAY, errors=(404,), has_version=True),
    Operation(
        "PATCH",
        f"{_DEPARTMENT}/plan",
        change_plan,
        {200: DepartmentPlan},
        DepartmentChange,
        may=_MAY,
        errors=(404, 413, 422),
        has_version=True,
        match="must",
    ),
    Operation("DELETE", _DEPARTMENT, remove_department, {204: None}, may=_MAY, errors=(404, 409), match="must"),
    Operation(
        "POST",
        "/api/v1/rooms",
        add_room,
        {201: RoomPlan},
        NewRoom,
        may=_MAY,
        errors=(404, 409, 413, 422),
        has_version=True,
    ),
    Operation("GET", f"{_ROOM}/plan", get_room_plan, {200: RoomPlan}, may=_MAY, errors=(404,), has_version=True),
    Operation(
        "PATCH",
        f"{_ROOM}/plan",
        change_room_plan,
        {200: RoomPlan},
        RoomChange,
        may=_MAY,
        errors=(404, 409, 413, 422),
        has_version=True,
        match="must",
    ),
    Operation("DELETE", _ROOM, remove_room, {204: None}, may=_MAY, errors=(404, 409), match="must"),
)
