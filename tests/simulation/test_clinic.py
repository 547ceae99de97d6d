"""The simulated clinic: what it is made to be, and always the same by its seed."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random
from statistics import mean
from typing import Any

import pytest

from queue_server.domain.queue.tokens import Priority
from queue_server.simulation.clinic import (
    DAY_S,
    FIRST_DAY_S,
    PRIORITIES,
    ClinicPlan,
    SimulatedDays,
    Troubles,
    a_clinic,
    a_small_clinic,
    arrivals,
    comes,
    consultation_s,
    lateness_s,
    simulate,
)

DAYS = 30


@pytest.fixture(scope="module")
def month() -> SimulatedDays:
    return simulate(a_small_clinic(), seed=5, days=DAYS)


def test_the_same_seed_makes_the_same_days() -> None:
    assert simulate(a_clinic(), 5, 3) == simulate(a_clinic(), 5, 3)
    assert simulate(a_clinic(), 5, 3) != simulate(a_clinic(), 6, 3)


def test_a_day_does_not_depend_on_the_days_before(month: SimulatedDays) -> None:
    third = simulate(a_small_clinic(), seed=5, days=1, first_day=2)

    first_s = FIRST_DAY_S + 2 * DAY_S
    assert third.entries == [e for e in month.entries if first_s <= e.joined_s < first_s + DAY_S]


def test_three_quarters_come_within_two_hours() -> None:
    plan, random = a_small_clinic(), Random(1)

    days = [arrivals(plan, random) for _ in range(DAYS)]

    early = mean(arrival.at_s <= plan.early_s for day in days for arrival in day)
    assert early == pytest.approx(0.75, abs=0.03)
    assert all(day == sorted(day, key=lambda arrival: arrival.at_s) for day in days)


def test_a_consultation_takes_146_seconds_on_average_and_now_and_then_very_long() -> None:
    random = Random(1)

    lengths = [consultation_s(146.0, a_small_clinic().tail, random) for _ in range(20_000)]

    assert mean(lengths) == pytest.approx(146.0, rel=0.03)
    assert sorted(lengths)[len(lengths) // 2] < 120
    assert sorted(lengths)[-200] > 500


def test_one_in_twelve_does_not_turn_up(month: SimulatedDays) -> None:
    random, plan = Random(1), a_small_clinic()

    assert mean(not comes(plan, random) for _ in range(20_000)) == pytest.approx(0.08, abs=0.01)
    assert mean(entry.finished_s is None for entry in month.entries) == pytest.approx(0.08, abs=0.02)


def test_doctors_begin_late_more_often_than_early(month: SimulatedDays) -> None:
    random = Random(1)
    doctor = a_small_clinic().departments[0].doctors[0]

    lates = [lateness_s(doctor, random) for _ in range(5_000)]

    assert mean(lates) == pytest.approx(doctor.late_s, rel=0.2)
    starts = [duty for duty in month.duties if (duty.expected_s - FIRST_DAY_S) % DAY_S == 9 * 3_600]
    assert len(starts) == 2 * DAYS
    assert mean((duty.on_s or 0) > duty.expected_s for duty in starts) > 0.8


def test_nobody_is_lost_and_nobody_is_called_before_joining(month: SimulatedDays) -> None:
    names = Counter(entry.id for entry in month.entries)

    assert max(names.values()) == 1
    for entry in month.entries:
        ends = entry.finished_s or entry.left_s
        assert entry.called_s is not None
        assert ends is not None
        assert entry.joined_s <= entry.called_s <= ends


def test_a_room_has_one_patient_at_a_time_and_only_while_its_doctor_is_there(month: SimulatedDays) -> None:
    for room in ("1", "2"):
        visits = sorted((e.called_s or 0, e.finished_s or e.left_s or 0) for e in month.entries if e.room == room)
        stretches = [(duty.on_s or 0, duty.off_s or 0) for duty in month.duties if duty.room == room]

        assert all(first[1] <= second[0] for first, second in pairwise(visits))
        assert all(any(on <= called <= off for on, off in stretches) for called, _ in visits)


def test_without_credits_people_are_called_in_the_order_of_joining() -> None:
    plan = ClinicPlan(a_small_clinic().departments, credits_s=dict.fromkeys(dict(PRIORITIES), 0.0))

    played = simulate(plan, 5, 3)

    calls = [entry.called_s or 0 for entry in played.entries]
    assert calls == sorted(calls)


def test_with_credits_some_are_called_past_others(month: SimulatedDays) -> None:
    overtaken = [first for first, second in pairwise(month.entries) if (first.called_s or 0) > (second.called_s or 0)]

    assert overtaken


def test_the_priorities_are_those_of_the_queue() -> None:
    assert {name for name, _ in PRIORITIES} == {priority.value for priority in Priority}


def trouble(**troubles: Any) -> SimulatedDays:
    """Five days of the small clinic on which this goes wrong."""
    return simulate(replace(a_small_clinic(), troubles=Troubles(**troubles)), 3, 5)


def test_a_late_doctor_is_that_late_every_day_and_the_other_is_not() -> None:
    played = trouble(late_s=2_400.0)

    starts = [duty for duty in played.duties if (duty.expected_s - FIRST_DAY_S) % DAY_S == 9 * 3_600]
    assert {(duty.on_s or 0) - duty.expected_s for duty in starts if duty.room == "1"} == {2_400.0}
    assert len({duty.on_s for duty in starts if duty.room == "2"}) == 5


def test_an_emergency_is_called_before_whoever_waits() -> None:
    played = trouble(emergencies_s=(10 * 3_600.0,))

    emergencies = [entry for entry in played.entries if "-E" in entry.id]
    assert len(emergencies) == 5
    for one in emergencies:
        waiting = [e for e in played.entries if e.joined_s < one.joined_s and (e.called_s or 0) > (one.called_s or 0)]
        assert one.is_emergency
        assert all(other.is_emergency or other.joined_s <= one.joined_s for other in waiting)
        assert (one.called_s or 0) - one.joined_s < 1_200


def test_who_comes_back_from_the_laboratory_has_the_place_from_before() -> None:
    played = trouble(lab_share=0.2)

    first = {entry.id: entry for entry in played.entries}
    back = [entry for entry in played.entries if entry.came_from == "LAB"]
    assert 0.1 < len(back) / (len(played.entries) - len(back)) < 0.3
    assert all(entry.rank[1] == first[entry.id.removesuffix("-2")].rank[1] for entry in back if not entry.is_emergency)


def test_at_an_unannounced_lunch_nobody_is_called_though_the_doctors_are_on_duty() -> None:
    played = trouble(lunch_s=3_600.0)

    for day in range(5):
        eleven = FIRST_DAY_S + day * DAY_S + 11 * 3_600
        calls = [e.called_s for e in played.entries if e.called_s and eleven + 1_500 < e.called_s < eleven + 3_300]
        there = [duty for duty in played.duties if (duty.on_s or 0) < eleven and (duty.off_s or 0) > eleven + 3_600]
        assert len(calls) <= 4
        assert there
