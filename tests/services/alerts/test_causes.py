"""Alerts that follow from what happens to a token."""

from datetime import timedelta

from queue_server.domain.access.actors import PATIENT
from queue_server.domain.alerts.alerts import Channel, Holder
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import Action, DutyState, Priority
from queue_server.services.queue.issuing import IssueRequest
from tests.alerting import PHONE, AlertingClinic
from tests.clinics import ADMIN, KIOSK, MORNING


async def test_a_patient_who_is_called_is_told_to_which_room(alerting: AlertingClinic) -> None:
    token = await alerting.patient()

    await alerting.clinic.next("1")
    await alerting.services.alerts.sending.drain()

    [message] = alerting.sms.given
    assert (message.to, message.body) == (PHONE, f"{token.number}: please come to room 1 now.")
    assert message.data["link"] == f"http://queue.test/t/{token.key}"
    assert await alerting.states() == [("called", "sent", None)]


async def test_the_room_is_named_in_the_language_of_whoever_is_told(alerting: AlertingClinic) -> None:
    names = {"en": "Pharmacy window", "hi": "दवा की खिड़की"}
    departments = alerting.services.clinic.departments
    await departments.add_room({"code": "PW", "names": names, "department": "GEN"}, by=ADMIN)
    request = IssueRequest("GEN", Priority.NORMAL, None, language="hi")
    token = await alerting.services.queue.issuing.issue(request, by=KIOSK)
    await alerting.tell(token)

    await alerting.clinic.next("PW")
    await alerting.services.alerts.sending.drain()

    [message] = alerting.sms.given
    assert names["hi"] in message.body
    assert token.number in message.body


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


async def test_a_patient_whose_miss_is_entered_afterwards_is_told_nothing(alerting: AlertingClinic) -> None:
    token = await alerting.patient()

    await alerting.clinic.act(token, Action.MISS, is_afterwards=True)

    assert await alerting.settle() == []


async def test_leftovers_of_the_night_are_told_in_the_morning(alerting: AlertingClinic) -> None:
    await alerting.patient("LAB")
    alerting.clock.moment = MORNING + timedelta(hours=18, minutes=35)

    assert await alerting.services.queue.day_end.expire_leftovers() == 1
    assert await alerting.settle() == []
    alerting.clock.forward(hours=3)

    assert await alerting.settle() == ["expired"]


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
