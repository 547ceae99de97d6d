"""Tallies: every stay is counted once in each part, and days add up to whatever range is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.domain.analytics.tallies import (
    Grain,
    Part,
    Stay,
    added_up,
    ahead_group,
    cut,
    next_month,
    tallies,
    together,
)
from queue_server.domain.queue.tokens import State
from queue_server.domain.waits.correction import Wait

KOLKATA = ZoneInfo("Asia/Kolkata")
DAY = date(2026, 11, 22)
NINE = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
dates = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def a_stay(state: State = State.ATTENDED, minute: float = 0, waited: float | None = 30, **more: object) -> Stay:
    """A stay that began so many minutes after nine on the clinic's clock and was called so many minutes later."""
    joined_at = NINE + timedelta(minutes=minute)
    called_at = None if waited is None else joined_at + timedelta(minutes=waited)
    finished_at = called_at + timedelta(minutes=5) if called_at and state is State.ATTENDED else None
    facts: dict[str, object] = {"department_id": 1, "number": "G-001", "token_id": 1}
    facts |= {"first_called_at": called_at, "called_at": called_at, "finished_at": finished_at}
    return Stay(state=state, joined_at=joined_at, calls=int(waited is not None), **(facts | more))  # type: ignore[arg-type]


some_stays = st.lists(
    st.builds(
        a_stay,
        st.sampled_from(list(State)),
        st.floats(0, 600),
        st.one_of(st.none(), st.floats(0, 300)),
        department_id=st.integers(1, 3),
        doctor_id=st.one_of(st.none(), st.integers(1, 4)),
        origin=st.sampled_from(["kiosk", "desk", "patient"]),
        returns=st.integers(0, 2),
        token_id=st.integers(1, 10**6),
        promise=st.one_of(st.none(), st.just(Wait(600, 1200, 2400))),
        priority=st.sampled_from(["normal", "urgent"]),
        ahead=st.none() | st.floats(0, 20),
        later=st.integers(0, 5),
        alerted_at=st.none() | st.just(NINE),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(some_stays)
def test_every_part_adds_up_to_the_whole(stays: list[Stay]) -> None:
    counted = tallies(stays, DAY, KOLKATA)

    for department in {stay.department_id for stay in stays}:
        whole = counted[department, Part.ALL, ""]
        for part in (Part.HOUR, Part.DOCTOR, Part.ORIGIN, Part.PRIORITY, Part.AHEAD):
            assert together(t for (d, p, _), t in counted.items() if (d, p) == (department, part)) == whole
        over = whole.attended + whole.transferred + whole.cancelled + whole.no_show + whole.expired
        live = sum(s.department_id == department and s.state in _OPEN for s in stays)
        assert over + live == whole.joined
        assert whole.inside <= whole.promised <= sum(whole.waits.values()) <= whole.joined


def test_an_alert_is_in_time_five_to_twenty_minutes_before_the_call() -> None:
    at = [NINE + timedelta(minutes=minute) for minute in (9, 10, 25, 26)]
    stays = [a_stay(alerted_at=one) for one in at] + [a_stay(waited=None, alerted_at=NINE), a_stay()]

    whole = tallies(stays, DAY, KOLKATA)[1, Part.ALL, ""]

    assert (whole.alerted, whole.alerted_in_time) == (4, 2)


def test_stays_are_told_apart_by_the_people_ahead() -> None:
    numbers = [None, 0, 0.5, 2, 4, 7, 11, 12]

    groups = [ahead_group(ahead) for ahead in numbers]

    assert groups == ["?", "0", "1", "2", "3-4", "5-7", "8-11", "12+"]


_OPEN = {State.WAITING, State.CALLED, State.SERVING, State.HELD}


@settings(deadline=None)
@given(some_stays, some_stays)
def test_two_days_add_up_to_both(some: list[Stay], others: list[Stay]) -> None:
    apart = added_up([tallies(some, DAY, KOLKATA), tallies(others, DAY, KOLKATA)])

    assert apart == tallies(some + others, DAY, KOLKATA)


@given(dates, st.integers(0, 1600))
def test_a_range_is_cut_into_years_months_and_days_without_gap_or_overlap(first: date, length: int) -> None:
    last = first + timedelta(days=length)

    spans = cut(first, last)

    found = []
    for grain, begin, end in spans:
        match grain:
            case Grain.DAY:
                found += _each(begin, end)
            case Grain.MONTH:
                found += _each(begin, next_month(end) - timedelta(days=1))
            case Grain.YEAR:
                assert begin.replace(month=1, day=1) == begin
                found += _each(begin, date(end.year, 12, 31))
    assert sorted(found) == _each(first, last)
    days = sum((end - begin).days + 1 for grain, begin, end in spans if grain is Grain.DAY)
    assert days <= 60
    assert all((end - begin).days < 700 for grain, begin, end in spans if grain is Grain.MONTH)


def _each(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def test_a_range_that_ends_before_it_begins_is_empty() -> None:
    assert cut(date(2026, 3, 2), date(2026, 3, 1)) == []


def test_who_was_called_and_never_seen_is_a_no_show_and_who_was_never_called_has_expired() -> None:
    stays = [a_stay(State.EXPIRED), a_stay(State.MISSED), a_stay(State.EXPIRED, waited=None)]

    whole = tallies(stays, DAY, KOLKATA)[1, Part.ALL, ""]

    assert (whole.no_show, whole.expired) == (2, 1)


def test_a_stay_counts_at_the_hour_of_the_clinics_clock_on_its_service_day() -> None:
    # 00:30 in the clinic, before the roll-over: the day that began the morning before, a Sunday.
    late = a_stay(minute=15.5 * 60)

    assert (1, Part.HOUR, "6-00") in tallies([late], DAY, KOLKATA)


def test_a_promise_is_scored_by_range_and_by_distance() -> None:
    kept = a_stay(waited=25, promise=Wait(1200, 1500, 1800))
    broken = a_stay(waited=40, promise=Wait(1200, 1500, 1800))
    at_once = a_stay(waited=0.01, promise=Wait(0, 0, 60))

    whole = tallies([kept, broken, at_once], DAY, KOLKATA)[1, Part.ALL, ""]

    assert (whole.promised, whole.inside, whole.error_s) == (2, 1, 900)


def test_the_longest_waits_are_kept_longest_first() -> None:
    whole = tallies([a_stay(waited=minutes) for minutes in range(30)], DAY, KOLKATA)[1, Part.ALL, ""]

    assert [wait.waited_s for wait in whole.longest] == [60.0 * minutes for minutes in range(29, 19, -1)]
