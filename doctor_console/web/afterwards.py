"""At a room's console: what was done by voice while the server was away, entered in one sheet."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from doctor_console.web.room_access import at_room
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.clinic import Room
from queue_server.domain.errors import NotAllowed
from queue_server.locale.rooms import room_words
from queue_server.web.afterwards import SheetPlace, show_sheet, take_sheet
from queue_server.web.identity import allowed, services
from queue_server.web.pages import language_of, say
from queue_server.web.state import Request


async def sheet(request: Request) -> Response:
    """An empty sheet of the room's own. Whoever is not on duty there yet comes to the page that offers it."""
    await allowed(request, May.WORK_IN_ROOM)
    try:
        doctor, room = await at_room(request)
    except NotAllowed:
        return RedirectResponse(f"/doctor/{quote(request.path_params['room'])}", 303)
    return await show_sheet(request, await _place(request, room), doctor)


async def take(request: Request) -> Response:
    """The sheet is checked, or entered."""
    doctor, room = await at_room(request)
    return await take_sheet(request, await _place(request, room), doctor)


async def _place(request: Request, room: Room) -> SheetPlace:
    department = (await services(request).clinic.queues.of(room.department_id)).department
    console = f"/doctor/{quote(room.code)}"
    title = room_words(partial(say, request), room.code, room.name(language_of(request)))
    return SheetPlace(f"{console}/afterwards", console, title, room.code, department.code)


routes: list[BaseRoute] = [
    Route("/doctor/{room}/afterwards", sheet),
    Route("/doctor/{room}/afterwards", take, methods=["POST"]),
]
