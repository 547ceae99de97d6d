"""What is due for a webhook, and when it is tried again, on both databases; over HTTP it is in `tests/webhooks`."""

from __future__ import annotations

import json

import pytest

from queue_server.domain.alerts.alerts import Later, Outcome, Refused, Sent
from queue_server.domain.programs.webhooks import REFUSALS, DeliveryState, Webhook, WebhookState
from queue_server.services.programs.webhook_deliveries import KEPT, LEASE, Attempt, Job, WebhookDeliveries
from queue_server.services.programs.webhooks import Subscription
from tests.clinics import ADMIN, Clinic

GONE = 410


@pytest.fixture
def delivering(clinic: Clinic) -> WebhookDeliveries:
    """One process that serves the webhooks."""
    return clinic.services.programs.delivering


@pytest.fixture
async def webhook(clinic: Clinic) -> Webhook:
    """A program hears of each number that is given out."""
    await clinic.services.programs.keys.add("other software")
    (program,) = await clinic.services.programs.keys.all()
    asked = Subscription("https://hooks.example.org/queue", ["token.issued"])
    await seal(clinic)
    return await clinic.services.programs.webhooks.add(program.id, asked, by=ADMIN)


async def seal(clinic: Clinic) -> None:
    """What was committed is sealed."""
    if clinic.services.store.is_postgres:
        await clinic.services.programs.journal.seal()


async def issue(clinic: Clinic, count: int = 1) -> None:
    """So many numbers are given out."""
    for _ in range(count):
        await clinic.issue()
    await seal(clinic)


async def next_job(delivering: WebhookDeliveries, webhook: Webhook) -> Job:
    """What is to be sent now."""
    job = await delivering.job(webhook.id)
    assert job is not None
    return job


async def states(clinic: Clinic, webhook: Webhook) -> list[tuple[str, int]]:
    """State and tries of each event."""
    found, _ = await clinic.services.programs.webhooks.deliveries(webhook.id, None)
    return [(str(one.state), one.tries) for one in found]


async def test_events_are_sent_in_their_order_and_nothing_else_is_due(
    clinic: Clinic, delivering: WebhookDeliveries, webhook: Webhook
) -> None:
    assert await delivering.due() == []
    await issue(clinic, 2)
    await clinic.next()
    sent = []

    for _ in range(2):
        assert await delivering.due() == [webhook.id]
        job = await next_job(delivering, webhook)
        await delivering.settle(job, Attempt(Sent(), 200, 12))
        await delivering.release(webhook.id)
        sent.append(json.loads(job.body))

    assert [(told["type"], told["data"]["department"]) for told in sent] == [("token.issued", "GEN")] * 2
    assert [told["data"]["number"] for told in sent] == ["G-001", "G-002"]
    await seal(clinic)
    assert await delivering.job(webhook.id) is None
    assert await states(clinic, webhook) == [("delivered", 1), ("delivered", 1)]


async def test_one_process_at_a_time_serves_a_webhook(
    clinic: Clinic, delivering: WebhookDeliveries, webhook: Webhook
) -> None:
    assert await delivering.lease(webhook.id)
    assert not await delivering.lease(webhook.id)

    clinic.clock.moment += LEASE
    assert await delivering.lease(webhook.id)
    await delivering.release(webhook.id)

    assert await delivering.lease(webhook.id)


async def test_an_event_is_tried_again_later_and_not_at_once(
    clinic: Clinic, delivering: WebhookDeliveries, webhook: Webhook
) -> None:
    await issue(clinic)
    job = await next_job(delivering, webhook)

    await delivering.settle(job, Attempt(Later("no answer", after_s=600)))

    assert await delivering.job(webhook.id) is None
    clinic.clock.forward(seconds=599)
    assert await delivering.job(webhook.id) is None
    clinic.clock.forward(seconds=3600)
    assert (await next_job(delivering, webhook)).event == job.event
    assert await states(clinic, webhook) == [("retrying", 1)]


async def test_an_event_that_is_refused_again_and_again_is_left_out(
    clinic: Clinic, delivering: WebhookDeliveries, webhook: Webhook
) -> None:
    await issue(clinic, 2)
    first = await next_job(delivering, webhook)

    for _ in range(REFUSALS):
        await delivering.settle(await next_job(delivering, webhook), Attempt(Refused("no such field"), 400))
        clinic.clock.forward(hours=1)

    assert (await next_job(delivering, webhook)).event > first.event
    assert await states(clinic, webhook) == [("given_up", REFUSALS)]


@pytest.mark.parametrize(("outcome", "status"), [(Refused("gone"), GONE), (Later("gone"), GONE)])
async def test_a_target_that_is_gone_stops_the_webhook_where_it_is(
    clinic: Clinic, delivering: WebhookDeliveries, webhook: Webhook, outcome: Outcome, status: int
) -> None:
    await issue(clinic)
    job = await next_job(delivering, webhook)

    await delivering.settle(job, Attempt(outcome, status))

    stopped = await clinic.services.programs.webhooks.one(webhook.id, None)
    assert (stopped.state, stopped.position) == (WebhookState.STOPPED, job.webhook.position)
    assert await delivering.due() == []
    assert await states(clinic, webhook) == [(str(DeliveryState.GIVEN_UP), 1)]


async def test_an_answer_that_comes_after_a_replay_is_not_noted(
    clinic: Clinic, delivering: WebhookDeliveries, webhook: Webhook
) -> None:
    await issue(clinic)
    job = await next_job(delivering, webhook)
    moved = await clinic.services.programs.webhooks.replay(webhook.id, 0, None, by=ADMIN)

    await delivering.settle(job, Attempt(Sent(), 200))

    assert (await clinic.services.programs.webhooks.one(webhook.id, None)).position == moved.position
    assert await states(clinic, webhook) == []


async def test_old_deliveries_are_no_longer_listed(
    clinic: Clinic, delivering: WebhookDeliveries, webhook: Webhook
) -> None:
    await issue(clinic)
    await delivering.settle(await next_job(delivering, webhook), Attempt(Sent(), 200))
    await delivering.delete_old()
    assert await states(clinic, webhook) == [("delivered", 1)]

    clinic.clock.moment += KEPT * 2
    await delivering.delete_old()

    assert await states(clinic, webhook) == []
