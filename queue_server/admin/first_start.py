"""The first start in the browser: the code, the first account, the clinic, its departments, and what comes next."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin import forms
from queue_server.admin.displays import lists_for, settings_plan
from queue_server.admin.forms import Typed
from queue_server.admin.languages import asked_for
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.clinic import DEFAULT_NAME
from queue_server.domain.errors import BadFields, BadInput, ChangedMeanwhile, LoginRequired, StillInUse, WeakPassword
from queue_server.domain.people.staff import SHORTEST_PASSWORD
from queue_server.live.json_views import Json
from queue_server.web.bodies import form, path_number
from queue_server.web.errors import STATUS, looked_up
from queue_server.web.identity import allowed, keep_session, services
from queue_server.web.limits import WRONG_CODES, address, count_wrong, limits
from queue_server.web.own_account import password_wrong
from queue_server.web.pages import Page, page, say
from queue_server.web.state import Request

PATH = "/set-up"
FIELDS = ("code", "login", "password", "name")


@dataclass(frozen=True)
class FirstAccountPage(Page):
    """The code and the first account. `wrong` is the field that `error` is about."""

    template = "set_up/account.html"

    typed: dict[str, str]
    wrong: str = ""
    error: str = ""
    step: int = 1
    shortest_password: int = SHORTEST_PASSWORD


@dataclass(frozen=True)
class FirstSettingsPage(Page):
    """The clinic's name, time zone and languages."""

    template = "set_up/clinic.html"

    typed: Typed
    zones: tuple[tuple[str, str], ...]
    countries: tuple[tuple[str, str], ...]
    step: int = 2


@dataclass(frozen=True)
class FirstDepartmentsPage(Page):
    """The departments that there are, and the form for one more."""

    template = "set_up/departments.html"

    typed: Typed
    departments: list[Json]
    rooms: list[Json]
    #: The languages in which names are asked for, code and name.
    asked: dict[str, str]
    step: int = 3


@dataclass(frozen=True)
class DonePage(Page):
    """What comes next."""

    template = "set_up/done.html"

    step: int = 4


async def begin_page(request: Request) -> Response:
    """Ask for the code and for the first account; later go on where it stopped, or to the administration."""
    if not await services(request).people.first_start.is_due():
        return RedirectResponse(await _next_step(request), 303)
    return page(request, FirstAccountPage(dict.fromkeys(FIELDS, "")))


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
        return page(request, FirstAccountPage(typed, "code", wrong), looked_up(STATUS, type(error)))
    except BadInput as error:
        words = (
            password_wrong(request, error)["password"]
            if isinstance(error, WeakPassword)
            else say(request, "Please choose a login without spaces.")
        )
        return page(request, FirstAccountPage(typed, str(error.details["field"]), words), 422)
    response = RedirectResponse(f"{PATH}/clinic", 303)
    keep_session(response, request, await known.people.accounts.log_in(typed["login"], typed["password"]))
    return response


async def clinic_page(request: Request) -> Response:
    """The clinic's name, time zone and languages."""
    await allowed(request, May.RUN_CLINIC)
    typed = forms.shown(await services(request).clinic.settings.read())
    typed.values["first"] = typed.list("languages")[0]
    return page(request, FirstSettingsPage(typed, *lists_for(request, typed)))


async def save_clinic(request: Request) -> Response:
    """Save the clinic's name."""
    by = await allowed(request, May.RUN_CLINIC)
    typed = await forms.sent(request, lists=["languages"])
    known = services(request).clinic.settings
    try:
        await known.save(settings_plan(typed), None, by=by)
    except (BadFields, ChangedMeanwhile) as error:
        again = forms.refused(request, typed, error, await known.read())
        return page(request, FirstSettingsPage(again, *lists_for(request, again)), again.status)
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
    rooms = forms.lines(typed, "rooms")
    values = {name: value for name, value in typed.values.items() if name != "rooms"}
    plan = forms.nested(values) | {"code": typed.text("code") or typed.text("prefix"), "rooms": rooms}
    try:
        await services(request).clinic.departments.add(plan, by=by)
    except BadFields as error:
        return await _departments(request, forms.refused(request, typed, error))
    return RedirectResponse(f"{PATH}/departments", 303)


async def save_room(request: Request) -> Response:
    """Another code or name for a room."""
    by = await allowed(request, May.RUN_CLINIC)
    room_id, typed = path_number(request, "room"), await forms.sent(request)
    return await _room(
        request, services(request).clinic.departments.save_room(room_id, forms.nested(typed.values), None, by=by)
    )


async def remove_room(request: Request) -> Response:
    """Remove the room."""
    by = await allowed(request, May.RUN_CLINIC)
    room_id = path_number(request, "room")
    return await _room(request, services(request).clinic.departments.remove_room(room_id, by=by))


async def _room(request: Request, change: Awaitable[None]) -> Response:
    try:
        await change
    except BadFields as error:
        said = " ".join(forms.words(request, problem) for problem in error.problems)
        return await _departments(request, Typed({}, error=said, status=looked_up(STATUS, BadFields)))
    except StillInUse as error:
        return await _departments(request, forms.refused(request, Typed({}), error))
    return RedirectResponse(f"{PATH}/departments", 303)


async def done_page(request: Request) -> Response:
    """What comes next: people, devices, the roster. Without a department no clinic is ready: its page comes first."""
    await allowed(request, May.RUN_CLINIC)
    if not await services(request).clinic.departments.all():
        return RedirectResponse(await _next_step(request), 303)
    return page(request, DonePage())


async def _departments(request: Request, typed: Typed) -> Response:
    known = services(request).clinic.departments
    asked = await asked_for(request, typed, "names")
    shown = FirstDepartmentsPage(typed, await known.all(), await known.rooms(), asked)
    return page(request, shown, typed.status)


routes: list[BaseRoute] = [
    Route(PATH, begin_page),
    Route(PATH, begin, methods=["POST"]),
    Route(f"{PATH}/clinic", clinic_page),
    Route(f"{PATH}/clinic", save_clinic, methods=["POST"]),
    Route(f"{PATH}/departments", departments_page),
    Route(f"{PATH}/departments", add_department, methods=["POST"]),
    Route(f"{PATH}/rooms/{{room:int}}", save_room, methods=["POST"]),
    Route(f"{PATH}/rooms/{{room:int}}/remove", remove_room, methods=["POST"]),
    Route(f"{PATH}/done", done_page),
]
