"""Alerts that follow from time: soon, next, and a doctor who does not come."""

from datetime import timedelta

from queue_server.domain.access.actors import PATIENT, SYSTEM
from queue_server.domain.alerts.alerts import AlertPreference, Holder
from queue_server.domain.queue.tokens import DutyState
from queue_server.services.queue.issuing import IssueRequest
from tests.alerting import AlertingClinic


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


async def announce_a_break(alerting: AlertingClinic, minutes: int) -> None:
    """The doctor of room 1 is on a break, and says to be back after so long."""
    back_at = alerting.clock.now() + timedelta(minutes=minutes)
    await alerting.services.queue.duties.change(
        "1", DutyState.ON_BREAK, doctor=alerting.clinic.doctors[0], reason="tea", back_at=back_at
    )


async def test_a_doctor_who_does_not_come_is_told_after_twenty_minutes(alerting: AlertingClinic) -> None:
    await alerting.patient()
    await announce_a_break(alerting, minutes=10)

    alerting.clock.forward(minutes=30)
    assert await alerting.settle() == []
    alerting.clock.forward(minutes=1)

    assert await alerting.settle() == ["delayed"]
    assert await alerting.settle() == ["delayed"]


async def test_whoever_is_first_is_told_before_a_break_ends(alerting: AlertingClinic) -> None:
    await alerting.patient()
    await announce_a_break(alerting, minutes=30)

    alerting.clock.forward(minutes=15)
    assert await alerting.settle() == []
    alerting.clock.forward(minutes=10)

    assert await alerting.settle() == ["soon"]


async def test_whoever_joins_while_a_doctor_is_overdue_is_not_told_to_come(alerting: AlertingClinic) -> None:
    await announce_a_break(alerting, minutes=10)
    alerting.clock.forward(minutes=11)
    await alerting.patient()

    assert await alerting.settle() == []


async def test_whoever_is_not_here_yet_is_reminded_to_say_so_and_not_when_it_is_too_late(
    alerting: AlertingClinic,
) -> None:
    await alerting.services.clinic.departments.change("GEN", {"must_arrive": True, "place_kept_min": 1}, by=SYSTEM)
    tokens = []
    for _ in range(2):
        asked = IssueRequest("GEN", is_here=False)
        tokens.append(await alerting.services.queue.issuing.issue(asked, by=PATIENT))
    await alerting.clinic.issue()
    await alerting.clinic.next("1")
    await alerting.tell(tokens[0])

    assert await alerting.settle() == ["next"]
    reminder = "At the clinic, say on the page of your number that you are here."
    assert alerting.sms.given[0].body.endswith(f"you are next. Please wait near the room. {reminder}")
    alerting.clock.forward(minutes=2)
    await alerting.tell(tokens[1], "+919876500001")
    assert await alerting.settle() == ["next"]
