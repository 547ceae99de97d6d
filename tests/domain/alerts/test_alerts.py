"""When somebody is told, when a message is tried again, and when it is given up."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.alerts.alerts import (
    ASKED_FOR,
    CAN_WAIT,
    LIFETIME,
    LONGEST_RETRY,
    AlertKind,
    AlertPreference,
    Channel,
    due_at,
    expires_at,
    is_late,
    is_moved_far,
    is_soon,
    masked,
    retry_at,
)
from queue_server.domain.waits.correction import Wait

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)

MOMENTS = st.integers(0, 366 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
EVENINGS = st.integers(17 * 60, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
MORNINGS = st.integers(0, 11 * 60).map(lambda minute: time(minute // 60, minute % 60))
WAITS = st.tuples(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e5)).map(lambda ends: Wait(*sorted(ends)))
KINDS = st.sampled_from(list(AlertKind))
WISHES = st.builds(AlertPreference, st.integers(1, 90), st.none() | st.integers(0, 30), EVENINGS, MORNINGS)


def on_the_clock(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%H:%M")


def a_wait(likely_min: float, low_min: float | None = None) -> Wait:
    low_s = 60 * (likely_min if low_min is None else low_min)
    return Wait(low_s, 60 * likely_min, 120 * likely_min)


def test_ten_minutes_are_told_when_the_likely_wait_is_near_them() -> None:
    assert not is_soon(AlertPreference(), a_wait(11.1), ahead=0)
    assert is_soon(AlertPreference(), a_wait(11), ahead=20)


def test_ten_minutes_are_told_somewhat_earlier_when_the_call_may_well_come_before_them() -> None:
    assert not is_soon(AlertPreference(), a_wait(13, low_min=7.1), ahead=0)
    assert is_soon(AlertPreference(), a_wait(13, low_min=7), ahead=20)
    assert not is_soon(AlertPreference(), a_wait(14, low_min=0), ahead=0)


def test_while_nobody_calls_only_a_likely_wait_tells_minutes() -> None:
    assert is_soon(AlertPreference(), a_wait(10), ahead=0, is_calling=False)
    assert not is_soon(AlertPreference(), a_wait(13, low_min=0), ahead=0, is_calling=False)
    assert not is_soon(AlertPreference(), None, ahead=0, is_calling=False)
    assert not is_soon(AlertPreference(ahead=5), a_wait(10), ahead=0, is_calling=False)


def test_whoever_chose_a_number_of_people_is_told_by_that_number_alone() -> None:
    wish = AlertPreference(ahead=5)

    assert not is_soon(wish, a_wait(1), ahead=6)
    assert is_soon(wish, a_wait(60), ahead=5)


def test_without_a_forecast_three_people_ahead_count_as_soon() -> None:
    assert not is_soon(AlertPreference(), None, ahead=4)
    assert is_soon(AlertPreference(), None, ahead=3)


@given(WISHES, st.none() | WAITS, st.integers(0, 300), WAITS, st.integers(0, 300), st.booleans())
def test_whoever_is_told_would_be_told_nearer_to_the_call_too(
    wish: AlertPreference, wait: Wait | None, ahead: int, sooner: Wait, nearer: int, is_calling: bool
) -> None:
    if is_soon(wish, wait, ahead, is_calling=is_calling):
        wait_then = None if wait is None else Wait(*map(min, wait, sooner))

        assert is_soon(wish, wait_then, min(ahead, nearer), is_calling=is_calling)


def test_a_doctor_is_late_after_more_than_twenty_minutes() -> None:
    assert not is_late(None, NOW)
    assert not is_late(NOW - timedelta(minutes=20), NOW)
    assert is_late(NOW - timedelta(minutes=20, seconds=1), NOW)
    assert is_moved_far(NOW, NOW + timedelta(minutes=21))
    assert not is_moved_far(NOW, NOW + timedelta(minutes=20))
    assert not is_moved_far(None, NOW)


def test_what_can_wait_waits_for_the_morning() -> None:
    at_four = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)

    due = due_at(AlertKind.EXPIRED, AlertPreference(), at_four, ZONE)

    assert on_the_clock(due) == "07:00"
    assert due - at_four == timedelta(hours=3)


def test_a_call_at_night_is_told_unless_the_patient_wants_quiet() -> None:
    at_four = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)

    assert due_at(AlertKind.CALLED, AlertPreference(), at_four, ZONE) == at_four
    quiet = AlertPreference(quiet_from=time(22), quiet_until=time(6))
    assert on_the_clock(due_at(AlertKind.CALLED, quiet, at_four, ZONE)) == "06:00"


@given(KINDS, WISHES, MOMENTS)
def test_nothing_goes_out_in_quiet_hours_but_what_was_asked_for(
    kind: AlertKind, wish: AlertPreference, now: datetime
) -> None:
    due = due_at(kind, wish, now, ZONE)

    assert due >= now
    if kind in ASKED_FOR:
        assert due == now
    else:
        assert due == due_at(kind, wish, due, ZONE)
        assert str(wish.quiet_until) <= f"{on_the_clock(due)}:00" < str(wish.quiet_from)
        if kind in CAN_WAIT:
            assert "07:00" <= on_the_clock(due) < "21:00"


@given(KINDS, st.integers(1, 60), MOMENTS, st.floats(0, 1, exclude_max=True), st.none() | st.floats(-1e9, 1e9))
def test_a_next_try_comes_later_and_never_after_the_end(
    kind: AlertKind, tries: int, now: datetime, chance: float, after_s: float | None
) -> None:
    end = expires_at(kind, now, now)

    again = retry_at(tries, now, end, chance, after_s)

    assert again is None or now + timedelta(seconds=1) <= again < end
    if again is not None and after_s is not None:
        assert again - now >= timedelta(seconds=min(after_s, 86_400))


@given(st.integers(1, 60), st.floats(0, 1, exclude_max=True))
def test_tries_get_rarer_up_to_the_longest_wait(tries: int, chance: float) -> None:
    far = NOW + timedelta(days=365)
    first, second = retry_at(tries, NOW, far, chance), retry_at(tries + 1, NOW, far, chance)

    assert first is not None
    assert second is not None
    assert first <= second <= NOW + LONGEST_RETRY


def test_an_hour_without_a_gateway_outlives_a_document_and_no_call() -> None:
    hour = timedelta(hours=1)

    assert LIFETIME[AlertKind.CALLED] < hour < LIFETIME[AlertKind.DOCUMENT]


@pytest.mark.parametrize(
    ("channel", "to", "shown"),
    [
        (Channel.SMS, "+918123456789", "+91 •••• 6789"),
        (Channel.SMS, "12345", "••••"),
        (Channel.EMAIL, "asha@clinic.example", "a•••@clinic.example"),
        (Channel.EMAIL, "nonsense", "••••"),
        (Channel.PUSH, '{"endpoint":"https://push.example/secret"}', "••••"),
    ],
)
def test_addresses_are_shown_masked(channel: Channel, to: str, shown: str) -> None:
    assert masked(channel, to) == shown
