"""Subscriptions of other programs to what happens; each has a position in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import BadInput, Outdated, UnknownProgram, UnknownWebhook
from queue_server.domain.programs.webhooks import (
    Delivery,
    DeliveryState,
    Network,
    Topic,
    Webhook,
    WebhookState,
    check_topics,
    standard_secret,
    target,
)
from queue_server.domain.queue.events import Event
from queue_server.live.json_views import moment
from queue_server.services.access.credentials import random_bytes
from queue_server.storage.engine import journal
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.programs import program_rows, webhook_rows
from queue_server.storage.queue.idempotency_rows import once

#: How many a program may have: each costs a connection while its target hangs.
MOST = 10


class WebhookView(TypedDict):
    """A webhook for other programs, never with its secret."""

    id: int
    url: str
    events: list[Topic]
    state: WebhookState
    position: int
    tries: int
    reason: str | None
    failing_since: str | None
    created_at: str


class DeliveryView(TypedDict):
    """What became of one event."""

    id: int
    event: int
    type: str
    state: DeliveryState
    tries: int
    status: int | None
    reason: str | None
    took_ms: int | None
    at: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a program asks for. `after`: the journal line to begin behind; none: what happens from now on."""

    url: str
    events: Sequence[str]
    after: int | None = None


class Webhooks:
    """`owner` is the program that asks: others' webhooks do not exist for it. None asks for the clinic: all of them."""

    def __init__(self, store: Store, allowed: Sequence[Network] = ()) -> None:
        """`allowed`: the networks that webhooks may reach although they are private."""
        self._store = store
        self._allowed = allowed

    async def add(self, program_id: int, asked: Subscription, *, by: Actor, key: str | None = None) -> Webhook:
        """A new webhook of the program. The same `key` gives the same webhook again.

        Raises `UnknownProgram`, `BadInput`, `NotAllowed` for events that the program's key has no scope for.
        """
        where = target(asked.url, self._allowed)
        words = {"url": asked.url, "events": list(asked.events), "after": asked.after}
        async with self._store.transaction() as work, once(work, f"webhook:{program_id}", key, words) as this:
            if not this.is_repeated:
                webhook_id = await self._add(work, program_id, where.url, asked)
                data = {"webhook": webhook_id, "program": program_id, "host": where.host}
                work.record(Event("webhook_added", work.now, str(by), data=data))
                this.answer = {"id": webhook_id}
            return await _found(work, this.answer["id"], program_id)

    async def all(self, owner: int | None, after: int = 0, limit: int = 1000) -> tuple[list[Webhook], int | None]:
        """A page of webhooks, and the cursor for the next."""
        async with self._store.reading() as connection:
            found = await webhook_rows.of_program(connection, owner, after, limit)
        return found, found[-1].id if len(found) == limit else None

    async def one(self, webhook_id: int, owner: int | None) -> Webhook:
        """Raises `UnknownWebhook`."""
        async with self._store.reading() as connection:
            found = await webhook_rows.one(connection, webhook_id)
        return _owned(found, webhook_id, owner)

    async def change(
        self,
        webhook_id: int,
        owner: int | None,
        *,
        by: Actor,
        url: str | None = None,
        events: Iterable[str] | None = None,
        is_active: bool | None = None,
        version: str | None = None,
    ) -> Webhook:
        """The webhook is as said; one that is made active is tried at once.

        Raises `UnknownWebhook`, `BadInput`, `NotAllowed`, `Outdated` when it is not at this version any more.
        """
        values: dict[str, object] = {}
        if url is not None:
            values["url"] = target(url, self._allowed).url
        async with self._store.transaction() as work:
            known = await _found(work, webhook_id, owner)
            if version not in {None, version_of(known)}:
                raise Outdated
            if events is not None:
                values["events"] = await _topics(work, known.program_id, events)
            if is_active is not None:
                values |= {"state": WebhookState.ACTIVE if is_active else WebhookState.PAUSED, "due_at": work.now}
                values |= {"tries": 0, "failing_since": None, "reason": None} if is_active else {}
            await webhook_rows.change(work, webhook_id, **values, version=known.version + 1)
            data = {"webhook": webhook_id, "names": sorted(values.keys() & {"url", "events", "state"})}
            work.record(Event("webhook_changed", work.now, str(by), data=data))
            return await _found(work, webhook_id, owner)

    async def remove(self, webhook_id: int, owner: int | None, *, by: Actor, version: str | None = None) -> None:
        """Delete the webhook and its deliveries. Raises `UnknownWebhook`, `Outdated`."""
        async with self._store.transaction() as work:
            known = await _found(work, webhook_id, owner)
            if version not in {None, version_of(known)}:
                raise Outdated
            await webhook_rows.remove(work, webhook_id)
            work.record(Event("webhook_removed", work.now, str(by), data={"webhook": webhook_id}))

    async def replay(self, webhook_id: int, after: int, owner: int | None, *, by: Actor) -> Webhook:
        """Everything behind journal line `after` is sent (again), and the webhook is active. Raises `UnknownWebhook`.

        Doing it twice is doing it once: the position is where it was put.
        """
        async with self._store.transaction() as work:
            known = await _found(work, webhook_id, owner)
            last, _ = await journal.head(work.connection)
            values = {"state": WebhookState.ACTIVE, "position": min(after, last), "tries": 0, "due_at": work.now}
            await webhook_rows.change(
                work, webhook_id, **values, failing_since=None, reason=None, version=known.version + 1
            )
            work.record(Event("webhook_replayed", work.now, str(by), data={"webhook": webhook_id, "after": after}))
            return await _found(work, webhook_id, owner)

    async def deliveries(
        self, webhook_id: int, owner: int | None, after: int = 0, limit: int = 100, *, newest_first: bool = False
    ) -> tuple[list[Delivery], int | None]:
        """A page of the webhook's deliveries, and the cursor for the next. Raises `UnknownWebhook`."""
        await self.one(webhook_id, owner)
        async with self._store.reading() as connection:
            found = await webhook_rows.deliveries(connection, webhook_id, after, limit, newest_first=newest_first)
        return found, found[-1].id if len(found) == limit else None

    async def head(self) -> int:
        """The number of the journal's last sealed line."""
        async with self._store.reading() as connection:
            return (await journal.head(connection))[0]

    async def _add(self, work: Transaction, program_id: int, url: str, asked: Subscription) -> int:
        topics = await _topics(work, program_id, asked.events)
        if len(await webhook_rows.of_program(work.connection, program_id, 0, MOST)) >= MOST:
            raise BadInput("url", f"A program may have {MOST} webhooks.")
        last, _ = await journal.head(work.connection)
        return await webhook_rows.add(
            work,
            program_id=program_id,
            url=url,
            events=topics,
            secret=standard_secret(random_bytes()),
            state=WebhookState.ACTIVE,
            position=last if asked.after is None else min(asked.after, last),
        )


def version_of(webhook: Webhook) -> str:
    """What changes whenever somebody changes the webhook; its position and failures are no part of it."""
    return f"{webhook.id}-{webhook.version}"


async def _topics(work: Transaction, program_id: int, events: Iterable[str]) -> list[Topic]:
    program = await program_rows.by_id(work.connection, program_id)
    if program is None:
        raise UnknownProgram(str(program_id))
    return check_topics(events, program.scopes)


async def _found(work: Transaction, webhook_id: int, owner: int | None) -> Webhook:
    return _owned(await webhook_rows.one(work.connection, webhook_id, lock=True), webhook_id, owner)


def _owned(found: Webhook | None, webhook_id: int, owner: int | None) -> Webhook:
    if found is None or owner not in {None, found.program_id}:
        raise UnknownWebhook(str(webhook_id))
    return found


def webhook_view(webhook: Webhook) -> WebhookView:
    """The webhook for other programs."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.topics),
        "state": webhook.state,
        "position": webhook.position,
        "tries": webhook.tries,
        "reason": webhook.reason,
        "failing_since": moment(webhook.failing_since),
        "created_at": moment(webhook.created_at),
    }


def delivery_view(delivery: Delivery) -> DeliveryView:
    """The delivery for other programs."""
    return {
        "id": delivery.id,
        "event": delivery.event,
        "type": delivery.topic,
        "state": delivery.state,
        "tries": delivery.tries,
        "status": delivery.status,
        "reason": delivery.reason,
        "took_ms": delivery.took_ms,
        "at": moment(delivery.at),
    }
