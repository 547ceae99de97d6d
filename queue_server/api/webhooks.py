"""Webhooks: a program keeps its own."""

from __future__ import annotations

from starlette.responses import Response

from queue_server.api.openapi import Operation
from queue_server.api.request_context import PAGE, cursor, paged, required_version, tagged
from queue_server.api.webhook_models import (
    AddedWebhook,
    Deliveries,
    NewWebhook,
    Replay,
    WebhookChange,
    Webhooks,
    WebhookView,
)
from queue_server.domain.access.authorisation import May
from queue_server.services.programs.webhooks import Subscription, delivery_view, version_of, webhook_view
from queue_server.web.bodies import idempotency_key, parsed, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def list_webhooks(request: Request) -> Response:
    """List the program's webhooks."""
    by = await allowed(request, May.KEEP_WEBHOOKS)
    found, after = await services(request).programs.webhooks.all(by.id, *cursor(request))
    return paged("webhooks", ([webhook_view(one) for one in found], after))


async def add_webhook(request: Request) -> Response:
    """Add a webhook; the answer holds the secret with which its deliveries are signed."""
    by = await allowed(request, May.KEEP_WEBHOOKS)
    sent = await parsed(request, NewWebhook)
    asked = Subscription(sent.url, sent.events, sent.after)
    made = await services(request).programs.webhooks.add(by.id, asked, by=by, key=idempotency_key(request))
    return tagged(webhook_view(made) | {"secret": made.secret}, version_of(made), 201)


async def get_webhook(request: Request) -> Response:
    """Say how a webhook stands."""
    by = await allowed(request, May.KEEP_WEBHOOKS)
    found = await services(request).programs.webhooks.one(path_number(request, "webhook"), by.id)
    return tagged(webhook_view(found), version_of(found))


async def change_webhook(request: Request) -> Response:
    """Change a webhook: its address, its events, or whether it is active."""
    by = await allowed(request, May.KEEP_WEBHOOKS)
    sent, version = await parsed(request, WebhookChange), required_version(request)
    changed = await services(request).programs.webhooks.change(
        path_number(request, "webhook"), by.id, by=by, version=version, **sent.model_dump(exclude_unset=True)
    )
    return tagged(webhook_view(changed), version_of(changed))


async def remove_webhook(request: Request) -> Response:
    """Remove a webhook and what is known of its deliveries."""
    by = await allowed(request, May.KEEP_WEBHOOKS)
    version = required_version(request)
    await services(request).programs.webhooks.remove(path_number(request, "webhook"), by.id, by=by, version=version)
    return Response(status_code=204)


async def replay_webhook(request: Request) -> Response:
    """Send everything after an event again, and be active.

    Sent twice it does the same as once, with or without an Idempotency-Key: the webhook's position is where it was put.
    """
    by = await allowed(request, May.KEEP_WEBHOOKS)
    sent = await parsed(request, Replay)
    idempotency_key(request)
    moved = await services(request).programs.webhooks.replay(path_number(request, "webhook"), sent.after, by.id, by=by)
    return tagged(webhook_view(moved), version_of(moved))


async def list_deliveries(request: Request) -> Response:
    """List what became of the events at a webhook, oldest first; those of the last 30 days are kept."""
    by = await allowed(request, May.KEEP_WEBHOOKS)
    webhook = path_number(request, "webhook")
    found, after = await services(request).programs.webhooks.deliveries(webhook, by.id, *cursor(request))
    return paged("deliveries", ([delivery_view(one) for one in found], after))


_KEEP, _ONE = May.KEEP_WEBHOOKS, "/api/v1/webhooks/{webhook:int}"

OPERATIONS = (
    Operation("GET", "/api/v1/webhooks", list_webhooks, {200: Webhooks}, may=_KEEP, query=PAGE, errors=(422,)),
    Operation(
        "POST",
        "/api/v1/webhooks",
        add_webhook,
        {201: AddedWebhook},
        NewWebhook,
        may=_KEEP,
        errors=(404, 409, 413, 422),
        has_version=True,
    ),
    Operation("GET", _ONE, get_webhook, {200: WebhookView}, may=_KEEP, errors=(404,), has_version=True),
    Operation(
        "PATCH",
        _ONE,
        change_webhook,
        {200: WebhookView},
        WebhookChange,
        may=_KEEP,
        errors=(404, 413, 422),
        has_version=True,
        match="must",
    ),
    Operation("DELETE", _ONE, remove_webhook, {204: None}, may=_KEEP, errors=(404,), match="must"),
    Operation(
        "POST",
        f"{_ONE}/replay",
        replay_webhook,
        {200: WebhookView},
        Replay,
        may=_KEEP,
        errors=(404, 413, 422),
        has_version=True,
    ),
    Operation(
        "GET", f"{_ONE}/deliveries", list_deliveries, {200: Deliveries}, may=_KEEP, query=PAGE, errors=(404, 422)
    ),
)
