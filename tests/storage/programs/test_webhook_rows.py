"""Webhooks, what is due for them, and their deliveries."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.access.scopes import ALL_SCOPES
from queue_server.domain.programs.webhooks import DeliveryState, Topic, WebhookState
from queue_server.domain.queue.events import Event
from queue_server.storage.engine import journal
from queue_server.storage.engine.store import Transaction
from queue_server.storage.programs import program_rows
from queue_server.storage.programs import webhook_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import later

MINUTE = timedelta(minutes=1)


async def a_program(work: Transaction, name: str = "Laboratory") -> int:
    """Another program."""
    return await program_rows.add(work, name, f"hash of {name}", ALL_SCOPES)


async def a_webhook(work: Transaction, program: int | None = None, **more: object) -> int:
    """A webhook of the program, or of a new one."""
    whose = await a_program(work, f"Program {work.now:%f}") if program is None else program
    values = {"program_id": whose, "url": "https://lab.example/", "events": [Topic.CALLED], "secret": "s"}
    return await rows.add(work, **{**values, "state": WebhookState.ACTIVE, "position": 0, **more})


async def due(work: Transaction) -> list[int]:
    """The ids of the webhooks that are due now."""
    return [one.id for one in await rows.due(work.connection, work.now)]


async def test_a_new_webhook_is_due_at_once(work: Transaction) -> None:
    id_ = await a_webhook(work)

    found = await rows.one(work.connection, id_, lock=True)

    assert found
    assert (found.topics, found.due_at, found.tries, found.version) == ((Topic.CALLED,), MORNING, 0, 1)
    assert await due(work) == [id_]
    assert await rows.one(work.connection, id_ + 1) is None


async def test_only_active_webhooks_of_programs_that_may_still_act_are_due_when_their_time_has_come(
    work: Transaction,
) -> None:
    program, revoked = await a_program(work, "one"), await a_program(work, "revoked")
    first = await a_webhook(work, program)
    await a_webhook(work, program, state=WebhookState.PAUSED)
    later_on = await a_webhook(work, program)
    await a_webhook(work, revoked)
    await rows.change(work, later_on, due_at=MORNING + MINUTE)
    await program_rows.revoke(work, revoked)

    before = await due(work)
    later(work, minutes=1)

    assert (before, await due(work)) == ([first], [first, later_on])


async def test_one_process_at_a_time_serves_a_webhook(work: Transaction) -> None:
    id_ = await a_webhook(work)

    leased = [await rows.lease(work, id_, MORNING + MINUTE) for _ in range(2)]
    meanwhile = await due(work)
    later(work, minutes=1)

    assert [one is not None for one in leased] == [True, False]
    assert (meanwhile, await due(work)) == ([], [id_])


async def test_a_webhook_is_moved_on_only_from_where_it_was_seen(work: Transaction) -> None:
    id_ = await a_webhook(work)

    await rows.skip_to(work, id_, 0, 7)
    await rows.skip_to(work, id_, 0, 5)

    found = await rows.one(work.connection, id_)
    assert found
    assert found.position == 7


async def test_webhooks_are_listed_by_program_a_page_at_a_time(work: Transaction) -> None:
    one, other = await a_program(work, "one"), await a_program(work, "other")
    first, second, third = [await a_webhook(work, whose) for whose in (one, other, one)]

    async def listed(program: int | None, after: int, limit: int) -> list[int]:
        return [each.id for each in await rows.of_program(work.connection, program, after, limit)]

    assert await listed(None, 0, 2) == [first, second]
    assert await listed(None, second, 2) == [third]
    assert await listed(one, 0, 9) == [first, third]


async def test_the_next_event_is_the_first_sealed_line_of_a_kind_that_is_wanted(work: Transaction) -> None:
    last, _ = await journal.head(work.connection)
    issued = Event("issue", MORNING, "kiosk:1", data={"place": "entrance"})
    called = Event("call", MORNING, "doctor:1", data={"room": "1"})
    await journal.write(work.connection, [issued, called, issued], is_sealed=True)
    await journal.write(work.connection, [called], is_sealed=False)

    assert await rows.next_event(work.connection, last, ["call", "recall"]) == (last + 2, called)
    assert await rows.next_event(work.connection, last + 2, ["issue", "call"]) == (last + 3, issued)
    assert await rows.next_event(work.connection, last + 2, ["call"]) is None


async def test_what_became_of_an_event_is_kept_once(work: Transaction) -> None:
    id_ = await a_webhook(work)
    tried = {"topic": Topic.CALLED, "tries": 1, "status": 503, "reason": "busy", "took_ms": 40}
    await rows.note_delivery(work, id_, 1, state=DeliveryState.RETRYING, **tried)
    at = later(work, minutes=1)
    await rows.note_delivery(work, id_, 1, state=DeliveryState.DELIVERED, **{**tried, "tries": 2, "status": 200})

    (found,) = await rows.deliveries(work.connection, id_, 0, 10)

    assert (found.event, found.state, found.tries, found.status, found.at) == (1, DeliveryState.DELIVERED, 2, 200, at)


async def test_deliveries_are_listed_in_order_or_newest_first_and_deleted_when_old(work: Transaction) -> None:
    id_ = await a_webhook(work)
    tried = {"topic": Topic.CALLED, "tries": 1, "state": DeliveryState.DELIVERED, "status": 200, "took_ms": 1}
    for event in (1, 2, 3):
        await rows.note_delivery(work, id_, event, reason=None, **tried)
        moment = later(work, minutes=1)

    async def events(**more: bool) -> list[int]:
        return [one.event for one in await rows.deliveries(work.connection, id_, 0, 2, **more)]

    assert (await events(), await events(newest_first=True)) == ([1, 2], [3, 2])
    await rows.delete_before(work, moment - MINUTE)
    assert await events() == [3]
    await rows.remove(work, id_)
    assert (await events(), await rows.one(work.connection, id_)) == ([], None)
