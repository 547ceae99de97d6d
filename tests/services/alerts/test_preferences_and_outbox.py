"""Which channels and alerts a holder has chosen, on both databases."""

from datetime import time

import pytest

from queue_server.domain.access.actors import PATIENT
from queue_server.domain.alerts.alerts import (
    AlertPreference,
    Channel,
    Holder,
    Later,
    Sent,
    Unknown,
)
from queue_server.domain.errors import BadInput, NotFound
from queue_server.domain.queue.tokens import Action
from queue_server.services.screens.own_tokens import OwnTokens
from tests.alerting import PHONE, AlertingClinic, put
from tests.clinics import ADMIN


async def test_a_whole_visit_tells_each_thing_once(alerting: AlertingClinic) -> None:
    others = [await alerting.clinic.issue() for _ in range(6)]
    token = await alerting.patient()
    assert await alerting.settle() == []

    for _ in others:
        await alerting.clinic.next("1")
        alerting.clock.forward(minutes=4)
        await alerting.settle()
    assert alerting.sms.kinds == ["soon", "next"]

    await alerting.clinic.next("1")
    await alerting.clinic.act(token, Action.MISS)
    await alerting.settle()
    await alerting.clinic.act(token, Action.REQUEUE)
    await alerting.clinic.next("1")
    await alerting.settle()

    assert alerting.sms.kinds == ["soon", "next", "missed"]


async def test_messages_are_in_the_patients_language(alerting: AlertingClinic) -> None:
    login = await alerting.clinic.register()
    assert login.patient is not None
    await alerting.services.alerts.preferences.agree(
        Holder(patient_id=login.patient.id), Channel.SMS, "081234 56789", by=PATIENT
    )
    visits: OwnTokens = alerting.services.screens.own_tokens

    token = await visits.take(login.patient, "GEN")
    await alerting.clinic.next("1")
    await alerting.services.alerts.sending.drain()

    assert alerting.sms.given[0].body == f"{token.number}: कृपया अभी कमरा 1 में आएँ।"


async def test_quiet_hours_are_kept(alerting: AlertingClinic) -> None:
    token = await alerting.patient()
    await alerting.services.alerts.preferences.save_wish(
        Holder(token_id=token.token_id), AlertPreference(quiet_from=time(9), quiet_until=time(11))
    )

    await alerting.clinic.next("1")

    assert await alerting.settle() == []
    alerting.clock.forward(hours=1)
    assert await alerting.settle() == []
    assert await alerting.states() == [("called", "failed", "too_late")]


async def test_only_channels_that_were_agreed_to_are_used(alerting: AlertingClinic) -> None:
    token = await alerting.clinic.issue()
    await alerting.tell(token, "asha@mail.example", Channel.EMAIL)

    await alerting.clinic.next("1")
    await alerting.settle()

    assert (alerting.sms.kinds, alerting.email.kinds) == ([], ["called"])
    assert alerting.email.given[0].subject == f"Test clinic: {token.number}: please come to room 1 now."


async def test_whoever_changes_their_mind_is_told_no_more(alerting: AlertingClinic) -> None:
    token = await alerting.patient()
    await alerting.services.alerts.preferences.disagree(Holder(token_id=token.token_id), Channel.SMS, by=PATIENT)

    await alerting.clinic.next("1")

    assert await alerting.settle() == []


async def test_whoever_stops_alerts_gets_nothing_that_was_still_waiting(alerting: AlertingClinic) -> None:
    token = await alerting.patient()
    alerting.sms.answer = lambda message: Later("not now")
    await alerting.clinic.next("1")
    await alerting.settle()

    await alerting.services.alerts.preferences.disagree(Holder(token_id=token.token_id), Channel.SMS, by=PATIENT)
    alerting.clock.forward(minutes=1)
    await alerting.settle()

    assert await alerting.states() == [("called", "withdrawn", "not now")]


async def test_a_bad_address_is_refused_when_it_is_given(alerting: AlertingClinic) -> None:
    token = await alerting.clinic.issue()

    for to in ("nobody", "a@b", "a b@mail.example", "a@mail.example\nBcc: x@mail.example", "@x.y"):
        for channel in (Channel.SMS, Channel.EMAIL):
            with pytest.raises(BadInput):
                await alerting.tell(token, to, channel)


async def test_erasing_a_patient_leaves_no_address_and_no_message(alerting: AlertingClinic) -> None:
    login = await alerting.clinic.register()
    assert login.patient is not None
    holder = Holder(patient_id=login.patient.id)
    await alerting.services.alerts.preferences.agree(holder, Channel.SMS, PHONE, by=PATIENT)
    await alerting.services.screens.own_tokens.take(login.patient, "GEN")
    await alerting.clinic.next("1")
    async with alerting.services.store.transaction() as work:
        await alerting.services.alerts.preferences.put_code(work, login.phone, "hi", "314159")
    await alerting.settle()

    await alerting.services.records.personal_data.erase(login.patient.id, by=alerting.clinic.doctors[0])

    assert await alerting.services.alerts.preferences.addresses(holder) == []
    assert await alerting.states() == []


async def test_an_administrator_sends_a_message_again_under_a_new_id(alerting: AlertingClinic) -> None:
    await put(alerting)
    await alerting.settle()
    [message] = await alerting.services.alerts.preferences.page()

    await alerting.services.alerts.preferences.send_again(message["id"], by=ADMIN)
    await alerting.settle()

    assert len({one.id for one in alerting.sms.given}) == 2
    with pytest.raises(NotFound):
        await alerting.services.alerts.preferences.send_again(10_000, by=ADMIN)


async def test_the_gateways_report_settles_what_was_unknown(alerting: AlertingClinic) -> None:
    alerting.sms.answer = lambda message: Unknown("no answer")
    await put(alerting)
    await alerting.settle()
    key = alerting.sms.given[0].id
    report = alerting.services.alerts.preferences.report

    assert not await report(key=key, provider_id=None, status="rubbish", reason=None)
    assert not await report(key="0" * 32, provider_id=None, status="delivered", reason=None)
    assert await report(key=key, provider_id=None, status="DELIVRD", reason=None)
    assert await alerting.states() == [("document", "delivered", None)]

    assert await report(key=key, provider_id=None, status="sent", reason=None)
    assert await alerting.states() == [("document", "delivered", None)]


async def test_a_report_by_the_gateways_own_id_tells_why_it_failed(alerting: AlertingClinic) -> None:
    alerting.sms.answer = lambda message: Sent("SM17")
    await put(alerting)
    await alerting.settle()

    assert await alerting.services.alerts.preferences.report(
        key=None, provider_id="SM17", status="undelivered", reason="switched off"
    )

    assert await alerting.states() == [("document", "failed", "switched off")]
