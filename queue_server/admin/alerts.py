"""The outbox: what was sent to whom, what became of it, and what it may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.alerts.alerts import Channel, MessageState
from queue_server.domain.errors import BadInput, NotFound
from queue_server.live.json_views import Json
from queue_server.services.alerts.preferences_and_outbox import one_of
from queue_server.services.alerts.staff_alerts import MOST_RECIPIENTS as MOST
from queue_server.web.bodies import form, path_number, whole_number
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, moment, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

PATH = "/admin/alerts"
#: Of the list to take away, and how many of the newest messages it has.
HEADINGS = ("Time", "Message", "Number", "Channel", "To", "State", "Why")
MOST_TAKEN = 10_000
MOST_PAGES = 10**6


@dataclass(frozen=True)
class OutboxPage(Page):
    """The newest messages, and what each channel has sent and may cost."""

    template = "admin/alerts.html"

    messages: list[Json]
    counts: list[Json]
    #: Words for channels, states and kinds of messages.
    channels: dict[str, str]
    states_in_words: dict[str, str]
    kinds: dict[str, str]
    #: Channels that can send.
    possible: list[str]
    #: What is looked for: channel and state.
    chosen: dict[str, str]
    #: Where the next page begins, if there is one.
    older: int | None
    #: The test message as it was typed.
    typed: dict[str, str]
    #: By which channels staff can be told what is wrong, who is, and who could be.
    staff_channels: list[str]
    recipients: list[Json]
    staff: list[tuple[str, str]]
    staff_typed: dict[str, str]
    staff_error: str = ""
    test_error: str = ""
    error: str = ""


def _(sentence: str) -> str:
    """Marks a text for the catalogues; it is translated where it is shown."""
    return sentence


#: What each kind of message is called.
KINDS: Mapping[str, str] = {
    "soon": _("Your turn is coming"),
    "next": _("You are next"),
    "called": _("Called"),
    "missed": _("Missed"),
    "delayed": _("Doctor is late"),
    "cancelled": _("Cancelled"),
    "expired": _("Expired"),
    "document": _("Document ready"),
    "pin_reset": _("Code for a new PIN"),
    "report": _("Daily report"),
    "trouble": _("To staff"),
    "test": _("Test message"),
    "link": _("Link to the number"),
    "webhook": _("Webhook"),
}

#: What our drivers say of a message that was not sent, up to the code or the fault that follows.
REASONS = (
    _("too many requests to the gateway"),
    _("the gateway is not ready"),
    _("the gateway refuses the login or the account"),
    _("the gateway refuses the message"),
    _("the gateway failed"),
    _("the gateway's address leads elsewhere"),
    _("the gateway's address shows a web page"),
    _("the gateway's answer is not one of those configured"),
    _("the gateway's answer is not from Twilio"),
    _("the gateway's answer does not say that the message was taken"),
    _("there is no registered template for"),
    _("no answer from the gateway"),
    _("no answer in time"),
    _("no gateway"),
    _("no mail server"),
    _("no answer to the e-mail"),
    _("the mail server refuses the login"),
    _("the mail server refuses the address for now"),
    _("the mail server refuses the address"),
    _("the mail server refuses the e-mail"),
    _("the mail server refuses the sender"),
    _("the mail server closed the connection"),
    _("the server was stopped meanwhile"),
    _("undelivered"),
    _("the browser no longer accepts notifications"),
    _("the push service refuses the notification"),
    _("this is not a browser's push subscription"),
    _("this push service is not known here"),
    _("the folder cannot be written to"),
)


async def alerts(request: Request) -> Response:
    """The newest messages, or those of one channel or state."""
    return await _page(request, await allowed(request, May.RUN_CLINIC))


async def again(request: Request) -> Response:
    """Send one message once more."""
    by = await allowed(request, May.RUN_CLINIC)
    await services(request).alerts.preferences.send_again(path_number(request, "message"), by=by)
    return RedirectResponse(PATH, 303)


async def test(request: Request) -> Response:
    """Send a test message."""
    by = await allowed(request, May.RUN_CLINIC)
    fields = await form(request, "channel", "to")
    try:
        channel = one_of(Channel, fields["channel"], "channel")
        await services(request).alerts.preferences.send_test(channel, fields["to"], language_of(request), by=by)
    except BadInput:
        words = say(request, "This address does not fit the channel. Please check it.")
        return await _page(request, by, 422, test_error=words, typed=fields)
    return RedirectResponse(PATH, 303)


async def tell_staff(request: Request) -> Response:
    """One more member of staff is told what is wrong."""
    by = await allowed(request, May.RUN_CLINIC)
    fields = await form(request, "staff", "channel", "to")
    try:
        channel = one_of(Channel, fields["channel"], "channel")
        staff_id = whole_number(fields["staff"], "staff", lowest=1, highest=10**9, default=0)
        await services(request).alerts.staff.add(staff_id, channel, fields["to"], by=by)
    except BadInput as error:
        words = say(request, "This address does not fit the channel. Please check it.")
        if error.details.get("field") == "staff":
            words = say(request, "Please choose a member of staff. At most %(most)s are told.", most=MOST)
        return await _page(request, by, 422, staff_typed=fields, staff_error=words)
    return RedirectResponse(f"{PATH}#staff-title", 303)


async def tell_staff_no_more(request: Request) -> Response:
    """This member of staff is no longer told by this channel."""
    by = await allowed(request, May.RUN_CLINIC)
    try:
        channel = one_of(Channel, request.path_params["channel"], "channel")
    except BadInput as error:
        raise NotFound("There is no such channel.") from error
    await services(request).alerts.staff.remove(path_number(request, "staff"), channel, by=by)
    return RedirectResponse(f"{PATH}#staff-title", 303)


async def limit(request: Request) -> Response:
    """Change the daily limit of a channel; an empty field takes it away."""
    by = await allowed(request, May.RUN_CLINIC)
    fields = await form(request, "limit")
    try:
        channel = one_of(Channel, request.path_params["channel"], "channel")
    except BadInput as error:
        raise NotFound("There is no such channel.") from error
    try:
        most = whole_number(fields["limit"].strip() or None, "limit", lowest=0, highest=1_000_000, default=-1)
    except BadInput:
        words = say(request, "A daily limit is a whole number, or empty for none.")
        return await _page(request, by, 422, error=words)
    await services(request).alerts.preferences.set_limit(channel, None if most < 0 else most, by=by)
    return RedirectResponse(PATH, 303)


async def _page(
    request: Request,
    by: Actor,
    status: int = 200,
    typed: dict[str, str] | None = None,
    staff_typed: dict[str, str] | None = None,
    **errors: str,
) -> Response:
    known, asked = services(request), request.query_params
    before = whole_number(asked.get("before"), "before", lowest=1, highest=MOST_PAGES, default=MOST_PAGES)
    channel, state = asked.get("channel", ""), asked.get("state", "")
    found = await known.alerts.preferences.page(channel=channel, state=state, before=before)
    zone = (await known.clinic.queues.clinic()).zone

    def shown(message: Json) -> Json:
        times = {name: moment(request, message[name], zone) for name in ("created_at", "due_at")}
        return message | times | {"why": _why(request, message["reason"])}

    counts = [count for count in await known.alerts.preferences.counts() if _is_worth_showing(count)]
    outbox = OutboxPage(
        messages=[shown(message) for message in found],
        counts=counts,
        channels=_channels(request),
        states_in_words=_states(request),
        kinds=_kinds(request),
        possible=[count["channel"] for count in await known.alerts.preferences.counts() if count["is_possible"]],
        chosen={"channel": channel, "state": state},
        older=found[-1]["id"] if len(found) == known.alerts.preferences.page_size else None,
        typed=typed or {"channel": "", "to": ""},
        staff_channels=[str(channel) for channel in known.alerts.staff.channels],
        recipients=[
            {"id": one.id, "name": one.name, "channel": to.channel, "to": to.masked}
            for one, to in await known.alerts.staff.recipients()
        ],
        staff=[(str(one.id), one.name) for one, _ in await known.people.staffing.everybody() if one.is_active],
        staff_typed=staff_typed or {"staff": "", "channel": "", "to": ""},
        **errors,
    )
    return framed(request, by, outbox, status)


async def _table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    known, asked = services(request), request.query_params
    zone = (await known.clinic.queues.clinic()).zone
    channels, states, kinds = _channels(request), _states(request), _kinds(request)
    found = await known.alerts.preferences.page(
        channel=asked.get("channel", ""), state=asked.get("state", ""), most=MOST_TAKEN
    )
    return [
        (
            *(moment(request, one["created_at"], zone), kinds.get(str(one["kind"]), ""), str(one["number"] or "")),
            *(channels[one["channel"]], str(one["to"]), states[one["state"]], _why(request, one["reason"])),
        )
        for one in found
    ]


def _channels(request: Request) -> dict[str, str]:
    return {
        "email": say(request, "E-mail"),
        "sms": say(request, "SMS"),
        "push": say(request, "Push"),
        "live": say(request, "Open page"),
        "webhook": say(request, "Webhook"),
    }


def _states(request: Request) -> dict[str, str]:
    return {
        MessageState.QUEUED: say(request, "Waiting to be sent"),
        MessageState.SENDING: say(request, "On its way"),
        MessageState.SENT: say(request, "Sent"),
        MessageState.DELIVERED: say(request, "Delivered"),
        MessageState.UNKNOWN: say(request, "Sent, answer unknown"),
        MessageState.FAILED: say(request, "Failed"),
        MessageState.WITHDRAWN: say(request, "No longer needed"),
    }


def _kinds(request: Request) -> dict[str, str]:
    return {kind: say(request, words) for kind, words in KINDS.items()}


def _is_worth_showing(count: Mapping[str, Any]) -> bool:
    return bool(count["is_possible"] or any(count["states"].values()))


def _why(request: Request, reason: str | None) -> str:
    """The reason in the reader's words; what follows the words we know, such as a gateway's code, as it is."""
    head = next((known for known in REASONS if (reason or "").startswith(known)), None)
    if reason and head:
        return say(request, head) + reason.removeprefix(head)
    words = {
        "too_late": say(request, "It could not be sent in time."),
        "daily_limit": say(request, "The daily limit of this channel is reached."),
        "process_ended": say(request, "The server stopped while it was being sent."),
    }
    return words.get(reason or "", reason or "")


routes: list[BaseRoute] = [
    Route(PATH, alerts),
    table_route(f"{TABLES}/alerts", May.RUN_CLINIC, "Outbox", HEADINGS, _table),
    Route(f"{PATH}/test", test, methods=["POST"]),
    Route(f"{PATH}/staff", tell_staff, methods=["POST"]),
    Route(f"{PATH}/staff/{{staff:int}}/{{channel}}/remove", tell_staff_no_more, methods=["POST"]),
    Route(f"{PATH}/{{message:int}}/again", again, methods=["POST"]),
    Route(f"{PATH}/limits/{{channel}}", limit, methods=["POST"]),
]
