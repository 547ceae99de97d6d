"""Opening hours by the clinic's own wall clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.clinic.opening_hours import (
    WEEKDAYS,
    ClosedReason,
    Hours,
    closes_at,
    next_opening,
    opening,
    parse_hours,
)

KOLKATA = ZoneInfo("Asia/Kolkata")
ZONES = st.sampled_from([KOLKATA, ZoneInfo("UTC"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    """Hours of any weekdays, with up to two spans a day."""
    hours = {}
    for weekday in draw(st.sets(st.integers(0, 6))):
        ends = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=4)))
        hours[weekday] = tuple(zip(ends[::2], ends[1::2], strict=False))
    return hours


def at(weekday_of_november: int, hour: int, minute: int = 0) -> datetime:
    """A moment on the clinic's clock; 23 November 2026 is a Monday."""
    return datetime(2026, 11, 22 + weekday_of_november, hour, minute, tzinfo=KOLKATA)


MORNINGS = parse_hours({"mon": [["09:00", "13:00"], ["14:00", "17:00"]], "wed": [["09:30", "24:00"]]})


@given(MOMENTS, ZONES)
def test_without_hours_it_is_always_open(now: datetime, zone: ZoneInfo) -> None:
    assert opening(None, now, zone).is_open
    assert not opening({}, now, zone).is_open
    assert opening({}, now, zone).opens_at is None


@given(some_hours(), MOMENTS, ZONES)
def test_closed_says_when_it_opens_and_nothing_is_open_before_that(hours: Hours, now: datetime, zone: ZoneInfo) -> None:
    told = opening(hours, now, zone)

    if told.is_open or told.opens_at is None:
        return
    assert told.why is ClosedReason.HOURS
    assert told.opens_at > now
    span = told.opens_at - now
    for part in range(1, 20):
        assert not opening(hours, now + span * part / 20, zone).is_open


@given(some_hours(), MOMENTS)
def test_it_is_open_at_the_moment_it_named(hours: Hours, now: datetime) -> None:
    opens_at = next_opening(hours, now, KOLKATA)

    if opens_at is not None:
        assert opening(hours, opens_at, KOLKATA).is_open
        assert opens_at - now <= timedelta(days=8)


def test_open_from_the_first_minute_and_closed_from_the_last() -> None:
    assert not opening(MORNINGS, at(1, 8, 59), KOLKATA).is_open
    assert opening(MORNINGS, at(1, 9), KOLKATA).is_open
    assert not opening(MORNINGS, at(1, 13), KOLKATA).is_open
    assert opening(MORNINGS, at(3, 23, 59), KOLKATA).is_open


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(0, 12), at(1, 9)),
        (at(1, 8), at(1, 9)),
        (at(1, 13, 30), at(1, 14)),
        (at(1, 18), at(3, 9, 30)),
        (at(4, 0), at(8, 9)),
    ],
)
def test_it_opens_next_on_the_same_day_or_a_later_one(now: datetime, opens: datetime) -> None:
    assert opening(MORNINGS, now, KOLKATA).opens_at == opens


def test_the_written_hours_are_read() -> None:
    assert parse_hours({"sun": [["00:00", "24:00"]], "mon": []}) == {6: ((0, 1440),)}
    assert set(parse_hours({day: [["08:00", "12:00"]] for day in WEEKDAYS})) == set(range(7))


@given(some_hours(), MOMENTS, ZONES)
def test_it_closes_later_and_is_closed_from_then_on_or_opens_another_day(
    hours: Hours, now: datetime, zone: ZoneInfo
) -> None:
    closing = closes_at(hours, now, zone)

    if closing is not None:
        assert closing > now
        assert not opening(hours, closing, zone).is_open
        following = next_opening(hours, closing - timedelta(minutes=1), zone)
        assert (
            following is None
            or following.astimezone(zone).date() > (closing - timedelta(minutes=1)).astimezone(zone).date()
        )


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        (at(1, 8), at(1, 17)),
        (at(1, 13, 30), at(1, 17)),
        (at(1, 17), None),
        (at(2, 9), None),
        (at(3, 10), at(4, 0)),
    ],
)
def test_a_break_at_noon_is_no_closing(now: datetime, closes: datetime | None) -> None:
    assert closes_at(MORNINGS, now, KOLKATA) == closes


def test_a_night_goes_on_after_midnight_and_who_never_closes_never_closes() -> None:
    night = parse_hours({"mon": [["20:00", "24:00"]], "tue": [["00:00", "06:00"], ["09:00", "12:00"]]})
    always = parse_hours({day: [["00:00", "24:00"]] for day in WEEKDAYS})

    assert closes_at(night, at(1, 21), KOLKATA) == at(2, 6)
    assert closes_at(always, at(1, 21), KOLKATA) is None
    assert closes_at(None, at(1, 21), KOLKATA) is None


@given(some_hours(), MOMENTS, ZONES, st.sets(st.integers(-2, 20), max_size=20))
def test_no_number_is_given_out_on_a_holiday(hours: Hours, now: datetime, zone: ZoneInfo, days: set[int]) -> None:
    today = now.astimezone(zone).date()
    holidays = {today + timedelta(days=day) for day in days}

    found = opening(hours, now, zone, holidays)

    assert not (found.is_open and today in holidays)
    assert (found.why is ClosedReason.HOLIDAY) == (today in holidays)
    if found.opens_at is not None:
        assert found.opens_at > now
        assert found.opens_at.astimezone(zone).date() not in holidays


def test_after_a_holiday_a_department_without_hours_opens_at_midnight() -> None:
    holiday = at(1, 0).date()

    assert opening(None, at(1, 10), KOLKATA, {holiday}).opens_at == at(2, 0)
