"""Displays and the clinic's own settings."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin import forms
from queue_server.admin.forms import Typed
from queue_server.admin.languages import asked_for, missing, reviews
from queue_server.admin.layout import framed
from queue_server.admin.places import countries, time_zones
from queue_server.admin.rooms import department_options
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.configuration import DisplayPlan, line_of, spans_of, written
from queue_server.domain.clinic.legibility import layout, reads_to_m
from queue_server.domain.errors import BadFields, ChangedMeanwhile, StillInUse
from queue_server.live.json_views import Json
from queue_server.locale import LANGUAGES
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

PATH = "/admin/displays"
SETTINGS = "/admin/settings"
LISTS = ("departments", "languages")
#: Of the list to take away.
HEADINGS = ("Name", "Departments", "Layout", "Readable up to", "Volume", "Devices")


@dataclass(frozen=True)
class DisplaysPage(Page):
    """Every display."""

    template = "admin/displays.html"

    displays: list[Json]


@dataclass(frozen=True)
class DisplayPage(Page):
    """The form of one display, by its name; none for a new one. It can be read from so many metres."""

    template = "admin/display.html"

    typed: Typed
    display: str | None
    #: Code and name.
    departments: list[tuple[str, str]]
    reach_m: int | None
    labels: dict[str, str]
    #: The languages in which notices are asked for, code and name.
    asked: dict[str, str]
    #: The fields of notices that are missing beside others.
    missing: set[str]
    #: Whether the clinic takes part in ABDM.
    has_codes: bool


@dataclass(frozen=True)
class SettingsPage(Page):
    """The clinic's settings."""

    template = "admin/settings.html"

    typed: Typed
    labels: dict[str, str]
    is_saved: bool
    zones: tuple[tuple[str, str], ...]
    countries: tuple[tuple[str, str], ...]
    #: Code, name and review of every translation.
    reviews: list[tuple[str, str, str]]


async def displays(request: Request) -> Response:
    """List the displays."""
    by = await allowed(request, May.KEEP_SCREENS)
    return framed(request, by, DisplaysPage(await _rows(request)))


async def new(request: Request) -> Response:
    """An empty form."""
    by = await allowed(request, May.KEEP_SCREENS)
    return await _form(request, by, _shown(written(DisplayPlan(""))), None)


async def add(request: Request) -> Response:
    """Add a display."""
    by = await allowed(request, May.KEEP_SCREENS)
    typed = await forms.sent(request, lists=LISTS)
    try:
        name = await services(request).clinic.displays.add(_plan(typed), by=by)
    except BadFields as error:
        return await _form(request, by, forms.refused(request, typed, error), None)
    return RedirectResponse(f"{PATH}/{name}", 303)


async def edit(request: Request) -> Response:
    """The form of one display."""
    by = await allowed(request, May.KEEP_SCREENS)
    name = request.path_params["name"]
    return await _form(request, by, _shown(await services(request).clinic.displays.one(name)), name)


async def save(request: Request) -> Response:
    """Save the display."""
    by = await allowed(request, May.KEEP_SCREENS)
    name, typed = request.path_params["name"], await forms.sent(request, lists=LISTS)
    known = services(request).clinic.displays
    try:
        await known.save(name, _plan(typed), forms.seen(typed), by=by)
    except (BadFields, ChangedMeanwhile) as error:
        return await _form(request, by, forms.refused(request, typed, error, await known.one(name)), name)
    return RedirectResponse(PATH, 303)


async def remove(request: Request) -> Response:
    """Delete the display."""
    by = await allowed(request, May.KEEP_SCREENS)
    name, known = request.path_params["name"], services(request).clinic.displays
    try:
        await known.remove(name, by=by)
    except StillInUse as error:
        return await _form(request, by, forms.refused(request, _shown(await known.one(name)), error), name)
    return RedirectResponse(PATH, 303)


async def settings(request: Request) -> Response:
    """The clinic's settings."""
    by = await allowed(request, May.KEEP_SCREENS)
    typed = forms.shown(await services(request).clinic.settings.read())
    typed.values["first"] = typed.list("languages")[0]
    typed.values["papers_by_slip"] = "yes" if typed.values["papers_by_slip"] else ""
    return _settings(request, by, typed)


async def save_settings(request: Request) -> Response:
    """Save the settings."""
    by = await allowed(request, May.KEEP_SCREENS)
    typed = await forms.sent(request, lists=["languages"])
    known = services(request).clinic.settings
    try:
        await known.save(settings_plan(typed), forms.seen(typed), by=by)
    except (BadFields, ChangedMeanwhile) as error:
        return _settings(request, by, forms.refused(request, typed, error, await known.read()))
    await services(request).clinic.queues.clinic()  # the next page already has the new name
    return RedirectResponse(f"{SETTINGS}?saved=1", 303)


def settings_plan(typed: Typed) -> Json:
    """What the form of the settings says; the language that was chosen as the first one stands first."""
    plan: Json = {name: typed.values.get(name) for name in ("name", "time_zone", "roll_over")}
    plan["phone_region"] = typed.text("phone_region").strip().upper()
    chosen, first = typed.list("languages"), typed.text("first")
    ordered = [first, *(code for code in chosen if code != first)] if first in chosen else chosen
    # A box that is not ticked is not sent; the first set-up has no such box, and sends nothing that says so.
    opens = typed.text("papers_by_slip") != "" if typed.text("has_papers_box") else True
    return plan | {"languages": ordered, "papers_by_slip": opens}


async def _rows(request: Request) -> list[Json]:
    names = dict(await department_options(request))
    return [
        display
        | {
            "layout": layout(display["layout"], display["distance_m"], display["screen_inches"]),
            "shows": [names.get(code, code) for code in display["departments"]],
            "reach_m": _reach(display),
        }
        for display in await services(request).clinic.displays.all()
    ]


async def _table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    every = say(request, "All")
    layouts = {"full": say(request, "Calls and departments"), "calls": say(request, "Only calls")}
    return [
        (
            *(one["title"] or one["name"], ", ".join(one["shows"]) or every, layouts[one["layout"]]),
            *(say(request, "%(count)s m", count=one["reach_m"]), str(one["volume"]), ", ".join(one["devices"])),
        )
        for one in await _rows(request)
    ]


def _reach(display: Json) -> int:
    chosen = layout(display["layout"], display["distance_m"], display["screen_inches"])
    return int(reads_to_m(chosen, display["screen_inches"]))


async def _form(request: Request, by: Actor, typed: Typed, name: str | None) -> Response:
    shown = DisplayPage(
        typed=typed,
        display=name,
        departments=await department_options(request),
        reach_m=_reach(await services(request).clinic.displays.one(name)) if name else None,
        labels={
            "title": say(request, "Title"),
            "departments": say(request, "Departments"),
            "layout": say(request, "Layout"),
            "distance_m": say(request, "Distance of the last row in metres"),
            "screen_inches": say(request, "Size of the screen in inches"),
            "languages": say(request, "Languages"),
            "volume": say(request, "Volume"),
            "quiet": say(request, "Quiet hours"),
            "notices": say(request, "Notice"),
            "abha_code": say(request, "Code for ABHA apps"),
        },
        asked=await asked_for(request, typed, "notices"),
        missing=await missing(request, typed, "notices"),
        has_codes=services(request).programs.abdm is not None,
    )
    return framed(request, by, shown, typed.status)


def _settings(request: Request, by: Actor, typed: Typed) -> Response:
    labels = {
        "name": say(request, "Name of the clinic"),
        "time_zone": say(request, "Time zone"),
        "roll_over": say(request, "The day begins at"),
        "languages": say(request, "Languages"),
        "phone_region": say(request, "Country of phone numbers"),
        "papers_by_slip": say(request, "Papers with the slip"),
    }
    is_saved = "saved" in request.query_params
    shown = SettingsPage(typed, labels, is_saved, *lists_for(request, typed), reviews())
    return framed(request, by, shown, typed.status)


def lists_for(request: Request, typed: Typed) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """What the fields of the settings choose from: time zones, and countries."""
    return time_zones(typed.text("time_zone")), countries(language_of(request))


def _shown(plan: Json) -> Typed:
    typed = forms.shown(plan)
    typed.values["quiet"] = line_of(plan["quiet"])
    return typed


def _plan(typed: Typed) -> Json:
    made = forms.nested(typed.values)
    languages = [code for code in typed.list("languages") if code in LANGUAGES]
    return made | {"quiet": spans_of(typed.text("quiet")), "languages": languages}


routes: list[BaseRoute] = [
    Route(PATH, displays),
    table_route(f"{TABLES}/displays", May.KEEP_SCREENS, "Displays", HEADINGS, _table),
    Route(f"{PATH}/new", new),
    Route(f"{PATH}/new", add, methods=["POST"]),
    Route(f"{PATH}/{{name}}", edit),
    Route(f"{PATH}/{{name}}", save, methods=["POST"]),
    Route(f"{PATH}/{{name}}/remove", remove, methods=["POST"]),
    Route(SETTINGS, settings),
    Route(SETTINGS, save_settings, methods=["POST"]),
]
