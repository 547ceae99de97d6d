"""A patient's own tokens, opening hours and quotas, on both databases."""

import asyncio

import pytest

from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.errors import (
    Conflict,
    OutsideHours,
    QuotaReached,
    UnknownToken,
)
from queue_server.domain.people.patients import Patient
from queue_server.domain.queue.tokens import Action
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, Clinic

DESK = Actor(ActorKind.DESK, 1)


@pytest.fixture
async def asha(clinic: Clinic) -> Patient:
    """A registered patient."""
    return (await clinic.register()).family[0]


async def test_a_patient_takes_a_token_and_sees_it_at_once(clinic: Clinic, asha: Patient) -> None:
    await clinic.issue()

    issued = await clinic.services.screens.own_tokens.take(asha, "GEN")

    (mine,) = await clinic.services.screens.own_tokens.today(asha)
    assert (mine["id"], mine["number"], mine["state"], mine["ahead"]) == (issued.token_id, "G-002", "waiting", 1)
    assert mine["is_live"]
    assert mine["can_cancel"]


async def test_asking_twice_or_together_gives_the_same_token(clinic: Clinic, asha: Patient) -> None:
    visits = clinic.services.screens.own_tokens

    taken = await asyncio.gather(*(visits.take(asha, "GEN") for _ in range(6)))
    other = await visits.take(asha, "LAB")

    assert {issued.number for issued in taken} == {"G-001"}
    assert other.number == "L-001"
    assert await clinic.order() == ["G-001"]


async def test_a_finished_or_cancelled_token_makes_room_for_another(clinic: Clinic, asha: Patient) -> None:
    visits = clinic.services.screens.own_tokens
    first = await visits.take(asha, "GEN")
    await visits.cancel(asha, first.token_id)

    second = await visits.take(asha, "GEN")

    assert second.number == "G-002"
    assert await clinic.order() == ["G-002"]
    await visits.cancel(asha, first.token_id)
    assert [token["state"] for token in await visits.today(asha)] == ["waiting", "cancelled"]


async def test_a_token_that_was_sent_on_to_a_department_counts_there(clinic: Clinic, asha: Patient) -> None:
    visits = clinic.services.screens.own_tokens
    issued = await visits.take(asha, "GEN")
    await clinic.services.queue.calling.transfer(issued.token_id, "LAB", by=DESK)

    assert (await visits.take(asha, "LAB")).number == "G-001"
    assert (await visits.take(asha, "GEN")).number == "G-002"


async def test_whoever_is_with_the_doctor_no_longer_cancels(clinic: Clinic, asha: Patient) -> None:
    issued = await clinic.services.screens.own_tokens.take(asha, "GEN")
    await clinic.next("1")
    await clinic.act(issued, Action.START)

    with pytest.raises(Conflict, match="serving"):
        await clinic.services.screens.own_tokens.cancel(asha, issued.token_id)

    assert await clinic.state(issued) == "serving"


async def test_other_peoples_tokens_do_not_exist(clinic: Clinic, asha: Patient) -> None:
    walk_in = await clinic.issue()
    meera = (await clinic.register("Meera", phone="+91 8123456780")).family[0]
    hers = await clinic.services.screens.own_tokens.take(meera, "GEN")

    for token_id in (walk_in.token_id, hers.token_id, 4711):
        with pytest.raises(UnknownToken):
            await clinic.services.screens.own_tokens.cancel(asha, token_id)
        with pytest.raises(UnknownToken):
            await clinic.services.screens.own_tokens.one(asha, token_id)
    assert await clinic.order() == ["G-001", "G-002"]


async def test_outside_its_hours_only_staff_issue(clinic: Clinic, asha: Patient) -> None:
    # The clinic's clock shows ten on a Sunday morning.
    await clinic.services.clinic.departments.change("GEN", {"hours": {"sun": [["12:00", "14:00"]]}}, by=SYSTEM)

    with pytest.raises(OutsideHours) as refused:
        await clinic.services.screens.own_tokens.take(asha, "GEN")
    with pytest.raises(OutsideHours):
        await clinic.services.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)

    assert refused.value.details == {"department": "GEN", "opens_at": "2026-11-22T06:30:00Z"}
    assert (await clinic.services.queue.issuing.issue(IssueRequest("GEN"), by=DESK)).number == "G-001"
    clinic.clock.forward(hours=2)
    assert (await clinic.services.screens.own_tokens.take(asha, "GEN")).number == "G-002"


async def test_a_live_token_is_still_the_patients_when_the_department_has_closed(clinic: Clinic, asha: Patient) -> None:
    issued = await clinic.services.screens.own_tokens.take(asha, "GEN")
    await clinic.services.clinic.departments.change("GEN", {"hours": {}}, by=SYSTEM)

    assert (await clinic.services.screens.own_tokens.take(asha, "GEN")).number == issued.number


async def test_the_days_quota_is_never_exceeded_and_staff_may_add(clinic: Clinic, asha: Patient) -> None:
    await clinic.services.clinic.departments.change("GEN", {"hours": None, "daily_quota": 3}, by=SYSTEM)
    issuing = clinic.services.queue.issuing

    outcomes = await asyncio.gather(
        *(issuing.issue(IssueRequest("GEN"), by=KIOSK) for _ in range(5)), return_exceptions=True
    )

    assert [type(outcome) for outcome in outcomes].count(QuotaReached) == 2
    assert await clinic.order() == ["G-001", "G-002", "G-003"]
    with pytest.raises(QuotaReached):
        await clinic.services.screens.own_tokens.take(asha, "GEN")
    assert (await issuing.issue(IssueRequest("GEN"), by=DESK)).number == "G-004"
    clinic.clock.forward(days=1)
    assert (await clinic.services.screens.own_tokens.take(asha, "GEN")).number == "G-001"
