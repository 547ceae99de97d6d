"""The duty roster and the holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from babel.dates import format_date
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin import forms
from queue_server.admin.departments import weekdays
from queue_server.admin.forms import Typed
from queue_server.admin.layout import framed
from queue_server.admin.rooms import department_options
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.names import text_in
from queue_server.domain.errors import BadFields
from queue_server.locale.rooms import room_words
from queue_server.services.clinic.roster import HolidayView, ShiftView
from queue_server.web.bodies import path_number
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

ROSTER = "/admin/roster"
HOLIDAYS = "/admin/holidays"
#: Of the list to take away.
SHIFT_HEADINGS = ("Weekday", "From", "Until", "Doctor", "Room")


@dataclass(frozen=True)
class RosterPage(Page):
    """The shifts of each weekday by its name, and the form for one more."""

    template = "admin/roster.html"

    typed: Typed
    week: list[tuple[str, list[ShiftView]]]
    #: Key and name.
    weekdays: list[tuple[str, str]]
    doctors: list[tuple[str, str]]
    rooms: list[tuple[str, str]]


class HolidayRow(HolidayView):
    """A holiday with its date in words, and the name of the closed department: empty for all."""

    date: str
    closed: str


@dataclass(frozen=True)
class HolidaysPage(Page):
    """Every holiday, and the form for one more."""

    template = "admin/holidays.html"

    typed: Typed
    holidays: list[HolidayRow]
    #: Code and name.
    departments: list[tuple[str, str]]


async def roster(request: Request) -> Response:
    """Who is expected when, and a form for one more line."""
    by = await allowed(request, May.KEEP_ROSTER)
    return await _roster(request, by, Typed({"weekday": "mon"}))


async def add_shift(request: Request) -> Response:
    """One more line: the doctor is expected on each chosen weekday."""
    by = await allowed(request, May.KEEP_ROSTER)
    typed = await forms.sent(request)
    try:
        await services(request).clinic.roster.add_shift(typed.values, by=by)
    except BadFields as error:
        return await _roster(request, by, forms.refused(request, typed, error))
    return RedirectResponse(ROSTER, 303)


async def remove_shift(request: Request) -> Response:
    """Delete the shift."""
    by = await allowed(request, May.KEEP_ROSTER)
    await services(request).clinic.roster.remove_shift(path_number(request, "shift"), by=by)
    return RedirectResponse(ROSTER, 303)


async def holidays(request: Request) -> Response:
    """Every holiday, and a form for one more."""
    return await _holidays(request, await allowed(request, May.KEEP_ROSTER), Typed({}))


async def add_holiday(request: Request) -> Response:
    """One more holiday."""
    by = await allowed(request, May.KEEP_ROSTER)
    typed = await forms.sent(request)
    try:
        await services(request).clinic.roster.add_holiday(typed.values, by=by)
    except BadFields as error:
        return await _holidays(request, by, forms.refused(request, typed, error))
    return RedirectResponse(HOLIDAYS, 303)


async def remove_holiday(request: Request) -> Response:
    """Delete the holiday."""
    by = await allowed(request, May.KEEP_ROSTER)
    await services(request).clinic.roster.remove_holiday(path_number(request, "holiday"), by=by)
    return RedirectResponse(HOLIDAYS, 303)


async def _shift_table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    days, rooms = dict(weekdays(request)), dict(await _rooms(request))
    return [
        (days[one["weekday"]], one["begins"], one["ends"], one["name"], rooms.get(one["room"], one["room"]))
        for one in await services(request).clinic.roster.shifts()
    ]


async def _holiday_table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    names = dict(await department_options(request))
    return [
        (one["day"], one["name"], names.get(one["department"] or "", say(request, "All")))
        for one in await services(request).clinic.roster.holidays()
    ]


async def _rooms(request: Request) -> list[tuple[str, str]]:
    return [
        (room["code"], room_words(partial(say, request), room["code"], text_in(room["names"], language_of(request))))
        for room in await services(request).clinic.departments.rooms()
    ]


async def _roster(request: Request, by: Actor, typed: Typed) -> Response:
    known = services(request)
    shifts = await known.clinic.roster.shifts()
    shown = RosterPage(
        typed=typed,
        week=[(name, [shift for shift in shifts if shift["weekday"] == day]) for day, name in weekdays(request)],
        weekdays=weekdays(request),
        doctors=await known.clinic.roster.doctors(),
        rooms=await _rooms(request),
    )
    return framed(request, by, shown, typed.status)


async def _holidays(request: Request, by: Actor, typed: Typed) -> Response:
    options = await department_options(request)
    rows: list[HolidayRow] = [
        {
            **holiday,
            "date": format_date(date.fromisoformat(holiday["day"]), "EEEE, d MMMM y", locale=language_of(request)),
            "closed": dict(options).get(holiday["department"] or "", ""),
        }
        for holiday in await services(request).clinic.roster.holidays()
    ]
    return framed(request, by, HolidaysPage(typed, rows, options), typed.status)


routes: list[BaseRoute] = [
    Route(ROSTER, roster),
    table_route(f"{TABLES}/roster", May.KEEP_ROSTER, "Duty roster", SHIFT_HEADINGS, _shift_table),
    Route(ROSTER, add_shift, methods=["POST"]),
    Route(f"{ROSTER}/{{shift:int}}/remove", remove_shift, methods=["POST"]),
    Route(HOLIDAYS, holidays),
    table_route(f"{TABLES}/holidays", May.KEEP_ROSTER, "Holidays", ("Day", "Name", "Department"), _holiday_table),
    Route(HOLIDAYS, add_holiday, methods=["POST"]),
    Route(f"{HOLIDAYS}/{{holiday:int}}/remove", remove_holiday, methods=["POST"]),
]
