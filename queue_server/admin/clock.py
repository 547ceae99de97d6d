"""The clock: what the clinic goes by, what the machine shows, and which of them is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from babel.dates import format_datetime
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput
from queue_server.domain.queue.timekeeping import typed_time
from queue_server.web.bodies import form
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, say
from queue_server.web.state import Request

PATH = "/admin/clock"


@dataclass(frozen=True)
class ClockPage(Page):
    """The clocks in words, and the form for the right time."""

    template = "admin/clock.html"

    clinic_time: str
    machine_time: str
    #: Empty while the machine's clock is believed.
    doubted_since: str
    typed: str
    error: str
    is_saved: bool
    #: Numbers that could not be taken along to the right day.
    left: list[str]


async def clock(request: Request) -> Response:
    """How the clocks stand."""
    return await _page(request, await allowed(request, May.RUN_CLINIC))


async def confirm(request: Request) -> Response:
    """The machine's clock is right."""
    by = await allowed(request, May.RUN_CLINIC)
    return _done(await services(request).queue.timekeeping.confirm(by=by))


async def set_to(request: Request) -> Response:
    """It is as late as was typed."""
    by = await allowed(request, May.RUN_CLINIC)
    typed = (await form(request, "at"))["at"]
    zone = (await services(request).clinic.queues.clinic()).zone
    try:
        at = typed_time(typed, zone)
    except BadInput:
        wrong = say(request, "“%(value)s” cannot be the time now.", value=typed[:40])
        return await _page(request, by, wrong, 422)
    return _done(await services(request).queue.timekeeping.set_to(at, by=by))


def _done(staying: list[str]) -> Response:
    left = "".join(f"&left={number}" for number in staying[:40])
    return RedirectResponse(f"{PATH}?saved=1{left}", 303)


async def _page(request: Request, by: Actor, error: str = "", status: int = 200) -> Response:
    times = await services(request).queue.timekeeping.times()
    zone = (await services(request).clinic.queues.clinic()).zone
    shown = ClockPage(
        clinic_time=_in_words(request, times.clinic, zone),
        machine_time=_in_words(request, times.machine, zone),
        doubted_since=_in_words(request, times.doubted_since, zone) if times.doubted_since else "",
        typed=times.machine.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        error=error,
        is_saved="saved" in request.query_params,
        left=request.query_params.getlist("left"),
    )
    return framed(request, by, shown, status)


def _in_words(request: Request, at: datetime, zone: tzinfo) -> str:
    return format_datetime(at.astimezone(zone), "EEEE, d MMMM y, HH:mm", locale=language_of(request))


routes: list[BaseRoute] = [
    Route(PATH, clock),
    Route(f"{PATH}/confirm", confirm, methods=["POST"]),
    Route(f"{PATH}/set", set_to, methods=["POST"]),
]
