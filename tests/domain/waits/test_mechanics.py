"""When the n-th call is to be expected, of the doctors as they stand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.queue.tokens import DutyState
from queue_server.domain.waits.mechanics import (
    GIVEN_UP_S,
    Presence,
    Server,
    call_times,
    may_call,
    nobody_calls_for_s,
    residual_s,
    rest_of_delay_s,
    stretches,
)
from queue_server.domain.waits.pace import Learned, learn_end_of_duty


def calls(needed: list[float], servers: list[Server], learned: Learned) -> list[tuple[float, float] | None]:
    """When these calls are to be expected, and the deviation."""
    return call_times(needed, stretches(servers, learned), learned)


def test_calls_of_several_doctors_add_up() -> None:
    learned = Learned()
    pair = [Server.on_duty("Doctor 1", 0.0), Server.on_duty("Doctor 2", 0.0)]

    first, tenth = calls([1.0, 10.0], pair, learned)

    cycle = learned.cycle_s(learned.department_consultation_s)
    assert first is not None
    assert tenth is not None
    assert tenth[0] - first[0] == pytest.approx(9 * cycle / 2, rel=0.05)
    assert tenth[1] > first[1]


def test_a_consultation_that_has_run_long_is_not_about_to_end() -> None:
    fresh, halfway, long = (residual_s(146.0, 0.75, elapsed) for elapsed in (0.0, 73.0, 900.0))

    assert fresh == 146.0
    assert halfway < fresh
    assert long > halfway
    assert residual_s(146.0, 0.75, 1e9) <= 2 * 146.0


def test_a_clockwork_consultation_ends_when_it_must() -> None:
    assert residual_s(100.0, 0.001, 60.0) == pytest.approx(40.0, abs=2.0)


def test_the_rest_of_a_delay_is_that_of_students_t_cut_off_below() -> None:
    rest, deviation = rest_of_delay_s(600.0, 600.0, 600.0)

    assert rest == pytest.approx(600.0 * 2 * math.sqrt(3.0) / math.pi)
    assert deviation == pytest.approx(600.0 * math.sqrt(3.0 - 12.0 / math.pi**2))


@pytest.mark.parametrize("late_s", [-7_200.0, 0.0, 5_400.0, 1e6])
def test_whoever_is_long_overdue_is_not_about_to_appear(late_s: float) -> None:
    rest, deviation = rest_of_delay_s(600.0, 600.0, late_s)

    assert rest >= max(600.0 - late_s, 0.4 * late_s, 0.0)
    assert deviation > 0.0


def test_a_free_doctor_calls_at_once_until_people_have_waited_for_some_turn_overs() -> None:
    def first_call(idle_s: float | None) -> float:
        (time,) = calls([1.0], [Server.on_duty("Doctor 1", None, None, idle_s)], Learned())
        assert time is not None
        return time[0]

    assert first_call(None) == first_call(60.0) == 0.0
    assert 300.0 < first_call(900.0) < first_call(1_800.0) < 1_800.0


def test_a_duty_ends_as_much_later_as_doctors_were_seen_to_stay() -> None:
    patient = [float(number) for number in range(1, 40)]
    ends_soon = [Server.on_duty("Doctor 1", 60.0, stops_in_s=1_200.0)]
    stays = Learned()
    for _ in range(20):
        stays = learn_end_of_duty(stays, 1_200.0)

    punctual, longer = (sum(at is not None for at in calls(patient, ends_soon, known)) for known in (Learned(), stays))

    assert 5 < punctual < longer < 39
    still_there = [Server.on_duty("Doctor 1", 60.0, stops_in_s=-60.0)]
    assert None not in calls(patient, still_there, Learned())


def test_the_presences_have_the_names_of_duty_states() -> None:
    assert {DutyState(presence) for presence in Presence} == set(DutyState) - {DutyState.OFF_DUTY}


def test_without_anybody_who_may_call_no_call_is_to_be_expected() -> None:
    nobody_knows = [Server.on_break("Doctor 1", None), Server.expected("Doctor 2", -GIVEN_UP_S)]

    assert calls([1.0, 2.0], nobody_knows, Learned()) == [None, None]
    assert calls([], [Server.on_duty("Doctor 1")], Learned()) == []


@given(st.lists(st.floats(0, 300), max_size=20).map(sorted), st.integers(1, 5))
def test_later_calls_are_never_expected_earlier(needed: list[float], doctors: int) -> None:
    servers = [Server.on_duty(f"Doctor {number}", 60.0 * number) for number in range(doctors)]

    found = [at for at, _ in filter(None, calls(needed, servers, Learned()))]

    assert found == sorted(found)
    assert len(found) == len(needed)


def test_nobody_calls_until_the_first_doctor_is_back_from_a_break() -> None:
    resting = [Server.on_break("Doctor 1", 600.0), Server.on_break("Doctor 2", 300.0)]

    assert nobody_calls_for_s(resting) == 300.0
    assert nobody_calls_for_s([*resting, Server.on_duty("Doctor 3")]) == 0.0
    assert nobody_calls_for_s([*resting, Server.expected("Doctor 3", 900.0)]) == 0.0
    assert nobody_calls_for_s([Server.on_break("Doctor 1", None)]) == nobody_calls_for_s([]) == 0.0


@pytest.mark.parametrize(
    ("server", "is_so"),
    [
        (Server.on_duty("Doctor 1", 60.0), True),
        (Server.on_break("Doctor 1", 60.0), True),
        (Server.on_break("Doctor 1", None), False),
        (Server.expected("Doctor 1", -GIVEN_UP_S + 1), True),
        (Server.expected("Doctor 1", -GIVEN_UP_S), False),
    ],
)
def test_a_doctor_may_call_who_is_there_or_is_to_come_at_a_time_that_is_known(server: Server, is_so: bool) -> None:
    assert may_call(server) is is_so
