"""What is due for webhooks, and what became of it: one process serves a webhook at a time, its events in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from random import random

from queue_server.domain.alerts.alerts import Outcome, Refused, Sent, retry_at
from queue_server.domain.programs.webhooks import (
    REFUSALS,
    DeliveryState,
    Webhook,
    WebhookState,
    gives_up_at,
    is_gone,
    kinds_of,
    message,
)
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.engine import journal
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.programs import webhook_rows

#: A process that died is replaced after so long.
LEASE = timedelta(seconds=60)
#: A webhook's position is noted at least so often, though nothing of interest happened meanwhile.
NOTED_EVERY = 1000
#: Deliveries are listed for so long.
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Job:
    """One event to deliver: `body` is sent to `url`, signed with `secret`."""

    webhook: Webhook
    event: int
    topic: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a try: the HTTP status if there was one, and how long it took."""

    outcome: Outcome
    status: int | None = None
    took_ms: int | None = None


class WebhookDeliveries:
    """An event is delivered at least once; its number tells the receiver a repetition."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues
        #: Webhook id → (position and version at which it was looked for news, the line up to which there was none).
        self._looked: dict[int, tuple[tuple[int, int], int]] = {}

    async def due(self) -> list[int]:
        """The ids of the webhooks for which there is something to send now."""
        async with self._store.reading() as connection:
            ready = await webhook_rows.due(connection, self._store.clock.now())
            last, _ = await journal.head(connection) if ready else (0, "")
        return [webhook.id for webhook in ready if await self._has_news(webhook, last)]

    async def lease(self, webhook_id: int) -> bool:
        """Whether this process serves the webhook now: it has to be done within `LEASE`, or lease it anew."""
        async with self._store.transaction() as work:
            return await webhook_rows.lease(work, webhook_id, work.now + LEASE) is not None

    async def release(self, webhook_id: int) -> None:
        """Any process may serve the webhook."""
        async with self._store.transaction() as work:
            await webhook_rows.change(work, webhook_id, leased_until=work.now)

    async def job(self, webhook_id: int) -> Job | None:
        """The webhook's next event; none when there is none, or it is not its time."""
        async with self._store.reading() as connection:
            webhook = await webhook_rows.one(connection, webhook_id)
            if webhook is None or webhook.state is not WebhookState.ACTIVE:
                return None
            if webhook.due_at > self._store.clock.now():
                return None
            found = await webhook_rows.next_event(connection, webhook.position, kinds_of(webhook.topics))
        if found is None:
            return None
        number, event = found
        codes = {known.id: known.code for known in await self._queues.departments()}
        told = message(number, event, codes.get(event.department_id or 0))
        return Job(webhook, number, str(told["type"]), json.dumps(told, ensure_ascii=False).encode())

    async def settle(self, job: Job, attempt: Attempt) -> None:
        """Note what became of the try, and when the webhook is next due. The lease goes on."""
        async with self._store.transaction() as work:
            webhook = await webhook_rows.one(work.connection, job.webhook.id, lock=True)
            if webhook is None or webhook.position != job.webhook.position:
                return  # removed, or sent elsewhere in the journal meanwhile
            state, changes = _after(webhook, job, attempt, work)
            reason = None if isinstance(attempt.outcome, Sent) else attempt.outcome.reason[:200]
            await webhook_rows.note_delivery(
                work,
                webhook.id,
                job.event,
                topic=job.topic,
                state=state,
                tries=webhook.tries + 1,
                status=attempt.status,
                reason=reason,
                took_ms=attempt.took_ms,
            )
            await webhook_rows.change(work, webhook.id, **changes, leased_until=work.now + LEASE)

    async def delete_old(self) -> None:
        """Deliveries of long ago are no longer listed."""
        async with self._store.transaction() as work:
            await webhook_rows.delete_before(work, work.now - KEPT)

    async def _has_news(self, webhook: Webhook, last: int) -> bool:
        stamp = (webhook.position, webhook.version)
        known, looked = self._looked.get(webhook.id, (stamp, 0))
        looked = max(looked, webhook.position) if known == stamp else webhook.position
        if looked >= last:
            return False
        async with self._store.reading() as connection:
            found = await webhook_rows.next_event(connection, looked, kinds_of(webhook.topics))
        if found is not None:
            return True
        self._looked[webhook.id] = stamp, last
        if last - webhook.position >= NOTED_EVERY:
            async with self._store.transaction() as work:
                await webhook_rows.skip_to(work, webhook.id, webhook.position, last)
        return False


def _after(webhook: Webhook, job: Job, attempt: Attempt, work: Transaction) -> tuple[DeliveryState, dict[str, object]]:
    """The delivery's state, and what changes of the webhook."""
    done: dict[str, object] = {
        "position": job.event,
        "tries": 0,
        "failing_since": None,
        "reason": None,
        "due_at": work.now,
    }
    outcome, tries, now = attempt.outcome, webhook.tries + 1, work.now
    if isinstance(outcome, Sent):
        return DeliveryState.DELIVERED, done
    since, reason = webhook.failing_since or now, outcome.reason[:200]
    if isinstance(outcome, Refused) and not is_gone(attempt.status) and tries >= REFUSALS:
        return DeliveryState.GIVEN_UP, done | {"reason": reason}
    after_s = getattr(outcome, "after_s", None)
    again = None if is_gone(attempt.status) else retry_at(tries, now, gives_up_at(since), random(), after_s)  # noqa: S311
    if again is None:
        return DeliveryState.GIVEN_UP, {"state": WebhookState.STOPPED, "reason": reason, "failing_since": since}
    return DeliveryState.RETRYING, {"tries": tries, "failing_since": since, "reason": reason, "due_at": again}
