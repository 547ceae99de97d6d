"""Departments, rooms and queues."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from queue_server.api.models import Departments, DepartmentView, QueueView, Rooms, RoomView
from queue_server.api.openapi import Operation
from queue_server.api.request_context import PAGE, cursor, paged
from queue_server.domain.access.authorisation import May
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def list_departments(request: Request) -> Response:
    """List the departments with the people who wait and the wait of a newcomer."""
    await allowed(request, May.READ_QUEUES)
    return paged("departments", await services(request).screens.lists.departments(*cursor(request)))


async def get_department(request: Request) -> Response:
    """Say how a department stands."""
    await allowed(request, May.READ_QUEUES)
    return JSONResponse(await services(request).screens.lists.department(request.path_params["department"]))


async def get_queue(request: Request) -> Response:
    """List a department's live tokens in order."""
    await allowed(request, May.READ_QUEUES)
    return JSONResponse(await services(request).screens.token_pages.queue(request.path_params["department"]))


async def list_rooms(request: Request) -> Response:
    """List the rooms with who is on duty there, and the token that is called or served."""
    await allowed(request, May.READ_QUEUES)
    return paged("rooms", await services(request).screens.lists.rooms(*cursor(request)))


async def get_room(request: Request) -> Response:
    """Say who is on duty in a room, and which token is called or served there."""
    await allowed(request, May.READ_QUEUES)
    return JSONResponse(await services(request).screens.lists.room(request.path_params["room"]))


_READ = May.READ_QUEUES

OPERATIONS = (
    Operation("GET", "/api/v1/departments", list_departments, {200: Departments}, may=_READ, query=PAGE, errors=(422,)),
    Operation(
        "GET", "/api/v1/departments/{department}", get_department, {200: DepartmentView}, may=_READ, errors=(404,)
    ),
    Operation("GET", "/api/v1/departments/{department}/queue", get_queue, {200: QueueView}, may=_READ, errors=(404,)),
    Operation("GET", "/api/v1/rooms", list_rooms, {200: Rooms}, may=_READ, query=PAGE, errors=(422,)),
    Operation("GET", "/api/v1/rooms/{room}", get_room, {200: RoomView}, may=_READ, errors=(404,)),
)
