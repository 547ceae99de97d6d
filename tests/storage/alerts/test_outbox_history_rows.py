"""Looking back at the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queue_server.domain.alerts.alerts import AlertKind, Channel, MessageState
from queue_server.storage.alerts import outbox_history_rows, outbox_rows
from queue_server.storage.alerts.outbox_rows import NewMessage, Result, StoredMessage
from queue_server.storage.engine.store import Transaction
from tests.storage.rows import a_patient, a_token, later


async def stored(work: Transaction) -> list[StoredMessage]:
    """All messages, newest first."""
    return await outbox_history_rows.newest(work.connection, channel=None, state=None, before=None, most=100)


async def a_message(
    work: Transaction, cause: str = "call:1", state: MessageState = MessageState.QUEUED, **more: object
) -> StoredMessage:
    """A message that has come so far."""
    until = work.now + timedelta(minutes=10)
    sent = {"channel": Channel.SMS, "kind": AlertKind.CALLED, "to": "+918123456789", "language": "hi", **more}
    await outbox_rows.put(work, [NewMessage(cause=cause, due_at=work.now, expires_at=until, **sent)])  # type: ignore[arg-type]
    message = (await stored(work))[0]
    if state is not MessageState.QUEUED:
        # Only a message in the hands of a process has a result.
        await outbox_rows.take(work, message.channel, 100, until, None, work.now - timedelta(hours=1))
        (message,) = [one for one in await stored(work) if one.id == message.id]
        await outbox_rows.record(work, message, Result(state, provider_id=f"SM{cause}"))
    return message


async def told(work: Transaction, message: StoredMessage, state: MessageState) -> MessageState:
    """The state after the gateway has reported this one."""
    await outbox_history_rows.report(work, key=message.key, provider_id=None, state=state, reason=None)
    return {one.id: one.state for one in await stored(work)}[message.id]


@pytest.mark.parametrize(
    ("before", "reported", "after"),
    [
        (MessageState.SENT, MessageState.DELIVERED, MessageState.DELIVERED),
        (MessageState.UNKNOWN, MessageState.SENT, MessageState.SENT),
        (MessageState.UNKNOWN, MessageState.FAILED, MessageState.FAILED),
        (MessageState.FAILED, MessageState.DELIVERED, MessageState.DELIVERED),
        (MessageState.DELIVERED, MessageState.FAILED, MessageState.DELIVERED),
        (MessageState.DELIVERED, MessageState.SENT, MessageState.DELIVERED),
        (MessageState.FAILED, MessageState.SENT, MessageState.FAILED),
    ],
)
async def test_a_report_settles_a_message_and_never_makes_it_unsure_again(
    work: Transaction, before: MessageState, reported: MessageState, after: MessageState
) -> None:
    message = await a_message(work, state=before)

    assert await told(work, message, reported) is after


async def test_a_report_finds_its_message_by_the_gateways_own_id(work: Transaction) -> None:
    await a_message(work, "call:1", MessageState.SENT)
    report = {"key": None, "state": MessageState.DELIVERED, "reason": None}

    assert await outbox_history_rows.report(work, provider_id="SMcall:1", **report)  # type: ignore[arg-type]
    assert not await outbox_history_rows.report(work, provider_id="SMcall:2", **report)  # type: ignore[arg-type]


async def test_only_what_is_done_is_sent_once_more_and_under_a_new_id(work: Transaction) -> None:
    failed = await a_message(work, "call:1", MessageState.FAILED)
    waiting = await a_message(work, "call:2")

    assert await outbox_history_rows.again(work, failed.id, timedelta(minutes=5))
    assert not await outbox_history_rows.again(work, waiting.id, timedelta(minutes=5))

    (again,) = [one for one in await stored(work) if one.id == failed.id]
    assert (again.state, again.expires_at) == (MessageState.QUEUED, work.now + timedelta(minutes=5))
    assert again.key != failed.key


async def test_messages_are_looked_through_newest_first_by_channel_and_state(work: Transaction) -> None:
    first = await a_message(work, "call:1", MessageState.SENT)
    second = await a_message(work, "call:2", channel=Channel.EMAIL)
    third = await a_message(work, "call:3")

    async def found(**more: object) -> list[int]:
        wanted = {"channel": None, "state": None, "before": None, "most": 2, **more}
        return [one.id for one in await outbox_history_rows.newest(work.connection, **wanted)]  # type: ignore[arg-type]

    assert await found() == [third.id, second.id]
    assert await found(before=second.id) == [first.id]
    assert await found(channel=Channel.EMAIL) == [second.id]
    assert await found(state=MessageState.SENT) == [first.id]


async def test_messages_are_counted_by_channel_and_state_from_a_moment_on(work: Transaction) -> None:
    await a_message(work, "call:1")
    since = later(work, minutes=1)
    await a_message(work, "call:2")
    await a_message(work, "call:3", channel=Channel.EMAIL)

    assert await outbox_history_rows.counts(work.connection, since) == {
        (Channel.SMS, MessageState.QUEUED): 1,
        (Channel.EMAIL, MessageState.QUEUED): 1,
    }


async def test_only_what_is_done_and_old_is_deleted(work: Transaction) -> None:
    await a_message(work, "call:1", MessageState.SENT)
    await a_message(work, "call:2")
    moment = later(work, days=30)
    await a_message(work, "call:3", MessageState.SENT)

    assert await outbox_history_rows.delete_before(work, moment) == 1

    assert [one.state for one in await stored(work)] == [MessageState.SENT, MessageState.QUEUED]


async def test_no_message_to_an_erased_patient_is_left(work: Transaction) -> None:
    asha, ravi = await a_patient(work, "Asha"), await a_patient(work, "Ravi")
    token = await a_token(work, patient_id=asha)
    await a_message(work, "document:1", patient_id=asha)
    await a_message(work, "call:1", token_id=token)
    others = await a_message(work, "document:2", patient_id=ravi)

    await outbox_history_rows.delete_to_patient(work, asha)

    assert [one.id for one in await stored(work)] == [others.id]


async def test_no_message_to_an_address_is_left(work: Transaction) -> None:
    await a_message(work, "call:1", to="+918123456780")
    other = await a_message(work, "call:2")

    await outbox_history_rows.delete_address(work, "+918123456780")

    assert [one.id for one in await stored(work)] == [other.id]
