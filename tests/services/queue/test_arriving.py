"""Numbers taken outside the clinic wait until their holders are here, on both databases."""

from __future__ import annotations

import pytest

from queue_server.domain.access.actors import PATIENT, SYSTEM, Actor, ActorKind
from queue_server.domain.errors import IllegalTransition, NotHere
from queue_server.domain.queue.tokens import Action, Priority
from queue_server.services.queue.issuing import IssuedToken, IssueRequest
from tests.clinics import PROGRAM, Clinic


@pytest.fixture(autouse=True)
async def wanted(clinic: Clinic) -> None:
    """General wants to know who is here, and keeps a place for ten minutes."""
    await clinic.services.clinic.departments.change("GEN", {"must_arrive": True, "place_kept_min": 10}, by=SYSTEM)


async def from_home(clinic: Clinic, department: str = "GEN") -> IssuedToken:
    clinic.clock.forward(seconds=1)
    asked = IssueRequest(department, is_here=False)
    return await clinic.services.queue.issuing.issue(asked, by=Actor(ActorKind.PATIENT, 1))


async def standing(clinic: Clinic, token: IssuedToken) -> tuple[bool, int | None]:
    view = await clinic.services.screens.token_pages.program(token.token_id)
    return view["is_here"], view["ahead"]


async def test_whoever_is_not_here_is_passed_over_and_called_at_the_own_place_once_arrived(clinic: Clinic) -> None:
    home, second, third = await from_home(clinic), await clinic.issue(), await clinic.issue()
    assert await standing(clinic, home) == (False, 0)
    assert await standing(clinic, third) == (True, 1)

    assert await clinic.next() == second.number
    arrived = await clinic.act(home, Action.ARRIVE)

    assert arrived.passed_at is not None
    assert await standing(clinic, third) == (True, 1)
    assert [await clinic.next(), await clinic.next(), await clinic.next()] == [home.number, third.number, None]


async def test_when_everybody_who_waits_is_not_here_nobody_is_called(clinic: Clinic) -> None:
    home = await from_home(clinic)

    assert await clinic.next() is None
    with pytest.raises(NotHere):
        await clinic.services.queue.calling.call(home.token_id, "1", by=PROGRAM)
    await clinic.act(home, Action.HOLD)
    with pytest.raises(NotHere):
        await clinic.services.queue.calling.call(home.token_id, "1", by=PROGRAM)

    await clinic.act(home, Action.ARRIVE)
    assert (await clinic.services.queue.calling.call(home.token_id, "1", by=PROGRAM)).number == home.number


async def test_who_arrives_when_the_place_is_no_longer_kept_comes_after_the_next_three(clinic: Clinic) -> None:
    home, late = await from_home(clinic), await from_home(clinic)
    others = [await clinic.issue() for _ in range(6)]
    await clinic.next()
    clinic.clock.forward(minutes=9)
    await clinic.act(home, Action.ARRIVE)
    clinic.clock.forward(minutes=2)

    await clinic.act(late, Action.ARRIVE)

    first, *rest = [one.number for one in others[1:]]
    assert await clinic.order() == [home.number, first, rest[0], late.number, *rest[1:]]
    view = await clinic.services.screens.token_pages.phone(late.key)
    assert view["place"] == {"reason": "late", "minutes": 0, "people": 3}


async def test_the_turn_passes_with_the_first_call_in_turn_and_not_with_one_out_of_turn(clinic: Clinic) -> None:
    home, second, third, fourth = [await from_home(clinic), *[await clinic.issue() for _ in range(3)]]
    phone = clinic.services.screens.token_pages.phone

    await clinic.services.queue.calling.call(fourth.token_id, "1", by=PROGRAM)
    assert (await phone(home.key))["arrive"] == {"until": None, "late": False}
    await clinic.issue(priority=Priority.EMERGENCY)
    await clinic.next()
    assert (await phone(home.key))["arrive"] == {"until": None, "late": False}
    await clinic.next()
    kept = (await phone(home.key))["arrive"]
    clinic.clock.forward(minutes=5)
    await clinic.next()

    assert kept["until"] is not None
    assert (await phone(home.key))["arrive"] == kept
    assert [await clinic.state(token) for token in (second, third, fourth)] == ["attended", "called", "attended"]
    clinic.clock.forward(minutes=6)
    shown = await phone(home.key)
    assert (shown["arrive"]["late"], shown["ahead"], shown["wait"]) == (True, None, None)


async def test_a_call_that_is_taken_back_has_passed_nobody(clinic: Clinic) -> None:
    home, second = await from_home(clinic), await clinic.issue()
    await clinic.next()

    await clinic.services.queue.calling.undo("1", by=PROGRAM)

    view = await clinic.services.screens.token_pages.phone(home.key)
    assert view["arrive"] == {"until": None, "late": False}
    await clinic.act(home, Action.ARRIVE)
    assert [await clinic.next(), await clinic.next()] == [home.number, second.number]


async def test_an_arrival_that_was_a_mistake_is_undone(clinic: Clinic) -> None:
    home = await from_home(clinic)
    await clinic.act(home, Action.ARRIVE, room_code="1")

    await clinic.services.queue.calling.undo("1", by=PROGRAM)

    assert await standing(clinic, home) == (False, 0)
    assert await clinic.next() is None


async def test_the_journal_says_who_was_not_here_and_that_they_came(clinic: Clinic) -> None:
    home = await from_home(clinic)
    await clinic.issue()
    await clinic.next()

    await clinic.services.screens.token_pages.arrive(home.key, by=PATIENT)

    if clinic.services.store.is_postgres:
        await clinic.services.programs.journal.seal()
    lines = await clinic.services.programs.journal.events(0, 100)
    mine = [line for line in lines if line["token"] == home.token_id]
    assert [(line["kind"], line["actor"]) for line in mine] == [("issue", "patient:1"), ("arrive", "patient")]
    assert mine[0]["data"]["is_here"] is False
    assert mine[1]["data"] == {"number": home.number, "state": "waiting", "passed": True}


async def test_elsewhere_and_at_the_clinic_nothing_has_to_be_said(clinic: Clinic) -> None:
    here, laboratory = await clinic.issue(), await from_home(clinic, "LAB")

    assert [await standing(clinic, one) for one in (here, laboratory)] == [(True, 0), (True, 0)]
    with pytest.raises(IllegalTransition):
        await clinic.act(here, Action.ARRIVE)
    assert "arrive" not in await clinic.services.screens.token_pages.phone(here.key)


async def test_whoever_is_sent_on_before_arriving_has_to_arrive_only_where_that_is_wanted(clinic: Clinic) -> None:
    home = await from_home(clinic)

    await clinic.services.queue.calling.transfer(home.token_id, "LAB", by=PROGRAM)
    assert (await standing(clinic, home))[0]
    back = await from_home(clinic, "LAB")
    await clinic.services.queue.calling.transfer(back.token_id, "GEN", by=PROGRAM)

    assert (await standing(clinic, back))[0]


async def test_everybody_is_here_once_the_department_no_longer_asks(clinic: Clinic) -> None:
    home = await from_home(clinic)

    await clinic.services.clinic.departments.change("GEN", {"must_arrive": False}, by=SYSTEM)

    assert await clinic.next() == home.number
