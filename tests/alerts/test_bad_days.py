"""Nothing about alerts holds up the queue: a gateway that sleeps, no channel, no doctor, no driver."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.domain.alerts.alerts import Channel, Later
from queue_server.domain.queue.tokens import DutyState
from queue_server.services.alerts import sending
from queue_server.services.alerts.sending import PARALLEL
from queue_server.simulation.clinic import a_small_clinic
from tests.alerting import AlertingClinic, an_alerting_clinic
from tests.alerts.mornings import play_mornings
from tests.clinics import a_clinic


@pytest.fixture
async def alerting(tmp_path: Path) -> AsyncIterator[AlertingClinic]:
    """A clinic that alerts."""
    async with an_alerting_clinic(f"sqlite:///{tmp_path}/queue.db") as made:
        yield made


async def test_calling_goes_on_while_the_gateway_sleeps(alerting: AlertingClinic) -> None:
    alerting.sms.gate = asyncio.Event()
    tokens = [await alerting.patient() for _ in range(PARALLEL + 4)]

    called = []
    for _ in tokens:
        called.append(await alerting.clinic.next("1"))
        await alerting.services.alerts.sending.turn()
        await asyncio.sleep(0)

    assert called == [token.number for token in tokens]
    assert len(alerting.sms.given) == PARALLEL
    alerting.sms.gate.set()
    await alerting.services.alerts.sending.drain()
    # Whoever was attended meanwhile needs no call any more.
    states = [state for _, state, _ in await alerting.states()]
    assert (states.count("sent"), states.count("withdrawn")) == (PARALLEL + 1, 3)


async def test_one_channel_that_sleeps_holds_up_no_other(alerting: AlertingClinic) -> None:
    alerting.sms.gate = asyncio.Event()
    for _ in range(PARALLEL + 1):
        await alerting.patient()
        await alerting.clinic.next("1")
    token = await alerting.clinic.issue()
    await alerting.tell(token, "asha@mail.example", Channel.EMAIL)
    await alerting.clinic.next("1")

    for _ in range(3):
        await alerting.services.alerts.sending.turn()
        await asyncio.sleep(0)

    assert alerting.email.kinds == ["called"]
    alerting.sms.gate.set()
    await alerting.services.alerts.sending.drain()


async def test_a_patient_without_any_channel_is_called_and_told_nothing(alerting: AlertingClinic) -> None:
    token = await alerting.clinic.issue()

    assert await alerting.clinic.next("1") == token.number

    assert await alerting.settle() == []
    assert await alerting.states() == []


async def test_a_department_without_a_doctor_all_day_tells_the_truth_once(alerting: AlertingClinic) -> None:
    await alerting.patient("LAB")
    doctor, expected = alerting.clinic.doctors[1], alerting.clock.now() + timedelta(hours=1)
    await alerting.services.queue.duties.change("3", DutyState.EXPECTED, doctor=doctor, back_at=expected)

    told = []
    for _ in range(8):
        alerting.clock.forward(minutes=30)
        told.append(len(await alerting.settle()))

    assert told == [0, 0, 1, 1, 1, 1, 1, 1]
    assert alerting.sms.given[0].body.endswith("the doctor is late. We will tell you when to come.")
    alerting.clock.forward(hours=20)
    await alerting.services.queue.day_end.expire_leftovers()
    assert await alerting.settle() == ["delayed", "expired"]


async def test_without_a_driver_calling_writes_nothing_for_anybody(tmp_path: Path) -> None:
    async with a_clinic(f"sqlite:///{tmp_path}/queue.db") as clinic:
        await clinic.issue()

        assert await clinic.next("1") == "G-001"

        assert await clinic.services.alerts.watch.judge() == 0
        assert await clinic.services.alerts.sending.turn() == 0
        assert await clinic.services.alerts.preferences.page() == []


async def test_the_worker_stops_cleanly_and_says_what_it_does_not_know(
    alerting: AlertingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "GRACE_S", 0.01)
    alerting.sms.gate = asyncio.Event()
    await alerting.patient()
    await alerting.clinic.next("1")

    async with alerting.services.alerts.sending.running():
        await asyncio.wait_for(alerting.sms.was_given.wait(), 20)

    assert await alerting.states() == [("called", "unknown", "the server was stopped meanwhile")]


async def test_the_running_watch_and_worker_alert_by_themselves(alerting: AlertingClinic) -> None:
    services = alerting.services

    async with services.alerts.sending.running(), services.alerts.watch.running():
        await alerting.patient()
        await asyncio.wait_for(alerting.sms.was_given.wait(), 20)
    assert alerting.sms.kinds == ["next"]


async def test_a_gateway_that_says_later_for_ever_is_given_up_in_time(alerting: AlertingClinic) -> None:
    alerting.sms.answer = lambda message: Later("not now", after_s=1e12)
    await alerting.patient()
    await alerting.clinic.next("1")
    await alerting.settle()

    assert await alerting.states() == [("called", "failed", "not now")]


async def test_most_patients_of_a_simulated_morning_are_warned_five_to_twenty_minutes_before(tmp_path: Path) -> None:
    usual = a_small_clinic()
    few = replace(usual, departments=(replace(usual.departments[0], patients=40),))

    visits = await play_mornings(tmp_path, days=1, seed=5, plan=few)

    leads = [visit.warned_s for visit in visits if visit.waited_s > 600]
    good = [lead for lead in leads if lead is not None and 300 <= lead <= 1200]
    assert len(leads) >= 20
    assert len(good) >= 0.7 * len(leads)
