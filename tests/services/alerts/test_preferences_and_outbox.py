"""Who is told what, and when, on both databases."""

from collections.abc import AsyncIterator
from datetime import time, timedelta

import pytest

from queue_server.domain.access.actors import PATIENT
from queue_server.domain.alerts.alerts import AlertPreference, Channel, Holder, Later
from queue_server.domain.errors import BadInput
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import Action, DutyState
from queue_server.services.screens.own_tokens import OwnTokens
from tests.alerting import PHONE, AlertingClinic, an_alerting_clinic
from tests.clinics import MORNING


@pytest.fixture
async def alerting(database_url: str) -> AsyncIterator[AlertingClinic]:
    """A clinic that alerts, on each kind of database."""
    async with an_alerting_clinic(database_url) as made:
        yield made


async def test_a_patient_who_is_called_is_told_to_which_room(alerting: AlertingClinic) -> None:
    token = await alerting.patient()

    await alerting.clinic.next("1")
    await alerting.services.alerts.sending.drain()

    [message] = alerting.sms.given
    assert (message.to, message.body) == (PHONE, f"{token.number}: please come to room 1 now.")
    assert message.data["link"] == f"http://queue.test/t/{token.key}"
    assert await alerting.states() == [("called", "sent", None)]


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


async def test_whoever_chose_three_ahead_is_told_at_three_ahead(alerting: AlertingClinic) -> None:
    others = [await alerting.clinic.issue() for _ in range(5)]
    token = await alerting.patient()
    await alerting.services.alerts.preferences.save_wish(Holder(token_id=token.token_id), AlertPreference(ahead=3))
    told = []

    for _ in others:
        told.append(len(await alerting.settle()))
        await alerting.clinic.next("1")

    assert told == [0, 0, 1, 1, 1]
    assert alerting.sms.given[0].body == f"{token.number}: 3 people ahead of you. Please come now."


async def test_nobody_is_next_before_anybody_calls(alerting: AlertingClinic) -> None:
    await alerting.patient("LAB")

    assert await alerting.settle() == []


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


async def test_a_call_that_is_taken_back_at_once_is_not_told_and_the_next_one_is(alerting: AlertingClinic) -> None:
    await alerting.patient()
    await alerting.clinic.next("1")
    await alerting.services.queue.calling.undo("1", by=alerting.clinic.doctors[0])
    await alerting.services.alerts.sending.drain()
    assert await alerting.states() == [("called", "withdrawn", None)]

    await alerting.clinic.next("1")
    await alerting.services.alerts.sending.drain()

    assert alerting.sms.kinds == ["called"]


async def test_a_patient_who_cancels_is_told_nothing_and_one_whom_the_desk_cancels_is(
    alerting: AlertingClinic,
) -> None:
    token = await alerting.patient()

    await alerting.clinic.act(token, Action.CANCEL)
    await alerting.settle()

    assert alerting.sms.kinds == ["cancelled"]


async def test_leftovers_of_the_night_are_told_in_the_morning(alerting: AlertingClinic) -> None:
    await alerting.patient("LAB")
    alerting.clock.moment = MORNING + timedelta(hours=18, minutes=35)

    assert await alerting.services.queue.day_end.expire_leftovers() == 1
    assert await alerting.settle() == []
    alerting.clock.forward(hours=3)

    assert await alerting.settle() == ["expired"]


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


async def test_a_doctor_who_is_put_off_by_more_than_twenty_minutes_is_told_to_whoever_waits(
    alerting: AlertingClinic,
) -> None:
    clinic, doctor = alerting.clinic, alerting.clinic.doctors[0]
    await alerting.patient()
    change = alerting.services.queue.duties.change

    await change("1", DutyState.EXPECTED, doctor=doctor, back_at=clinic.clock.now() + timedelta(minutes=10))
    await change("1", DutyState.EXPECTED, doctor=doctor, back_at=clinic.clock.now() + timedelta(minutes=25))
    assert await alerting.settle() == []
    await change("1", DutyState.EXPECTED, doctor=doctor, back_at=clinic.clock.now() + timedelta(minutes=50))

    assert await alerting.settle() == ["delayed"]
    assert alerting.sms.given[0].body.endswith("the doctor is late, expected at about 10:50.")


async def test_a_doctor_who_does_not_come_is_told_after_twenty_minutes(alerting: AlertingClinic) -> None:
    await alerting.patient()
    back_at = alerting.clock.now() + timedelta(minutes=10)
    await alerting.services.queue.duties.change(
        "1", DutyState.ON_BREAK, doctor=alerting.clinic.doctors[0], reason="tea", back_at=back_at
    )

    alerting.clock.forward(minutes=30)
    assert await alerting.settle() == []
    alerting.clock.forward(minutes=1)

    assert await alerting.settle() == ["delayed"]
    assert await alerting.settle() == ["delayed"]


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


async def test_a_document_is_told_once_a_day_and_not_to_whoever_brought_it(alerting: AlertingClinic) -> None:
    login = await alerting.clinic.register()
    assert login.patient is not None
    holder, patient = Holder(patient_id=login.patient.id), login.patient.id
    await alerting.services.alerts.preferences.agree(holder, Channel.SMS, PHONE, by=PATIENT)
    token = await alerting.services.screens.own_tokens.take(login.patient, "LAB")

    async def added(by: str, token_id: int | None) -> None:
        async with alerting.services.store.transaction() as work:
            work.record(Event("document_added", work.now, by, token_id, data={"patient": patient}))

    await added("patient:1", token.token_id)
    await added("patient:1", None)
    assert await alerting.settle() == []
    for _ in range(2):
        await added("doctor:1", token.token_id)
        await added("doctor:1", None)

    assert await alerting.settle() == ["document", "document"]
    assert alerting.sms.given[0].data["link"] == "http://queue.test/me"
    assert alerting.sms.given[1].body == "आपका कागज़ तैयार है। लॉग इन करके देखें।"


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
