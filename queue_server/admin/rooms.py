"""Rooms: a list, and a form for each."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin import forms
from queue_server.admin.forms import Typed
from queue_server.admin.languages import asked_for, missing
from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.names import text_in
from queue_server.domain.errors import BadFields, ChangedMeanwhile, StillInUse, UnknownRoom
from queue_server.live.json_views import Json
from queue_server.web.bodies import path_number
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

PATH = "/admin/rooms"


@dataclass(frozen=True)
class RoomsPage(Page):
    """Every room, and a form for one more."""

    template = "admin/rooms.html"

    rooms: list[Json]
    #: Code and name.
    departments: list[tuple[str, str]]
    typed: Typed
    #: The languages in which names are asked for, code and name.
    asked: dict[str, str]
    #: The fields of names that are missing beside others.
    missing: set[str]
    #: The clinic's languages, code and name.
    spoken: dict[str, str]


@dataclass(frozen=True)
class RoomFormPage(Page):
    """The form of one room, by its id."""

    template = "admin/room.html"

    typed: Typed
    room: int
    #: Code and name.
    departments: list[tuple[str, str]]
    labels: dict[str, str]
    #: The languages in which names are asked for, code and name.
    asked: dict[str, str]
    #: The fields of names that are missing beside others.
    missing: set[str]


async def rooms(request: Request) -> Response:
    """Every room, and a form for one more."""
    by = await allowed(request, May.KEEP_PLACES)
    return await _list(request, by, Typed({}))


async def add(request: Request) -> Response:
    """Add a room."""
    by = await allowed(request, May.KEEP_PLACES)
    typed = await forms.sent(request)
    try:
        await services(request).clinic.departments.add_room(forms.nested(typed.values), by=by)
    except BadFields as error:
        return await _list(request, by, forms.refused(request, typed, error))
    return RedirectResponse(PATH, 303)


async def edit(request: Request) -> Response:
    """The form of one room."""
    by = await allowed(request, May.KEEP_PLACES)
    room_id = path_number(request, "room")
    return await _form(request, by, forms.shown(await _plan(request, room_id)), room_id)


async def save(request: Request) -> Response:
    """Save the room."""
    by = await allowed(request, May.KEEP_PLACES)
    room_id, typed = path_number(request, "room"), await forms.sent(request)
    try:
        await services(request).clinic.departments.save_room(
            room_id, forms.nested(typed.values), forms.seen(typed), by=by
        )
    except (BadFields, ChangedMeanwhile, StillInUse) as error:
        now = await _plan(request, room_id)
        return await _form(request, by, forms.refused(request, typed, error, now), room_id)
    return RedirectResponse(PATH, 303)


async def remove(request: Request) -> Response:
    """Remove the room."""
    by = await allowed(request, May.KEEP_PLACES)
    room_id = path_number(request, "room")
    try:
        await services(request).clinic.departments.remove_room(room_id, by=by)
    except StillInUse as error:
        typed = forms.refused(request, forms.shown(await _plan(request, room_id)), error)
        return await _form(request, by, typed, room_id)
    return RedirectResponse(PATH, 303)


async def department_options(request: Request) -> list[tuple[str, str]]:
    """Code and name of every department."""
    language = language_of(request)
    return [(one.code, one.name(language)) for one in await services(request).clinic.queues.departments()]


async def _table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    names, language = dict(await department_options(request)), language_of(request)
    return [
        (str(room["code"]), text_in(room["names"], language), str(names.get(room["department"], room["department"])))
        for room in await services(request).clinic.departments.rooms()
    ]


async def _plan(request: Request, room_id: int) -> Json:
    for room in await services(request).clinic.departments.rooms():
        if room["id"] == room_id:
            return {name: value for name, value in room.items() if name != "id"}
    raise UnknownRoom(str(room_id))


async def _list(request: Request, by: Actor, typed: Typed) -> Response:
    rows, options = await services(request).clinic.departments.rooms(), await department_options(request)
    asked, lacking = await asked_for(request, typed, "names"), await missing(request, typed, "names")
    spoken = await asked_for(request, Typed({}))
    return framed(request, by, RoomsPage(rows, options, typed, asked, lacking, spoken), typed.status)


async def _form(request: Request, by: Actor, typed: Typed, room_id: int) -> Response:
    labels = {
        "code": say(request, "Short code"),
        "names": say(request, "Name"),
        "department": say(request, "Department"),
    }
    asked, lacking = await asked_for(request, typed, "names"), await missing(request, typed, "names")
    options = await department_options(request)
    return framed(request, by, RoomFormPage(typed, room_id, options, labels, asked, lacking), typed.status)


routes: list[BaseRoute] = [
    Route(PATH, rooms),
    table_route(f"{TABLES}/rooms", May.KEEP_PLACES, "Rooms", ("Short code", "Name", "Department"), _table),
    Route(PATH, add, methods=["POST"]),
    Route(f"{PATH}/{{room:int}}", edit),
    Route(f"{PATH}/{{room:int}}", save, methods=["POST"]),
    Route(f"{PATH}/{{room:int}}/remove", remove, methods=["POST"]),
]
