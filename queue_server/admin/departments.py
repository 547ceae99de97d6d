"""Departments: a list in the order in which they are shown, and a form for each."""

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
from queue_server.domain.clinic.configuration import DepartmentPlan, line_of, spans_of, written
from queue_server.domain.clinic.names import text_in
from queue_server.domain.clinic.opening_hours import WEEKDAYS
from queue_server.domain.errors import BadFields, ChangedMeanwhile, StillInUse
from queue_server.live.json_views import Json
from queue_server.web.bodies import form
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

PATH = "/admin/departments"
#: Fields that are ticked or not.
FLAGS = ("is_open", "must_arrive")
#: Of the list to take away.
HEADINGS = ("Short code", "Name", "Prefix", "Rooms", "Waiting", "Opening hours")


@dataclass(frozen=True)
class DepartmentsPage(Page):
    """Every department in the order in which they are shown, and those that were removed."""

    template = "admin/departments.html"

    departments: list[Json]
    removed: list[Json]
    error: str
    #: The clinic's languages, code and name.
    spoken: dict[str, str]


@dataclass(frozen=True)
class DepartmentPage(Page):
    """The form of one department; `code` is none for a new one."""

    template = "admin/department.html"

    typed: Typed
    code: str | None
    #: Key and name.
    weekdays: list[tuple[str, str]]
    labels: dict[str, str]
    #: The languages in which names are asked for, code and name.
    asked: dict[str, str]
    #: The fields of names on displays that are missing beside others.
    missing: set[str]


async def departments(request: Request) -> Response:
    """Every department, and those that were removed."""
    return await _list(request, await allowed(request, May.KEEP_PLACES))


async def _table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    language = language_of(request)
    return [
        (
            *(str(one["code"]), text_in(one["names"], language) or one["code"], str(one["prefix"])),
            ", ".join(text_in(one["room_names"].get(code, {}), language) or code for code in one["rooms"]),
            *(str(one["waiting"]), _hours(request, one)),
        )
        for one in await services(request).clinic.departments.all()
    ]


def _hours(request: Request, department: Json) -> str:
    """`Monday 09:00–13:00; …`, or that it is closed or always open."""
    if not department["is_open"]:
        return say(request, "Closed")
    if department["hours"] is None:
        return say(request, "Always")
    names = dict(weekdays(request))
    return "; ".join(f"{names[day]} {line_of(spans)}" for day, spans in department["hours"].items())


async def new(request: Request) -> Response:
    """An empty form."""
    by = await allowed(request, May.KEEP_PLACES)
    return await _form(request, by, _shown(written(DepartmentPlan("", "", {}, "", ""))), code=None)


async def add(request: Request) -> Response:
    """Add the department with its rooms."""
    by = await allowed(request, May.KEEP_PLACES)
    typed = await forms.sent(request)
    rooms = forms.lines(typed, "rooms")
    try:
        await services(request).clinic.departments.add({**_plan(typed), "rooms": rooms}, by=by)
    except BadFields as error:
        return await _form(request, by, forms.refused(request, typed, error), code=None)
    return RedirectResponse(PATH, 303)


async def edit(request: Request) -> Response:
    """The form of one department."""
    by = await allowed(request, May.KEEP_PLACES)
    code = request.path_params["code"]
    return await _form(request, by, _shown(await services(request).clinic.departments.one(code)), code)


async def save(request: Request) -> Response:
    """Save the department."""
    by = await allowed(request, May.KEEP_PLACES)
    code, typed = request.path_params["code"], await forms.sent(request)
    known = services(request).clinic.departments
    try:
        await known.save(code, _plan(typed), forms.seen(typed), by=by)
    except (BadFields, ChangedMeanwhile) as error:
        return await _form(request, by, forms.refused(request, typed, error, await known.one(code)), code)
    return RedirectResponse(PATH, 303)


async def change(request: Request) -> Response:
    """What the list's own buttons do: move, remove, restore."""
    by = await allowed(request, May.KEEP_PLACES)
    known, code = services(request).clinic.departments, request.path_params["code"]
    what = (await form(request, "what"))["what"]
    try:
        if what == "remove":
            await known.remove(code, by=by)
        elif what == "restore":
            await known.restore(code, by=by)
        else:
            await known.move(code, {"earlier": -1, "later": 1}.get(what, 0), by=by)
    except StillInUse as error:
        return await _list(request, by, 409, error=f"{code}: {forms.still_in_use(request, error)}")
    return RedirectResponse(PATH, 303)


async def _list(request: Request, by: Actor, status: int = 200, error: str = "") -> Response:
    known = services(request).clinic.departments
    spoken = await asked_for(request, Typed({}))
    return framed(request, by, DepartmentsPage(await known.all(), await known.removed(), error, spoken), status)


async def _form(request: Request, by: Actor, typed: Typed, code: str | None) -> Response:
    asked = await asked_for(request, typed, "names", "private_names")
    lacking = await missing(request, typed, "private_names")
    shown = DepartmentPage(typed, code, weekdays(request), _labels(request), asked, lacking)
    return framed(request, by, shown, typed.status)


def weekdays(request: Request) -> list[tuple[str, str]]:
    """Each weekday's key and its name."""
    names = (
        say(request, "Monday"),
        say(request, "Tuesday"),
        say(request, "Wednesday"),
        say(request, "Thursday"),
        say(request, "Friday"),
        say(request, "Saturday"),
        say(request, "Sunday"),
    )
    return list(zip(WEEKDAYS, names, strict=True))


def _shown(plan: Json) -> Typed:
    """The form of this department: hours are a line a day."""
    typed = forms.shown(plan)
    hours = plan["hours"] or {}
    typed.values |= {f"hours.{day}": line_of(hours.get(day, ())) for day in WEEKDAYS}
    typed.values |= {
        "when": "always" if plan["hours"] is None else "hours",
        **{name: "yes" if plan[name] else "" for name in FLAGS},
    }
    return typed


def _plan(typed: Typed) -> Json:
    """What the form says, as JSON."""
    values = {name: value for name, value in typed.values.items() if name not in {"rooms", "when", "code", *FLAGS}}
    made = forms.nested(values)
    hours = made.pop("hours", {})
    is_always = typed.text("when") != "hours" or not isinstance(hours, dict)
    made["hours"] = None if is_always else {day: spans_of(str(line)) for day, line in hours.items() if line}
    return made | {name: bool(typed.text(name)) for name in FLAGS} | {"code": typed.text("code")}


def _labels(request: Request) -> dict[str, str]:
    """What each field is called when somebody else has changed it."""
    return {
        "prefix": say(request, "Prefix of the numbers"),
        "names": say(request, "Name"),
        "private_names": say(request, "Name on displays"),
        "icon": say(request, "Icon"),
        "colour": say(request, "Colour"),
        "is_open": say(request, "Gives out numbers"),
        "pace_s": say(request, "Length of a consultation"),
        "return_after": say(request, "Missed patients return after"),
        "credits": say(request, "Priorities"),
        "hours": say(request, "Opening hours"),
        "daily_quota": say(request, "Numbers per day"),
        "must_arrive": say(request, "“I am here”"),
        "place_kept_min": say(request, "Minutes for which a place is kept"),
    }


routes: list[BaseRoute] = [
    Route(PATH, departments),
    table_route(f"{TABLES}/departments", May.KEEP_PLACES, "Departments", HEADINGS, _table),
    Route(f"{PATH}/new", new),
    Route(f"{PATH}/new", add, methods=["POST"]),
    Route(f"{PATH}/{{code}}", edit),
    Route(f"{PATH}/{{code}}", save, methods=["POST"]),
    Route(f"{PATH}/{{code}}/change", change, methods=["POST"]),
]
