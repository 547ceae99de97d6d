"""Departments: a list in the order in which they are shown, and a form for each."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin import forms
from queue_server.admin.forms import Typed
from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.configuration import COLOURS, ICONS, DepartmentPlan, line_of, spans_of, written
from queue_server.domain.clinic.opening_hours import WEEKDAYS
from queue_server.domain.errors import BadFields, ChangedMeanwhile, StillInUse
from queue_server.live.json_views import Json
from queue_server.web.bodies import form
from queue_server.web.identity import allowed, services
from queue_server.web.pages import say
from queue_server.web.state import Request

PATH = "/admin/departments"


async def departments(request: Request) -> Response:
    """Every department, and those that were removed."""
    return await _list(request, await allowed(request, May.RUN_CLINIC))


async def new(request: Request) -> Response:
    """An empty form."""
    by = await allowed(request, May.RUN_CLINIC)
    return _form(request, by, _shown(written(DepartmentPlan("", "", {}))), code=None)


async def add(request: Request) -> Response:
    """Add the department with its rooms."""
    by = await allowed(request, May.RUN_CLINIC)
    typed = await forms.sent(request)
    rooms = [code for code in typed.text("rooms").replace(",", " ").split() if code]
    try:
        await services(request).clinic.departments.add({**_plan(typed), "rooms": rooms}, by=by)
    except BadFields as error:
        return _form(request, by, forms.refused(request, typed, error), code=None)
    return RedirectResponse(PATH, 303)


async def edit(request: Request) -> Response:
    """The form of one department."""
    by = await allowed(request, May.RUN_CLINIC)
    code = request.path_params["code"]
    return _form(request, by, _shown(await services(request).clinic.departments.one(code)), code)


async def save(request: Request) -> Response:
    """Save the department."""
    by = await allowed(request, May.RUN_CLINIC)
    code, typed = request.path_params["code"], await forms.sent(request)
    known = services(request).clinic.departments
    try:
        await known.save(code, _plan(typed), forms.seen(typed), by=by)
    except (BadFields, ChangedMeanwhile) as error:
        return _form(request, by, forms.refused(request, typed, error, await known.one(code)), code)
    return RedirectResponse(PATH, 303)


async def change(request: Request) -> Response:
    """What the list's own buttons do: move, remove, restore."""
    by = await allowed(request, May.RUN_CLINIC)
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


async def _list(request: Request, by: Actor, status: int = 200, **more: Any) -> Response:
    known = services(request).clinic.departments
    rows, removed = await known.all(), await known.removed()
    return framed(request, by, "admin/departments.html", status, departments=rows, removed=removed, **more)


def _form(request: Request, by: Actor, typed: Typed, code: str | None) -> Response:
    context: dict[str, Any] = {
        "typed": typed,
        "code": code,
        "weekdays": weekdays(request),
        "icons": ICONS,
        "colours": COLOURS,
        "labels": _labels(request),
    }
    return framed(request, by, "admin/department.html", typed.status, **context)


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
        "is_open": "yes" if plan["is_open"] else "",
    }
    return typed


def _plan(typed: Typed) -> Json:
    """What the form says, as JSON."""
    values = {name: value for name, value in typed.values.items() if name not in {"rooms", "when", "is_open", "code"}}
    made = forms.nested(values)
    hours = made.pop("hours", {})
    is_always = typed.text("when") != "hours" or not isinstance(hours, dict)
    made["hours"] = None if is_always else {day: spans_of(str(line)) for day, line in hours.items() if line}
    return made | {"is_open": bool(typed.text("is_open")), "code": typed.text("code")}


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
    }


routes: list[BaseRoute] = [
    Route(PATH, departments),
    Route(f"{PATH}/new", new),
    Route(f"{PATH}/new", add, methods=["POST"]),
    Route(f"{PATH}/{{code}}", edit),
    Route(f"{PATH}/{{code}}", save, methods=["POST"]),
    Route(f"{PATH}/{{code}}/change", change, methods=["POST"]),
]
