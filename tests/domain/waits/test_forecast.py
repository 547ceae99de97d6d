"""What a forecast of waits may and may not say."""

from dataclasses import replace

import pytest

from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.forecast import Ahead, forecast, passes_closing
from queue_server.domain.waits.mechanics import Server
from queue_server.domain.waits.pace import Learned

MINUTE = 60.0
HOUR = 3_600.0


def likely(line: int, *servers: Server, learned: Learned | None = None) -> float:
    """The likely wait of somebody who joins behind `line` people."""
    wait = forecast([Ahead()] * line, servers, learned or Learned()).joining
    assert wait is not None
    return wait.likely_s


def test_nothing_is_known_while_nobody_is_there_or_expected() -> None:
    line = [Ahead()] * 3
    servers = [Server.on_break("Doctor 1", None), Server.expected("Doctor 2", None)]

    made = forecast(line, servers, Learned())

    assert made.joining is None
    assert set(made.waits) <= {None}


def test_a_doctor_who_is_five_hours_overdue_is_no_longer_expected() -> None:
    assert forecast([], [Server.expected("Doctor 1", -3 * HOUR)], Learned()).joining is not None
    assert forecast([], [Server.expected("Doctor 1", -5 * HOUR)], Learned()).joining is None


def test_on_day_one_the_configured_pace_decides() -> None:
    doctor = Server.on_duty("Doctor 1", 0.0)

    slow = likely(10, doctor, learned=Learned(configured_s=600.0))
    quick = likely(10, doctor, learned=Learned(configured_s=146.0))

    assert 11 * 600 * 0.9 < slow < 11 * 700
    assert 11 * 146 * 0.9 < quick < 11 * 190


def test_two_doctors_halve_the_wait_of_a_long_line() -> None:
    one = likely(40, Server.on_duty("Doctor 1", 60.0))
    two = likely(40, Server.on_duty("Doctor 1", 60.0), Server.on_duty("Doctor 2", 60.0))

    assert two == pytest.approx(one / 2, rel=0.1)


def test_who_is_first_with_a_free_doctor_waits_no_time() -> None:
    assert likely(0, Server.on_duty("Doctor 1")) == pytest.approx(0.0, abs=1e-6)


def test_a_longer_break_lengthens_the_wait_by_as_much() -> None:
    short = likely(5, Server.on_break("Doctor 1", 10 * MINUTE))
    long = likely(5, Server.on_break("Doctor 1", 40 * MINUTE))

    assert long - short == pytest.approx(30 * MINUTE, rel=0.1)


def test_a_break_of_one_of_two_doctors_is_shorter_than_the_absence_of_one() -> None:
    working = Server.on_duty("Doctor 1", 60.0)

    both = likely(30, working, Server.on_duty("Doctor 2", 60.0))
    resting = likely(30, working, Server.on_break("Doctor 2", 20 * MINUTE))
    alone = likely(30, working)

    assert both < resting < alone


def test_a_doctor_who_has_not_begun_is_expected_late_by_habit() -> None:
    on_time = likely(0, Server.on_break("Doctor 1", HOUR))
    habit = likely(0, Server.expected("Doctor 1", HOUR))

    assert HOUR < on_time < habit < HOUR + 20 * MINUTE


def test_the_later_a_doctor_is_the_longer_the_rest_of_the_delay() -> None:
    a_little = likely(0, Server.expected("Doctor 1", -15 * MINUTE))
    very = likely(0, Server.expected("Doctor 1", -2 * HOUR))

    assert a_little < very
    assert very == pytest.approx(0.5 * 2 * HOUR, rel=0.15)


def test_a_duty_that_ends_leaves_those_behind_without_a_promise() -> None:
    ends_soon = Server.on_duty("Doctor 1", 60.0, stops_in_s=20 * MINUTE)

    made = forecast([Ahead()] * 30, [ends_soon], Learned())

    assert made.waits[0] is not None
    assert made.joining is None
    assert all(wait is None or wait.likely_s <= 20 * MINUTE for wait in made.waits)


def test_who_waits_for_one_doctor_waits_for_that_doctor() -> None:
    quick = Server.on_duty("Doctor 1", 60.0)
    resting = Server.on_break("Doctor 2", HOUR)

    made = forecast(
        [Ahead(), Ahead(for_doctor="Doctor 2"), Ahead(for_doctor="Doctor 3"), Ahead()], [quick, resting], Learned()
    )

    free, bound, orphan, behind = made.waits
    assert free is not None
    assert bound is not None
    assert behind is not None
    assert bound.likely_s >= HOUR
    assert orphan is None
    assert free.likely_s < behind.likely_s < bound.likely_s


def test_somebody_held_takes_less_of_a_place() -> None:
    doctor = Server.on_duty("Doctor 1", 60.0)

    waiting = forecast([Ahead()] * 10, [doctor], Learned()).joining
    held = forecast([Ahead(weight=0.5)] * 10, [doctor], Learned()).joining

    assert waiting is not None
    assert held is not None
    assert held.likely_s < waiting.likely_s


def test_the_range_of_somebody_far_behind_is_wider_in_minutes_and_narrower_in_proportion() -> None:
    doctor = Server.on_duty("Doctor 1", 60.0)

    made = forecast([Ahead()] * 40, [doctor], Learned())

    near, far = made.waits[1], made.waits[39]
    assert near is not None
    assert far is not None
    assert far.high_s - far.low_s > near.high_s - near.low_s
    assert (far.high_s - far.low_s) / far.likely_s < (near.high_s - near.low_s) / near.likely_s


def test_people_who_leave_shorten_the_wait() -> None:
    doctor = Server.on_duty("Doctor 1", 60.0)
    patient, impatient = Learned(), replace(Learned(), left=300.0, waiting_s=300_000.0)

    assert likely(20, doctor, learned=impatient) < 0.7 * likely(20, doctor, learned=patient)


@pytest.mark.parametrize(("closes_in_s", "is_late"), [(None, False), (1_000.0, True), (1_001.0, False), (-5.0, True)])
def test_a_wait_passes_closing_when_its_likely_value_does(closes_in_s: float | None, is_late: bool) -> None:
    assert passes_closing(Wait(500.0, 1_000.5, 2_000.0), closes_in_s) is is_late


def test_what_cannot_be_known_does_not_pass_closing() -> None:
    assert not passes_closing(None, 60.0)


def test_a_clock_that_jumped_back_breaks_no_forecast() -> None:
    doctor = Server.on_duty("Doctor 1", running_s=-HOUR)

    made = forecast([Ahead(), Ahead()], [doctor], Learned())

    assert made.waits == forecast([Ahead(), Ahead()], [Server.on_duty("Doctor 1", running_s=0.0)], Learned()).waits


def test_a_doctor_who_takes_a_break_after_this_patient_calls_nobody_before_the_return() -> None:
    at_once = likely(0, Server.on_break("Doctor 1", 30 * MINUTE))
    after_this_one = likely(0, Server.on_break("Doctor 1", 30 * MINUTE, running_s=60.0))
    working = likely(0, Server.on_duty("Doctor 1", 60.0))

    assert working < 10 * MINUTE
    assert after_this_one == at_once >= 30 * MINUTE


def test_a_break_without_a_time_of_return_promises_nothing_whoever_is_inside() -> None:
    assert forecast([], [Server.on_break("Doctor 1", None, running_s=60.0)], Learned()).joining is None


def test_somebody_held_takes_part_of_a_place() -> None:
    doctor = Server.on_duty("Doctor 1", 60.0)

    shorter, half, longer = (
        forecast([Ahead()] * 4 + rest, [doctor], Learned()).joining for rest in ([], [Ahead(weight=0.5)], [Ahead()])
    )

    assert shorter is not None
    assert half is not None
    assert longer is not None
    assert half.likely_s == pytest.approx((shorter.likely_s + longer.likely_s) / 2)


def test_clues_are_those_of_the_place() -> None:
    made = forecast([Ahead(), Ahead(has_priority=True), Ahead(is_emergency=True)], [Server.on_duty("1")], Learned())

    first, second, emergency, joining = (made.clues(place) for place in range(4))

    assert first is not None
    assert second is not None
    assert emergency is not None
    assert joining is not None
    assert [clue.ahead for clue in (first, second, emergency, joining)] == [0.0, 1.0, 2.0, 2.0]
    assert [clue.own for clue in (first, second, emergency, joining)] == [0.0, 1.0, 0.0, 0.0]
    assert emergency.extra_s == 0.0
    assert joining.extra_s > 0.0
