"""The first start in the browser: the code, the first account, the clinic, its departments, and what comes next."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin import forms
from queue_server.admin.displays import lists_for, settings_plan
from queue_server.admin.forms import Typed
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.clinic import DEFAULT_NAME
from queue_server.domain.errors import BadFields, BadInput, ChangedMeanwhile, LoginRequired, WeakPassword
from queue_server.domain.people.staff import SHORTEST_PASSWORD
from queue_server.web.bodies import form
from queue_server.web.errors import STATUS, looked_up
from queue_server.web.identity import allowed, keep_session, services
from queue_server.web.limits import WRONG_CODES, address, count_wrong, limits
from queue_server.web.own_account import password_wrong
from queue_server.web.pages import page, say
from queue_server.web.state import Request

PATH = "/set-up"
FIELDS = ("code", "login", "password", "name")


async def begin_page(request: Request) -> Response:
    """Ask for the code and for the first account; later go on where it stopped, or to the administration."""
    if not await services(request).people.first_start.is_due():
        return RedirectResponse(await _next_step(request), 303)
    return _page(request, 1, "account", typed=dict.fromkeys(FIELDS, ""))


async def _next_step(request: Request) -> str:
    """The first page of the set-up whose answers are missing; the administration when none is."""
    if await services(request).clinic.departments.all():
        return "/admin"
    is_named = (await services(request).clinic.settings.read())["name"] != DEFAULT_NAME
    return f"{PATH}/departments" if is_named else f"{PATH}/clinic"


async def begin(request: Request) -> Response:
    """Create the first administrator and log in."""
    limits(request).check(WRONG_CODES, "set-up", address(request))
    typed = await form(request, *FIELDS)
    known = services(request)
    try:
        await known.people.first_start.begin(typed["code"], typed["login"], typed["password"], typed["name"])
    except LoginRequired as error:
        count_wrong(request, WRONG_CODES, "set-up")
        wrong = say(request, "This is not the code. It is shown in the window in which the server was started.")
        return _page(request, 1, "account", looked_up(STATUS, type(error)), typed=typed, wrong="code", error=wrong)
    except BadInput as error:
        words = (
            password_wrong(request, error)["password"]
            if isinstance(error, WeakPassword)
            else say(request, "Please choose a login without spaces.")
        )
        return _page(request, 1, "account", 422, typed=typed, wrong=str(error.details["field"]), error=words)
    response = RedirectResponse(f"{PATH}/clinic", 303)
    keep_session(response, request, await known.people.accounts.log_in(typed["login"], typed["password"]))
    return response


async def clinic_page(request: Request) -> Response:
    """The clinic's name, time zone and languages."""
    await allowed(request, May.RUN_CLINIC)
    typed = forms.shown(await services(request).clinic.settings.read())
    typed.values["first"] = typed.list("languages")[0]
    return _page(request, 2, "clinic", typed=typed, **lists_for(request))


async def save_clinic(request: Request) -> Response:
    """Save the clinic's name."""
    by = await allowed(request, May.RUN_CLINIC)
    typed = await forms.sent(request, lists=["languages"])
    known = services(request).clinic.settings
    try:
        await known.save(settings_plan(typed), None, by=by)
    except (BadFields, ChangedMeanwhile) as error:
        again = forms.refused(request, typed, error, await known.read())
        return _page(request, 2, "clinic", again.status, typed=again, **lists_for(request))
    await services(request).clinic.queues.clinic()
    return RedirectResponse(f"{PATH}/departments", 303)


async def departments_page(request: Request) -> Response:
    """What there is already, and a form for one more department."""
    await allowed(request, May.RUN_CLINIC)
    return await _departments(request, Typed({}))


async def add_department(request: Request) -> Response:
    """One more department with its rooms."""
    by = await allowed(request, May.RUN_CLINIC)
    typed = await forms.sent(request)
    rooms = typed.text("rooms").replace(",", " ").split()
    values = {name: value for name, value in typed.values.items() if name != "rooms"}
    plan = forms.nested(values) | {"code": typed.text("code") or typed.text("prefix"), "rooms": rooms}
    try:
        await services(request).clinic.departments.add(plan, by=by)
    except BadFields as error:
        return await _departments(request, forms.refused(request, typed, error))
    return RedirectResponse(f"{PATH}/departments", 303)


async def done_page(request: Request) -> Response:
    """What comes next: people, devices, the roster."""
    await allowed(request, May.RUN_CLINIC)
    return _page(request, 4, "done")


async def _departments(request: Request, typed: Typed) -> Response:
    rows = await services(request).clinic.departments.all()
    return _page(request, 3, "departments", typed.status, typed=typed, departments=rows)


def _page(request: Request, step: int, name: str, status: int = 200, **more: Any) -> Response:
    context: dict[str, Any] = {"step": step, "wrong": "", "shortest_password": SHORTEST_PASSWORD, **more}
    return page(request, f"set_up/{name}.html", status, **context)


routes: list[BaseRoute] = [
    Route(PATH, begin_page),
    Route(PATH, begin, methods=["POST"]),
    Route(f"{PATH}/clinic", clinic_page),
    Route(f"{PATH}/clinic", save_clinic, methods=["POST"]),
    Route(f"{PATH}/departments", departments_page),
    Route(f"{PATH}/departments", add_department, methods=["POST"]),
    Route(f"{PATH}/done", done_page),
]
