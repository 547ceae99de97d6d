"""ABDM: how the line to its gateway stands, what was shared last, and the codes for the counters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server import qr_codes
from queue_server.abdm.states import GatewayFailed, GatewayState
from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.alerts.alerts import Channel
from queue_server.domain.errors import NotFound
from queue_server.domain.programs.abdm import TRIAL, WRONG_CLOCK, NotedShare, ShareState
from queue_server.services.programs.abdm_posters import AbdmPosters
from queue_server.services.programs.abdm_shares import AbdmShares
from queue_server.web.bodies import form
from queue_server.web.files import pdf_answer
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, moment, say
from queue_server.web.state import Request

PATH = "/admin/abdm"
CODES = "/abdm/codes"


class CounterRow(TypedDict):
    """A counter's id and what its department is called."""

    counter: str
    department: str


class ShareRow(TypedDict):
    """What became of a share; `why` in words or as the gateway's code, where it has one."""

    at: str
    counter: str
    state: ShareState
    number: str
    why: str
    took: str


@dataclass(frozen=True)
class AbdmPage(Page):
    """The line's state in words, empty where there is nothing to say."""

    template = "admin/abdm.html"

    session: str
    failure: str
    difference: str
    is_clock_wrong: bool
    last: str
    refused: str
    refused_because: str
    callback_url: str
    is_public: bool
    counters: list[CounterRow]
    shares: list[ShareRow]
    is_tried: bool
    on_kiosks: str
    is_sms_sent: bool
    is_sms_possible: bool
    trial: str = TRIAL
    codes: str = CODES


async def abdm(request: Request) -> Response:
    """How everything stands."""
    return await _page(request, await allowed(request, May.RUN_CLINIC))


async def try_it(request: Request) -> Response:
    """A new session, the keys and the clock are asked for; then the page says how to try the way back."""
    await allowed(request, May.RUN_CLINIC)
    try:
        await _known(request)[0].gateway.connect()
    except GatewayFailed:
        return RedirectResponse(PATH, 303)
    return RedirectResponse(f"{PATH}?tried=1", 303)


async def show(request: Request) -> Response:
    """Kiosks show another code, or none."""
    by = await allowed(request, May.RUN_CLINIC)
    await _known(request)[1].show_on_kiosks((await form(request, "counter"))["counter"], by=by)
    return RedirectResponse(PATH, 303)


async def links(request: Request) -> Response:
    """The link to a number goes out by SMS, or no longer does."""
    by = await allowed(request, May.RUN_CLINIC)
    is_sent = bool((await form(request, "sms"))["sms"])
    await _known(request)[1].send_links(is_sent=is_sent, by=by)
    return RedirectResponse(PATH, 303)


async def poster(request: Request) -> Response:
    """The counter's poster."""
    await allowed(request, May.RUN_CLINIC)
    counter = str(request.path_params["counter"])
    return pdf_answer(f"ABDM {counter}.pdf", await _known(request)[1].poster(counter))


async def code(request: Request) -> Response:
    """The counter's code as a picture (SVG). It hangs at the counter: whoever asks may see it."""
    link = await _known(request)[1].link(str(request.path_params["counter"]))
    return Response(qr_codes.svg(link), media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})


def _known(request: Request) -> tuple[AbdmShares, AbdmPosters]:
    programs = services(request).programs
    if programs.abdm is None or programs.posters is None:
        raise NotFound("There is nothing at this address.")
    return programs.abdm, programs.posters


async def _page(request: Request, by: Actor) -> Response:
    shares, _ = _known(request)
    state, newest = shares.gateway.state, await shares.newest()
    clinic = await services(request).clinic.queues.clinic()
    zone = clinic.zone
    language, public = language_of(request), request.state["settings"].public_url

    def at(when: datetime | None) -> str:
        return moment(request, when, zone) if when else ""

    counters = (await shares.counters()).items()
    shown = AbdmPage(
        session=at(state.session_until),
        failure=_failure(request, state, at(state.failed_at)),
        difference=_difference(request, state),
        is_clock_wrong=state.difference is not None and abs(state.difference) > WRONG_CLOCK,
        last=at(newest[0].received_at) if newest else "",
        refused=at(state.refused_at),
        refused_because=state.refused_because,
        callback_url=f"{public}/api/v3/hip/patient/share",
        is_public=public.startswith("https://"),
        counters=[CounterRow(counter=name, department=one.name(language)) for name, one in counters],
        shares=[_row(request, share, at(share.received_at)) for share in newest],
        is_tried="tried" in request.query_params,
        on_kiosks=clinic.abha_code,
        is_sms_sent=clinic.abdm_sms,
        is_sms_possible=Channel.SMS in services(request).alerts.preferences.channels,
    )
    return framed(request, by, shown)


def _failure(request: Request, state: GatewayState, at: str) -> str:
    """What failed last, if it has not worked since."""
    if state.failed is None:
        return ""
    if state.failed.status == 0:
        return say(request, "%(at)s: the gateway could not be reached (%(what)s).", at=at, what=state.failed.message)
    what = f"{state.failed} {state.failed.message}".strip()
    return say(request, "%(at)s: the gateway refused (%(what)s).", at=at, what=what)


def _difference(request: Request, state: GatewayState) -> str:
    if state.difference is None:
        return ""
    seconds = round(abs(state.difference.total_seconds()))
    if seconds <= 2:
        return say(request, "none")
    minutes, rest = divmod(seconds, 60)
    shown = f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
    if state.difference.total_seconds() > 0:
        return say(request, "The clinic is %(time)s behind", time=shown)
    return say(request, "The clinic is %(time)s ahead", time=shown)


def _row(request: Request, share: NotedShare, at: str) -> ShareRow:
    reasons = {
        "trial": say(request, "The trial"),
        "department_closed": say(request, "Closed"),
        "outside_hours": say(request, "Outside the opening hours, or a holiday"),
        "quota_reached": say(request, "All numbers were given out"),
        "unknown_department": say(request, "No such counter, or of another clinic"),
        "wrong_clock": say(request, "The clinic's clock is wrong"),
        "too_late": say(request, "It arrived too late"),
        "bad_input": say(request, "The profile could not be used"),
    }
    code = share.code or ""
    return ShareRow(
        at=at,
        counter=share.counter,
        state=share.state,
        number=share.number or "",
        why=reasons.get(code, code),
        took="" if share.took_ms is None else f"{share.took_ms / 1000:.1f} s",
    )


routes: list[BaseRoute] = [
    Route(PATH, abdm),
    Route(f"{PATH}/try", try_it, methods=["POST"]),
    Route(f"{PATH}/kiosks", show, methods=["POST"]),
    Route(f"{PATH}/links", links, methods=["POST"]),
    Route(f"{PATH}/posters/{{counter}}", poster),
    Route(f"{CODES}/{{counter}}.svg", code),
]
