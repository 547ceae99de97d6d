"""Alerts before the turn: when, and by which channel. For whoever has a slip's link, and for registered patients."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from pydantic import Field
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import PATIENT, Actor, ActorKind
from queue_server.domain.alerts.alerts import AlertPreference, Channel, Holder, masked
from queue_server.domain.errors import BadInput, NotFound, UnknownToken
from queue_server.domain.people.patients import phone_in_words
from queue_server.locale import offered
from queue_server.paths import STATIC
from queue_server.patients.forms import page_language
from queue_server.web.bodies import Body, form, parsed
from queue_server.web.identity import services
from queue_server.web.limits import ALERT_CHOICES, LINK_PAGES, WRONG_LINKS, count_wrong, limits
from queue_server.web.pages import Page, page, unless_chosen
from queue_server.web.patient_login import chosen_patient, patient_login
from queue_server.web.state import Request

MINUTES = (5, 10, 15, 20, 30, 45)
AHEAD = (2, 3, 5, 10)
FIELDS = ("when", "sms", "email", "quiet_from", "quiet_until")


@dataclass(frozen=True)
class Chooser:
    """Whose choices are shown. `phone` is the account's own number, the only one that an account may choose."""

    holder: Holder
    actor: Actor
    address: str
    back: str
    language: str | None
    phone: str = ""


@dataclass(frozen=True)
class AlertsPage(Page):
    """What can be chosen, and what is chosen now."""

    template = "patients/alerts.html"

    who: Chooser
    #: The account's own number as people write it, or empty.
    phone: str
    channels: set[Channel]
    #: Channel → its masked address.
    kept: dict[Channel, str]
    #: Channels whose address is none.
    refused: set[Channel]
    push_key: str
    when: str
    minutes: list[int]
    ahead: list[int]
    quiet: dict[str, str]
    typed: dict[str, str]
    #: The field that was refused, or empty.
    wrong: str
    is_saved: bool


@dataclass(frozen=True)
class StopPage(Page):
    """Stopping e-mails."""

    template = "patients/stop.html"

    is_stopped: bool


class Subscription(Body):
    """A browser's subscription as it describes itself, as text; or that it ends."""

    subscription: str = Field(max_length=4000)
    is_wanted: bool = True


async def choices(request: Request) -> Response:
    """What can be chosen, and what is chosen now."""
    return await _choices(request, await _chooser(request))


async def choose(request: Request) -> Response:
    """The choices of the form hold from now on."""
    who = await _chooser(request)
    limits(request).count(ALERT_CHOICES, "alerts", who.address)
    fields = await form(request, *FIELDS)
    try:
        await _save(request, who, fields)
    except BadInput as error:
        return await _choices(request, who, 422, str(error.details["field"]), fields)
    return RedirectResponse(f"{who.address}?saved=1", 303)


async def push(request: Request) -> Response:
    """This browser is told, or no longer, even while no page is open."""
    who = await _chooser(request)
    limits(request).count(ALERT_CHOICES, "alerts", who.address)
    sent, alerts = await parsed(request, Subscription), services(request).alerts.preferences
    if sent.is_wanted:
        await alerts.agree(who.holder, Channel.PUSH, sent.subscription, by=who.actor)
    else:
        await alerts.disagree(
            who.holder, Channel.PUSH, await alerts.address(Channel.PUSH, sent.subscription), by=who.actor
        )
    return JSONResponse({})


async def stop_asked(request: Request) -> Response:
    """The button that stops e-mails; only looking changes nothing, because mail programs look at every link."""
    if not await services(request).alerts.preferences.is_known(request.path_params["stop"]):
        count_wrong(request, WRONG_LINKS, "link")
        raise NotFound("There is nothing at this address.")
    return page(request, StopPage(is_stopped=False))


async def stop(request: Request) -> Response:
    """No more e-mails come; pressed here or, without any login, by a mail provider (RFC 8058)."""
    try:
        await services(request).alerts.preferences.stop(request.path_params["stop"], by=PATIENT)
    except NotFound:
        count_wrong(request, WRONG_LINKS, "link")
        raise
    return page(request, StopPage(is_stopped=True))


async def worker(request: Request) -> Response:
    """The script that shows what is told while no page is open; it lies where it may show notes for every page."""
    script = (STATIC / "js/phone/push-worker.js").read_text()
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


async def _chooser(request: Request) -> Chooser:
    if "key" not in request.path_params:
        patient, login = await chosen_patient(request), await patient_login(request)
        actor, language = Actor(ActorKind.PATIENT, patient.id), page_language(request, patient)
        return Chooser(Holder(patient_id=patient.id), actor, "/me/alerts", "/me", language, login.phone)
    key = request.path_params["key"]
    limits(request).count(LINK_PAGES, "page", key)
    try:
        _, token = await services(request).screens.token_pages.page(key)
    except UnknownToken:
        count_wrong(request, WRONG_LINKS, "link")
        raise
    language = unless_chosen(request, offered(token.language))
    return Chooser(Holder(token_id=token.id), PATIENT, f"/t/{key}/alerts", f"/t/{key}", language)


async def _choices(
    request: Request, who: Chooser, status: int = 200, wrong: str = "", fields: dict[str, str] | None = None
) -> Response:
    """`wrong`: the field that was refused, of the `fields` that were sent."""
    alerts = services(request).alerts.preferences
    wish, addresses = await alerts.wish(who.holder), await alerts.addresses(who.holder)
    kept = {one.channel: one for one in addresses}
    typed = fields or {}
    shown = AlertsPage(
        who=who,
        phone=phone_in_words(who.phone) if who.phone else "",
        channels=set(alerts.channels),
        kept={channel: masked(channel, one.to) for channel, one in kept.items() if channel is not Channel.PUSH},
        refused={channel for channel, one in kept.items() if one.refused_reason},
        push_key=alerts.push_key,
        when=typed.get("when") or (f"ahead-{wish.ahead}" if wish.ahead is not None else f"minutes-{wish.minutes}"),
        minutes=sorted({*MINUTES, wish.minutes}),
        ahead=sorted({*AHEAD, *([wish.ahead] if wish.ahead is not None else [])}),
        quiet={
            "from": typed.get("quiet_from") or _clock(wish.quiet_from),
            "until": typed.get("quiet_until") or _clock(wish.quiet_until),
        },
        typed=typed,
        wrong={"phone": "sms"}.get(wrong, wrong),
        is_saved="saved" in request.query_params,
    )
    return page(request, shown, status, language=who.language)


async def _save(request: Request, who: Chooser, fields: dict[str, str]) -> None:
    alerts = services(request).alerts.preferences
    wish = _wish(fields, await alerts.wish(who.holder))
    for channel, asked in ((Channel.SMS, fields["sms"]), (Channel.EMAIL, fields["email"])):
        if channel not in alerts.channels:
            continue
        if asked == "":
            await alerts.disagree(who.holder, channel, by=who.actor)
        elif asked != "kept":
            to = who.phone if channel is Channel.SMS and who.phone else asked
            await alerts.agree(who.holder, channel, to, by=who.actor)
    await alerts.save_wish(who.holder, wish)


def _wish(fields: dict[str, str], before: AlertPreference) -> AlertPreference:
    """What the form says of when. Raises `BadInput`."""
    chosen = re.fullmatch(r"(minutes|ahead)-(\d{1,3})", fields["when"], re.ASCII)
    if chosen is None:
        raise BadInput("when", "Choose when.")
    quiet = [_time(fields["quiet_from"]), _time(fields["quiet_until"])]
    if chosen[1] == "ahead":
        return AlertPreference(before.minutes, int(chosen[2]), *quiet)
    return AlertPreference(int(chosen[2]), None, *quiet)


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput("quiet_until", "Write the hours as 21:30.") from error


def _clock(moment: time | None) -> str:
    return f"{moment:%H:%M}" if moment else ""


routes: list[BaseRoute] = [
    Route("/push-worker.js", worker),
    Route("/alerts/stop/{stop}", stop_asked),
    Route("/alerts/stop/{stop}", stop, methods=["POST"]),
    Route("/t/{key}/alerts", choices),
    Route("/t/{key}/alerts", choose, methods=["POST"]),
    Route("/t/{key}/push", push, methods=["POST"]),
    Route("/me/alerts", choices),
    Route("/me/alerts", choose, methods=["POST"]),
    Route("/me/push", push, methods=["POST"]),
]
