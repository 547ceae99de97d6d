"""Other programs: their keys, their webhooks, and what became of the deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.access.scopes import ALL_SCOPES, Scope
from queue_server.domain.errors import BadInput, NotAllowed
from queue_server.domain.programs.webhooks import Delivery, Topic, Webhook, WebhookState
from queue_server.live.json_views import Json
from queue_server.services.programs.webhooks import Subscription
from queue_server.web.bodies import LARGEST_NUMBER, form, path_number, sent_form, whole_number
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, moment, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

PATH = "/admin/programs"
_WEBHOOK = f"{PATH}/webhooks/{{webhook:int}}"

#: Of the lists to take away.
PROGRAM_HEADINGS = ("Name", "Permissions", "Created", "Last used")
WEBHOOK_HEADINGS = ("Server", "Program", "Events", "State", "Why")

#: So many of a webhook's deliveries are shown.
SHOWN = 50


class ProgramRow(TypedDict):
    """A program, and what its key allows."""

    id: int
    name: str
    may_all: bool
    scopes: list[Scope]
    created: str | None
    seen: str | None


class WebhookRow(TypedDict):
    """A webhook; of its address only the host, for the rest may be a secret of the other program's."""

    id: int
    host: str | None
    program: str | None
    topics: Sequence[Topic]
    state: WebhookState
    reason: str | None


@dataclass(frozen=True)
class ProgramsPage(Page):
    """Programs and webhooks, a key or secret that was just made, and both forms as they were typed."""

    template = "admin/programs.html"

    programs: list[ProgramRow]
    webhooks: list[WebhookRow]
    #: What each scope allows, in words.
    scopes: dict[Scope, str]
    made_key: str = ""
    made_secret: str = ""
    name: str = ""
    chosen: Sequence[str] = ()
    error: str = ""
    url: str = ""
    events: Sequence[str] = ()
    program: int = 0
    webhook_error: str = ""
    topics: Sequence[Topic] = tuple(Topic)


@dataclass(frozen=True)
class WebhookPage(Page):
    """One webhook: so many events `behind`, failing `since`, and its newest deliveries with their moments."""

    template = "admin/webhook.html"

    webhook: Webhook
    behind: int
    since: str | None
    deliveries: list[tuple[Delivery, str]]


async def programs(request: Request) -> Response:
    """Every program that may act, and every webhook."""
    return await _page(request, await allowed(request, May.RUN_CLINIC), {})


async def add_program(request: Request) -> Response:
    """Create a key; it is shown once."""
    by = await allowed(request, May.RUN_CLINIC)
    async with sent_form(request, max_files=0, max_fields=40) as sent:
        name, scopes = str(sent.get("name", "")), [str(scope) for scope in sent.getlist("scopes")]
    try:
        key = await services(request).programs.keys.add(name, scopes, by=by)
    except BadInput:
        wrong = say(request, "Please give the program a name, and choose at least one thing that it may do.")
        return await _page(request, by, {"error": wrong, "name": name, "chosen": scopes}, 422)
    return await _page(request, by, {"made_key": key})


async def revoke_program(request: Request) -> Response:
    """The program's key opens nothing any more, and its webhooks rest."""
    by = await allowed(request, May.RUN_CLINIC)
    await services(request).programs.keys.revoke(path_number(request, "program"), by=by)
    return RedirectResponse(PATH, 303)


async def add_webhook(request: Request) -> Response:
    """Add a webhook; its secret is shown once."""
    by = await allowed(request, May.RUN_CLINIC)
    async with sent_form(request, max_files=0, max_fields=40) as sent:
        url, events = str(sent.get("url", "")).strip(), [str(event) for event in sent.getlist("events")]
    program = whole_number(str(sent.get("program", "")), "program", lowest=1, highest=LARGEST_NUMBER, default=0)
    try:
        made = await services(request).programs.webhooks.add(program, Subscription(url, events), by=by)
    except NotAllowed:
        wrong = say(request, "This program's key does not allow these events.")
    except BadInput as error:
        is_url = error.details["field"] == "url"
        wrong = say(request, "This address cannot be used: it needs https:// and a server outside.")
        wrong = wrong if is_url else say(request, "Please choose at least one event.")
    else:
        return await _page(request, by, {"made_secret": made.secret})
    return await _page(request, by, {"webhook_error": wrong, "url": url, "events": events, "program": program}, 422)


async def webhook(request: Request) -> Response:
    """How one webhook stands, and its newest deliveries."""
    by = await allowed(request, May.RUN_CLINIC)
    known, webhook_id = services(request), path_number(request, "webhook")
    found = await known.programs.webhooks.one(webhook_id, None)
    deliveries, _ = await known.programs.webhooks.deliveries(webhook_id, None, limit=SHOWN, newest_first=True)
    zone = (await known.clinic.queues.clinic()).zone
    shown = WebhookPage(
        webhook=found,
        behind=max(0, await known.programs.webhooks.head() - found.position),
        since=moment(request, found.failing_since, zone) if found.failing_since else None,
        deliveries=[(one, moment(request, one.at, zone)) for one in deliveries],
    )
    return framed(request, by, shown)


async def set_state(request: Request) -> Response:
    """Pause a webhook, or try it again."""
    by = await allowed(request, May.RUN_CLINIC)
    fields, webhook_id = await form(request, "active"), path_number(request, "webhook")
    await services(request).programs.webhooks.change(webhook_id, None, by=by, is_active=fields["active"] == "yes")
    return RedirectResponse(f"{PATH}/webhooks/{webhook_id}", 303)


async def replay(request: Request) -> Response:
    """Send everything after an event again."""
    by = await allowed(request, May.RUN_CLINIC)
    fields, webhook_id = await form(request, "after"), path_number(request, "webhook")
    after = whole_number(fields["after"] or "0", "after", lowest=0, highest=LARGEST_NUMBER, default=0)
    await services(request).programs.webhooks.replay(webhook_id, after, None, by=by)
    return RedirectResponse(f"{PATH}/webhooks/{webhook_id}", 303)


async def remove_webhook(request: Request) -> Response:
    """Delete the webhook and its deliveries."""
    by = await allowed(request, May.RUN_CLINIC)
    await services(request).programs.webhooks.remove(path_number(request, "webhook"), None, by=by)
    return RedirectResponse(PATH, 303)


async def _page(request: Request, by: Actor, more: Json, status: int = 200) -> Response:
    shown = ProgramsPage(await _programs(request), await _webhooks(request), _scopes(request), **more)
    return framed(request, by, shown, status)


async def _programs(request: Request) -> list[ProgramRow]:
    known = services(request)
    zone = (await known.clinic.queues.clinic()).zone
    return [
        {
            "id": one.id,
            "name": one.name,
            "may_all": one.scopes == ALL_SCOPES,
            "scopes": [scope for scope in Scope if scope in one.scopes],
            "created": moment(request, one.created_at, zone) if one.created_at else None,
            "seen": moment(request, one.seen_at, zone) if one.seen_at else None,
        }
        for one in await known.programs.keys.all()
    ]


async def _webhooks(request: Request) -> list[WebhookRow]:
    known = services(request)
    names = {one.id: one.name for one in await known.programs.keys.all()}
    found, _ = await known.programs.webhooks.all(None)
    return [
        {
            "id": one.id,
            "host": urlsplit(one.url).hostname,
            "program": names.get(one.program_id),
            "topics": one.topics,
            "state": one.state,
            "reason": one.reason,
        }
        for one in found
    ]


async def _program_table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    words, never = _scopes(request), say(request, "Never")
    everything = say(request, "Everything")
    return [
        (
            *(one["name"], everything if one["may_all"] else "; ".join(words[scope] for scope in one["scopes"])),
            *(one["created"] or "", one["seen"] or never),
        )
        for one in await _programs(request)
    ]


async def _webhook_table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    states = _states(request)
    return [
        (
            *(one["host"] or "", one["program"] or say(request, "Revoked"), ", ".join(one["topics"])),
            *(states[one["state"]], one["reason"] or ""),
        )
        for one in await _webhooks(request)
    ]


def _states(request: Request) -> dict[WebhookState, str]:
    return {
        WebhookState.ACTIVE: say(request, "Active"),
        WebhookState.PAUSED: say(request, "Paused"),
        WebhookState.STOPPED: say(request, "Stopped"),
    }


def _scopes(request: Request) -> dict[Scope, str]:
    return {
        Scope.TOKENS_WRITE: say(request, "Issue tokens and run the queue"),
        Scope.QUEUES_READ: say(request, "Read departments, rooms, tokens and queues"),
        Scope.PATIENTS_READ: say(request, "Read patients: names and phone numbers"),
        Scope.PATIENTS_WRITE: say(request, "Register patients and change their profile"),
        Scope.DOCUMENTS_READ: say(request, "Read patients' documents"),
        Scope.DOCUMENTS_WRITE: say(request, "Hand in documents of patients"),
        Scope.EVENTS_READ: say(request, "Read the journal of events"),
        Scope.WEBHOOKS_WRITE: say(request, "Manage webhooks"),
        Scope.METRICS_READ: say(request, "Read the server's metrics"),
        Scope.ADMIN_WRITE: say(request, "Change departments, rooms and devices"),
    }


routes: list[BaseRoute] = [
    Route(PATH, programs),
    table_route(f"{TABLES}/programs", May.RUN_CLINIC, "Programs", PROGRAM_HEADINGS, _program_table),
    table_route(f"{TABLES}/webhooks", May.RUN_CLINIC, "Webhooks", WEBHOOK_HEADINGS, _webhook_table),
    Route(PATH, add_program, methods=["POST"]),
    Route(f"{PATH}/{{program:int}}/revoke", revoke_program, methods=["POST"]),
    Route(f"{PATH}/webhooks", add_webhook, methods=["POST"]),
    Route(_WEBHOOK, webhook),
    Route(f"{_WEBHOOK}/state", set_state, methods=["POST"]),
    Route(f"{_WEBHOOK}/replay", replay, methods=["POST"]),
    Route(f"{_WEBHOOK}/remove", remove_webhook, methods=["POST"]),
]
