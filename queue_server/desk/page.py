"""The desk: the queues side by side, live; and on a page of their own what became of the slips and the printers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypedDict

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.analytics.report import plain
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.names import text_in
from queue_server.domain.devices.keepers import TaskKind
from queue_server.domain.queue.tokens import State
from queue_server.live import topic_names
from queue_server.live.json_views import Json
from queue_server.locale.rooms import room_words
from queue_server.web.bodies import Body, idempotency_key, parsed, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, moment, page, say
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.tables import table_answer
from queue_server.web.watching import Watch, watched


@dataclass(frozen=True)
class DeskPage(Page):
    """The queues side by side."""

    template = "desk/desk.html"

    view: Mapping[str, object]
    data: Json


class TaskView(TypedDict):
    """A number that the desk should look at, and the token's page."""

    id: int
    kind: TaskKind
    number: str
    token: int | None
    device: str
    at: str


@dataclass(frozen=True)
class SlipsPage(Page):
    """Slips and printers; the contents come over the live line."""

    template = "desk/slips.html"

    data: Json
    tasks: list[TaskView]


class Again(Body):
    """Where the further slip is printed."""

    place: str


async def desk(request: Request) -> Response:
    """The queues as they are now; scripts keep them so."""
    who = await allowed(request, May.RUN_DESK)
    known = services(request)
    view = (await known.screens.desk.queues(who.departments)).data
    zone = (await known.clinic.queues.clinic()).zone
    return page(request, DeskPage(view, {"time_zone": str(zone)}))


async def day_list(request: Request) -> Response:
    """Every number of today, to take away."""
    who = await allowed(request, May.RUN_DESK)
    known = services(request)
    clinic, names = await known.clinic.queues.clinic(), await known.clinic.queues.room_names()
    departments = {one.code: one.name(language_of(request)) for one in await known.clinic.queues.departments()}
    gettext, states, priorities = partial(say, request), _states(request), _priorities(request)
    rows = [
        (
            *(one["number"], departments.get(one["department"], one["department"])),
            *(states[one["state"]], priorities.get(one["priority"], "")),
            room_words(gettext, one["room"], text_in(names.get(one["room"], {}), language_of(request)))
            if one["room"]
            else "",
            f"{datetime.fromisoformat(one['at']).astimezone(clinic.zone):%H:%M}" if one["at"] else "",
        )
        for one in await known.screens.desk.whole_day(who.departments)
    ]
    headings = tuple(map(gettext, ("Number", "Department", "State", "Priority", "Room", "At")))
    day = (await known.clinic.queues.day()).isoformat()
    return await table_answer(request, f"numbers-{day}", [plain("numbers", day, headings, rows)])


def _states(request: Request) -> dict[State, str]:
    return {
        State.WAITING: say(request, "Waiting"),
        State.CALLED: say(request, "Called"),
        State.SERVING: say(request, "With the doctor"),
        State.HELD: say(request, "On hold"),
        State.MISSED: say(request, "Missed"),
        State.ATTENDED: say(request, "Attended"),
        State.EXPIRED: say(request, "Expired"),
        State.CANCELLED: say(request, "Cancelled"),
        State.TRANSFERRED: say(request, "Transferred"),
    }


def _priorities(request: Request) -> dict[str, str]:
    return {
        "assisted": say(request, "Assisted"),
        "urgent": say(request, "Urgent"),
        "emergency": say(request, "Emergency"),
    }


async def slips(request: Request) -> Response:
    """Slips and printers; the contents come over the live line."""
    await allowed(request, May.RUN_DESK)
    known = services(request)
    zone = (await known.clinic.queues.clinic()).zone
    tasks: list[TaskView] = [
        {
            "id": one.id,
            "kind": one.kind,
            "number": one.number,
            "token": one.token_id,
            "device": one.device,
            "at": moment(request, one.at, zone),
        }
        for one in await known.devices.handing_in.tasks()
    ]
    return page(request, SlipsPage({"time_zone": str(zone)}, tasks))


async def task_done(request: Request) -> Response:
    """The desk has looked at this number."""
    who = await allowed(request, May.RUN_DESK)
    await services(request).devices.handing_in.finish(path_number(request, "task"), by=who)
    return RedirectResponse("/desk/slips", 303)


async def print_again(request: Request) -> Response:
    """Print a further slip of this job's token, marked as a copy."""
    who = await allowed(request, May.RUN_DESK)
    asked = await parsed(request, Again)
    key = idempotency_key(request)
    job = await services(request).devices.printing.again(path_number(request, "job"), asked.place, by=who, key=key)
    return JSONResponse({"print_job": job}, 201)


async def drop(request: Request) -> Response:
    """Nobody needs this slip."""
    who = await allowed(request, May.RUN_DESK)
    await services(request).devices.printing.drop(path_number(request, "job"), by=who)
    return JSONResponse({})


async def live(connection: HTTPConnection) -> Watch:
    """The frames of slips and printers."""
    return Watch(topic_names.DESK_SLIPS, await allowed(connection, May.RUN_DESK))


async def live_queues(connection: HTTPConnection) -> Watch:
    """The frames of the queues."""
    who = await allowed(connection, May.RUN_DESK)
    return Watch(topic_names.desk_queues(who.departments), who)


routes: list[BaseRoute] = [
    Route("/desk", desk),
    Route("/desk/day", day_list),
    Route("/desk/slips", slips),
    Route("/desk/prints/{job:int}/again", print_again, methods=["POST"]),
    Route("/desk/prints/{job:int}/drop", drop, methods=["POST"]),
    Route("/desk/tasks/{task:int}/done", task_done, methods=["POST"]),
    *watched("/desk", live),
    *watched("/desk/queues", live_queues),
]
