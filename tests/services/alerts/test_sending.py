"""What becomes of a message between the outbox and the gateway, on both databases."""

import asyncio
from collections.abc import Iterator

import pytest

from queue_server.domain.access.actors import PATIENT
from queue_server.domain.alerts.alerts import (
    Channel,
    Holder,
    Later,
    Message,
    MessageState,
    Outcome,
    Refused,
    Sent,
    Unknown,
)
from queue_server.services.alerts.sending import LEASE
from queue_server.storage.alerts import outbox_history_rows, outbox_rows
from tests.alerting import PHONE, AlertingClinic, RememberingDriver, alerting_services, put
from tests.clinics import ADMIN
from tests.waiting import until


async def test_a_gateway_that_is_down_for_an_hour_gets_what_is_still_worth_sending(alerting: AlertingClinic) -> None:
    token = await alerting.patient()
    alerting.sms.answer = lambda message: Later("no gateway")
    await alerting.clinic.next("1")
    await put(alerting)

    for _ in range(60):
        await alerting.settle()
        alerting.clock.forward(minutes=1)
    tried = alerting.sms.kinds
    alerting.sms.answer = lambda message: Sent("1")
    alerting.clock.forward(minutes=5)
    await alerting.settle()

    assert await alerting.states() == [("called", "failed", "no gateway"), ("document", "sent", None)]
    assert 10 <= tried.count("document") <= 20
    assert await alerting.clinic.state(token) == "called"


async def test_a_gateway_that_asks_for_patience_is_given_it(alerting: AlertingClinic) -> None:
    alerting.sms.answer = lambda message: Later("too many", after_s=90)
    await put(alerting)
    await alerting.settle()
    await put(alerting, 2)

    alerting.clock.forward(seconds=89)
    await alerting.settle()
    assert len(alerting.sms.given) == 1

    alerting.clock.forward(seconds=2)
    alerting.sms.answer = lambda message: Sent("1")
    await alerting.settle()
    assert [state for _, state, _ in await alerting.states()] == ["sent", "sent"]


async def test_a_bad_number_is_tried_once_and_used_no_more(alerting: AlertingClinic) -> None:
    token = await alerting.patient()
    alerting.sms.answer = lambda message: Refused("no such number", is_bad_address=True)
    await alerting.clinic.next("1")
    await alerting.settle()

    [address] = await alerting.services.alerts.preferences.addresses(Holder(token_id=token.token_id))
    assert address.refused_reason == "no such number"
    assert await alerting.states() == [("called", "failed", "no such number")]

    await alerting.services.queue.calling.undo("1", by=ADMIN)
    await alerting.clinic.next("1")
    assert await alerting.settle() == ["called"]


async def test_an_unknown_answer_is_not_tried_again_unless_the_gateway_knows_repetitions(
    alerting: AlertingClinic,
) -> None:
    for driver in (alerting.sms, alerting.email):
        driver.answer = lambda message: Unknown("no answer")
    await put(alerting)
    await alerting.settle()
    alerting.clock.forward(hours=1)
    await alerting.settle()

    assert await alerting.states() == [("document", "unknown", "no answer")]
    assert len(alerting.sms.given) == 1


async def test_an_unknown_message_is_repeated_with_its_id_where_the_gateway_knows_repetitions(
    alerting: AlertingClinic, database_url: str
) -> None:
    await put(alerting)
    answers: Iterator[Outcome] = iter([Unknown("no answer"), Sent("1")])
    driver = RememberingDriver(is_repeatable=True, answer=lambda message: next(answers))

    async with alerting_services(database_url, alerting.clock, driver) as services:
        await services.alerts.sending.drain()
        alerting.clock.forward(seconds=3)
        await services.alerts.sending.drain()

    assert len({message.id for message in driver.given}) == 1
    assert await alerting.states() == [("document", "sent", None)]


@pytest.mark.parametrize("is_repeatable", [False, True])
async def test_a_message_in_the_hands_of_a_process_that_ended_is_known_to_be_so(
    alerting: AlertingClinic, database_url: str, is_repeatable: bool
) -> None:
    await put(alerting)
    store, began = alerting.services.store, alerting.clock.now()
    async with store.transaction() as work:
        # Leased by a process of which nothing is heard any more.
        assert len(await outbox_rows.take(work, Channel.SMS, 9, began + LEASE, None, began)) == 1
    driver = RememberingDriver(is_repeatable=is_repeatable)

    async with alerting_services(database_url, alerting.clock, driver) as services:
        await services.alerts.sending.drain()
        assert driver.given == []
        alerting.clock.forward(seconds=61)
        await services.alerts.sending.drain()

    assert len(driver.given) == int(is_repeatable)
    expected = ("document", "sent", None) if is_repeatable else ("document", "unknown", "process_ended")
    assert await alerting.states() == [expected]


async def test_a_late_answer_still_counts(alerting: AlertingClinic) -> None:
    await put(alerting)
    began = alerting.clock.now()
    async with alerting.services.store.transaction() as work:
        [taken] = await outbox_rows.take(work, Channel.SMS, 9, began + LEASE, None, began)
    alerting.clock.forward(minutes=5)
    await alerting.settle()
    assert [state for _, state, _ in await alerting.states()] == ["unknown"]

    async with alerting.services.store.transaction() as work:
        assert await outbox_rows.record(work, taken, outbox_rows.Result(MessageState.SENT))

    assert [state for _, state, _ in await alerting.states()] == ["sent"]


async def test_a_clock_that_jumps_ahead_sends_nothing_twice(alerting: AlertingClinic) -> None:
    alerting.sms.gate = asyncio.Event()
    await put(alerting, 3)
    await alerting.services.alerts.sending.turn()
    await until(lambda: len(alerting.sms.given) == 3)

    alerting.clock.forward(hours=12)
    await alerting.services.alerts.sending.turn()
    alerting.sms.gate.set()
    await alerting.services.alerts.sending.drain()

    assert len(alerting.sms.given) == 3
    assert [state for _, state, _ in await alerting.states()] == ["sent"] * 3


async def test_a_clock_that_falls_back_holds_nothing_up(alerting: AlertingClinic) -> None:
    await put(alerting)
    alerting.clock.forward(days=-2)
    await put(alerting, 2)

    await alerting.settle()

    assert [state for _, state, _ in await alerting.states()] == ["sent", "sent"]


async def test_two_processes_never_send_one_message_both(alerting: AlertingClinic, database_url: str) -> None:
    await put(alerting, 200)
    other = RememberingDriver()

    async with alerting_services(database_url, alerting.clock, other) as services:
        await asyncio.gather(alerting.services.alerts.sending.drain(), services.alerts.sending.drain())

    ids = [message.id for message in (*alerting.sms.given, *other.given)]
    assert len(ids) == len(set(ids)) == 200


async def test_the_daily_limit_holds_the_rest_back_and_says_so(alerting: AlertingClinic) -> None:
    await alerting.services.alerts.preferences.set_limit(Channel.SMS, 3, by=ADMIN)
    await put(alerting, 5)

    await alerting.settle()
    assert len(alerting.sms.given) == 3
    assert (await alerting.states())[3:] == [("document", "queued", "daily_limit")] * 2

    alerting.clock.forward(hours=19)
    await alerting.settle()
    assert len(alerting.sms.given) == 5


async def test_what_the_gateway_did_not_take_costs_nothing(alerting: AlertingClinic) -> None:
    await alerting.services.alerts.preferences.set_limit(Channel.SMS, 1, by=ADMIN)
    alerting.sms.answer = lambda message: Later("not now")
    await put(alerting)
    await alerting.settle()

    alerting.sms.answer = lambda message: Sent("1")
    alerting.clock.forward(seconds=5)
    await alerting.settle()

    assert await alerting.states() == [("document", "sent", None)]


async def test_a_code_for_a_new_pin_is_sent_and_then_forgotten(alerting: AlertingClinic) -> None:
    async with alerting.services.store.transaction() as work:
        assert await alerting.services.alerts.preferences.put_code(work, PHONE, "hi", "314159")
    await alerting.settle()

    assert "314159" in alerting.sms.given[0].body
    async with alerting.services.store.reading() as connection:
        [kept] = await outbox_history_rows.newest(connection, channel=None, state=None, before=None, most=9)
    assert kept.data == {}
    [shown] = await alerting.services.alerts.preferences.page()
    assert (shown["text"], shown["can_repeat"]) == ("", False)


async def test_a_code_for_a_landline_goes_to_the_patients_e_mail(alerting: AlertingClinic) -> None:
    login = await alerting.clinic.register()
    assert login.patient is not None
    await alerting.services.alerts.preferences.agree(
        Holder(patient_id=login.patient.id), Channel.EMAIL, "a@mail.example", by=PATIENT
    )

    async with alerting.services.store.transaction() as work:
        assert await alerting.services.alerts.preferences.put_code(
            work, "+914023456789", "en", "314159", [login.patient.id]
        )
    await alerting.settle()

    assert [message.to for message in alerting.email.given] == ["a@mail.example"]
    assert alerting.sms.given == []


async def test_old_messages_and_addresses_for_one_number_are_forgotten(alerting: AlertingClinic) -> None:
    holder = Holder(token_id=(await alerting.patient("LAB")).token_id)
    await put(alerting)
    await alerting.settle()

    alerting.clock.forward(days=2)
    await alerting.services.alerts.sending.purge()
    assert len(await alerting.services.alerts.preferences.addresses(holder)) == 1
    alerting.clock.forward(days=29)
    await alerting.services.alerts.sending.purge()

    assert await alerting.services.alerts.preferences.addresses(holder) == []
    assert await alerting.states() == []


async def test_a_driver_that_fails_by_itself_harms_nobody_else(alerting: AlertingClinic) -> None:
    def fail(message: Message) -> Sent:
        raise ZeroDivisionError

    alerting.sms.answer = fail
    await put(alerting, 2)
    await put(alerting, 1, channel=Channel.EMAIL, to="a@mail.example")

    await alerting.settle()

    states = {(kind, state) for kind, state, _ in await alerting.states()}
    assert states == {("document", "unknown"), ("document", "sent")}
