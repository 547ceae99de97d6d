"""Service days and numbers."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.queue.numbering import day_ends_at, never_back, number, service_day

KOLKATA = ZoneInfo("Asia/Kolkata")
zones = st.sampled_from(["Asia/Kolkata", "UTC", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu"]).map(ZoneInfo)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
roll_overs = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def test_a_number_has_the_prefix_and_three_digits() -> None:
    assert number("G", 12) == "G-012"


def test_after_nine_hundred_and_ninety_nine_a_number_grows() -> None:
    assert number("G", 1000) == "G-1000"


def test_counters_start_at_one() -> None:
    with pytest.raises(ValueError, match="not at 0"):
        number("G", 0)


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_different_counters_are_different_numbers(one: int, other: int) -> None:
    assert (number("G", one) == number("G", other)) == (one == other)


def test_the_day_is_the_clinics_and_not_the_servers() -> None:
    assert service_day(datetime(2026, 11, 21, 23, 0, tzinfo=UTC), KOLKATA) == date(2026, 11, 22)


def test_before_the_roll_over_it_is_still_yesterday() -> None:
    almost_four = datetime(2026, 11, 22, 3, 59, tzinfo=KOLKATA)

    assert service_day(almost_four, KOLKATA) == date(2026, 11, 21)
    assert service_day(almost_four + timedelta(minutes=1), KOLKATA) == date(2026, 11, 22)


@given(moments, zones, roll_overs)
def test_a_moment_lies_before_the_end_of_its_day_and_after_the_end_of_the_day_before(
    now: datetime, zone: ZoneInfo, roll_over: time
) -> None:
    day = service_day(now, zone, roll_over)
    hour = timedelta(hours=1)

    # Clocks that are put forward or back may leave an hour that the local time names twice or never.
    assert now < day_ends_at(day, zone, roll_over) + hour
    assert now >= day_ends_at(day - timedelta(days=1), zone, roll_over) - hour


@given(moments, zones, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_days_never_go_back_in_a_zone_without_clock_changes(now: datetime, zone: ZoneInfo, later: timedelta) -> None:
    assert service_day(now, KOLKATA) <= service_day(now + later, KOLKATA)


@given(moments, st.timedeltas(timedelta(days=-3), timedelta(days=3)))
def test_what_is_written_never_goes_back(latest: datetime, jump: timedelta) -> None:
    moment, is_wrong = never_back(latest + jump, latest)

    assert moment == max(latest, latest + jump)
    assert is_wrong == (jump < timedelta(seconds=-2))


def test_without_anything_written_the_clock_is_believed() -> None:
    now = datetime(1970, 1, 1, tzinfo=UTC)

    assert never_back(now, None) == (now, False)
