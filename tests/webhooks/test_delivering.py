"""Events reach another program's server: signed, in order, at least once, and visibly given up."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import standardwebhooks

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.errors import NotAllowed, UnknownWebhook
from queue_server.domain.programs.webhooks import REFUSALS, UNREACHABLE_FOR, DeliveryState, WebhookState
from queue_server.domain.queue.tokens import Action
from queue_server.services.programs import webhook_deliveries
from queue_server.webhooks.sending import Sender
from tests.waiting import until
from tests.webhooks.conftest import HERE, Hooks, a_worker
from tests.webhooks.receiver import HANG, Receiver, a_receiver


async def test_what_happens_is_told_in_order(hooks: Hooks, receiver: Receiver) -> None:
    webhook = await hooks.add(receiver.url)
    token = await hooks.clinic.issue()
    await hooks.clinic.next()
    await hooks.clinic.act(token, Action.START)
    await hooks.clinic.act(token, Action.ATTEND)

    await hooks.turn()

    assert receiver.types == ["token.issued", "token.called", "token.attended"]
    called = receiver.received[1].event
    assert called["data"] == {
        "token": token.token_id,
        "department": "GEN",
        "number": "G-001",
        "state": "called",
        "room": "1",
    }
    assert [one.state for one in await hooks.deliveries(webhook)] == [DeliveryState.DELIVERED] * 3
    assert await hooks.turn() == 0


async def test_a_delivery_is_verified_by_the_conventions_own_library(hooks: Hooks, receiver: Receiver) -> None:
    webhook = await hooks.add(receiver.url)
    hooks.clinic.clock.moment = datetime.now(UTC)  # the library compares with the machine's own clock
    await hooks.clinic.issue()

    await hooks.turn()

    sent, library = receiver.received[0], standardwebhooks.Webhook(webhook.secret)
    assert library.verify(sent.body, sent.headers) == sent.event
    assert sent.headers["webhook-id"] == f"{webhook.id}-{sent.event['id']}"
    for forged in ({"webhook-id": "3-1"}, {"webhook-timestamp": str(int(sent.headers["webhook-timestamp"]) + 1)}):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            library.verify(sent.body, sent.headers | forged)


async def test_a_new_webhook_is_told_what_happens_from_now_on(hooks: Hooks, receiver: Receiver) -> None:
    await hooks.clinic.issue()
    await hooks.add(receiver.url)
    later = await hooks.clinic.issue()

    await hooks.turn()

    assert [sent.event["data"]["token"] for sent in receiver.received] == [later.token_id]


async def test_a_failure_is_tried_again_later_and_then_the_rest_follows(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answers.append(503)
    webhook = await hooks.add(receiver.url)
    await hooks.clinic.issue()
    await hooks.clinic.next()

    await hooks.turn()
    failed = await hooks.state(webhook)
    at_once = await hooks.turn()
    hooks.clinic.clock.forward(seconds=3)
    await hooks.turn()

    assert (failed.tries, failed.reason, failed.state) == (1, "answered 503", WebhookState.ACTIVE)
    assert at_once == 0
    assert receiver.types == ["token.issued", "token.issued", "token.called"]
    assert receiver.received[0].headers["webhook-id"] == receiver.received[1].headers["webhook-id"]
    assert [(one.state, one.tries) for one in await hooks.deliveries(webhook)] == [
        (DeliveryState.DELIVERED, 2),
        (DeliveryState.DELIVERED, 1),
    ]
    assert (await hooks.state(webhook)).reason is None


async def test_an_event_that_is_refused_for_good_is_given_up_and_the_next_follows(
    hooks: Hooks, receiver: Receiver
) -> None:
    receiver.answers.extend([422] * REFUSALS)
    webhook = await hooks.add(receiver.url)
    await hooks.clinic.issue()
    await hooks.clinic.next()

    for _ in range(REFUSALS):
        await hooks.turn()
        hooks.clinic.clock.forward(minutes=6)
    await hooks.turn()

    assert [(one.state, one.status) for one in await hooks.deliveries(webhook)] == [
        (DeliveryState.GIVEN_UP, 422),
        (DeliveryState.DELIVERED, 204),
    ]
    assert receiver.types == ["token.issued"] * REFUSALS + ["token.called"]


async def test_a_target_that_is_away_for_a_day_stops_the_webhook_and_loses_nothing(
    hooks: Hooks, receiver: Receiver
) -> None:
    webhook = await hooks.add(receiver.url)
    await hooks.clinic.issue()
    receiver.answers.extend([500, 500])
    await hooks.turn()
    hooks.clinic.clock.forward(seconds=UNREACHABLE_FOR.total_seconds() + 60)

    await hooks.turn()

    stopped = await hooks.state(webhook)
    assert (stopped.state, stopped.reason) == (WebhookState.STOPPED, "answered 500")
    assert [one.state for one in await hooks.deliveries(webhook)] == [DeliveryState.GIVEN_UP]
    assert await hooks.turn() == 0
    await hooks.webhooks.change(webhook.id, None, by=SYSTEM, is_active=True)
    await hooks.turn()
    assert receiver.types == ["token.issued"] * 3
    assert [one.state for one in await hooks.deliveries(webhook)] == [DeliveryState.DELIVERED]


async def test_a_target_that_says_it_is_gone_is_not_asked_again(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answers.append(410)
    webhook = await hooks.add(receiver.url)
    await hooks.clinic.issue()

    await hooks.turn()

    assert (await hooks.state(webhook)).state is WebhookState.STOPPED


async def test_a_target_that_hangs_costs_the_others_nothing(hooks: Hooks, receiver: Receiver) -> None:
    async with a_receiver() as hanging, Sender(HERE, timeout_s=1.5) as hasty:
        hanging.answers.append(HANG)
        slow = await hooks.add(hanging.url)
        await hooks.add(receiver.url)
        await hooks.clinic.issue()
        await hooks.seal()

        begun = await a_worker(hooks.clinic, hasty).look()
        done, waiting = await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
        was_told = list(receiver.types)
        await asyncio.gather(*done, *waiting)

    assert (len(done), len(waiting), was_told) == (1, 1, ["token.issued"])
    assert (await hooks.state(slow)).reason == "no answer within 1.5 seconds"


async def test_a_redirect_is_not_followed(hooks: Hooks, receiver: Receiver) -> None:
    async with a_receiver() as elsewhere:
        receiver.answers.append(307)
        receiver.more = f"Location: {elsewhere.url}\r\n"
        webhook = await hooks.add(receiver.url)
        await hooks.clinic.issue()

        await hooks.turn()

        assert elsewhere.received == []
    assert (await hooks.state(webhook)).reason == "answered 307"


async def test_everything_behind_a_cursor_can_be_sent_again(hooks: Hooks, receiver: Receiver) -> None:
    webhook = await hooks.add(receiver.url)
    await hooks.clinic.issue()
    await hooks.clinic.next()
    await hooks.turn()
    first = receiver.received[0].event["id"]

    await hooks.webhooks.replay(webhook.id, first - 1, None, by=SYSTEM)
    await hooks.turn()
    await hooks.webhooks.replay(webhook.id, first, None, by=SYSTEM)
    await hooks.turn()

    assert receiver.types == ["token.issued", "token.called"] * 2 + ["token.called"]


async def test_two_processes_do_not_send_the_same(hooks: Hooks, receiver: Receiver) -> None:
    await hooks.add(receiver.url)
    await hooks.clinic.issue()
    await hooks.seal()
    other = a_worker(hooks.clinic, hooks.sender)

    for begun in await asyncio.gather(hooks.worker.look(), other.look()):
        await asyncio.gather(*begun)

    assert receiver.types == ["token.issued"]


async def test_a_server_that_ends_in_the_middle_leaves_the_webhook_to_the_next(
    hooks: Hooks, receiver: Receiver
) -> None:
    receiver.answers.append(HANG)
    await hooks.add(receiver.url)
    await hooks.clinic.issue()
    await hooks.seal()
    (task,) = await hooks.worker.look()
    await until(lambda: bool(receiver.received))

    task.cancel()
    await asyncio.wait([task])

    assert await hooks.turn() == 1
    assert receiver.types == ["token.issued"] * 2


async def test_nobody_serves_a_revoked_programs_webhooks(hooks: Hooks, receiver: Receiver) -> None:
    await hooks.add(receiver.url)
    await hooks.clinic.issue()

    await hooks.services.programs.keys.revoke(hooks.program.id)

    assert await hooks.turn() == 0


async def test_a_paused_webhook_goes_on_where_it_was(hooks: Hooks, receiver: Receiver) -> None:
    webhook = await hooks.add(receiver.url)
    await hooks.webhooks.change(webhook.id, None, by=SYSTEM, is_active=False)
    await hooks.clinic.issue()
    assert await hooks.turn() == 0

    await hooks.webhooks.change(webhook.id, None, by=SYSTEM, is_active=True)
    await hooks.turn()

    assert receiver.types == ["token.issued"]


async def test_a_program_is_told_only_what_its_key_may_read(hooks: Hooks, receiver: Receiver) -> None:
    await hooks.services.programs.keys.add("narrow", ["webhooks:write", "events:read"])
    narrow = next(one for one in await hooks.services.programs.keys.all() if one.name == "narrow")
    hooks.program = replace(hooks.program, id=narrow.id, scopes=frozenset())

    with pytest.raises(NotAllowed):
        await hooks.add(receiver.url, ("document.added",))

    assert (await hooks.add(receiver.url)).program_id == narrow.id


async def test_a_removed_webhook_is_gone(hooks: Hooks, receiver: Receiver) -> None:
    webhook = await hooks.add(receiver.url)
    await hooks.clinic.issue()
    await hooks.turn()

    await hooks.webhooks.remove(webhook.id, None, by=SYSTEM)

    with pytest.raises(UnknownWebhook):
        await hooks.webhooks.deliveries(webhook.id, None)


async def test_a_thousand_lines_of_no_interest_move_the_position(
    hooks: Hooks, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_deliveries, "NOTED_EVERY", 3)
    webhook = await hooks.add(receiver.url, ("token.missed",))
    for _ in range(4):
        await hooks.clinic.issue()

    await hooks.turn()

    assert (await hooks.state(webhook)).position == await hooks.webhooks.head()
    assert receiver.received == []
