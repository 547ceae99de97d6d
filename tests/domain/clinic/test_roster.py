"""From the roster to who is expected now."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.clinic.clinic import Duty
from queue_server.domain.clinic.roster import Shift, ends_at, newly_expected, no_longer_expected, with_ends
from queue_server.domain.queue.tokens import DutyState

ZONE = ZoneInfo("Asia/Kolkata")
MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)
MORNING = Shift(1, 1, 0, "09:00", "13:00")
AFTERNOON = Shift(1, 1, 0, "14:00", "17:00")


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of that Monday."""
    return MONDAY.replace(hour=hour, minute=minute)


def duty(state: DutyState, since: datetime, back_at: datetime | None = None, doctor: int = 1, room: int = 1) -> Duty:
    """What a doctor has said, or was said of the doctor."""
    return Duty(doctor, "Doctor", room, state, since, back_at=back_at)


def test_whoever_has_a_shift_today_is_expected_at_its_beginning() -> None:
    found = newly_expected([AFTERNOON, MORNING, Shift(2, 2, 1, "09:00", "13:00")], [], at(7), ZONE)

    assert [(one.doctor_id, one.room_id, one.starts_at) for one in found] == [(1, 1, at(9))]


@pytest.mark.parametrize("state", [DutyState.ON_DUTY, DutyState.ON_BREAK, DutyState.EXPECTED])
def test_what_a_doctor_has_said_counts_more(state: DutyState) -> None:
    assert newly_expected([MORNING], [duty(state, at(8))], at(9, 30), ZONE) == []


def test_who_has_left_during_the_shift_is_expected_again_only_for_the_next() -> None:
    left = duty(DutyState.OFF_DUTY, at(11))

    assert newly_expected([MORNING], [left], at(11, 5), ZONE) == []
    assert [one.starts_at for one in newly_expected([MORNING, AFTERNOON], [left], at(11, 5), ZONE)] == [at(14)]


def test_a_duty_ends_with_the_first_of_todays_shifts_that_is_not_over() -> None:
    shifts = [AFTERNOON, MORNING, Shift(2, 2, 1, "09:00", "13:00")]
    present = duty(DutyState.ON_DUTY, at(8))

    assert [ends_at(1, shifts, at(hour), ZONE) for hour in (8, 13, 17)] == [at(13), at(17), None]
    assert ends_at(2, shifts, at(8), ZONE) is None
    assert [one.ends_at for one in with_ends([present], shifts, at(8), ZONE)] == [at(13)]
    assert with_ends([present], [], at(8), ZONE) == [present]


def test_a_room_of_somebody_else_is_left_alone() -> None:
    present = duty(DutyState.ON_DUTY, at(8), doctor=2)

    assert newly_expected([MORNING], [present], at(8, 30), ZONE) == []


def test_who_does_not_come_is_no_longer_expected_when_the_shift_is_over() -> None:
    expected = duty(DutyState.EXPECTED, at(4), back_at=at(9))

    assert no_longer_expected([MORNING], [expected], at(12, 59), ZONE) == []
    assert no_longer_expected([MORNING], [expected], at(13), ZONE) == [expected]
    assert no_longer_expected([], [expected], at(10), ZONE) == [expected]


SHIFTS = st.builds(Shift, st.integers(1, 3), st.integers(1, 3), st.integers(0, 6), st.just("09:00"), st.just("13:00"))


@given(st.lists(SHIFTS, max_size=8), st.integers(0, 7 * 24 * 60))
def test_nobody_is_expected_twice_and_no_room_has_two(shifts: list[Shift], minute: int) -> None:
    found = newly_expected(shifts, [], MONDAY + timedelta(minutes=minute), ZONE)

    assert len({one.doctor_id for one in found}) == len({one.room_id for one in found}) == len(found)
