"""Which clock reading is believed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from queue_server.domain.errors import BadInput
from queue_server.domain.queue.timekeeping import (
    Anchor,
    anchor_at_start,
    is_being_set,
    is_believed,
    next_anchor,
    typed_time,
)

NOON = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
ANCHOR = Anchor(NOON, 1000.0)
A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("jump", "believed"),
    [(timedelta(0), True), (4 * A_MINUTE, True), (-4 * A_MINUTE, True), (6 * A_MINUTE, False), (-6 * A_MINUTE, False)],
)
def test_a_reading_is_believed_near_the_moment_that_follows_from_the_seconds(jump: timedelta, believed: bool) -> None:
    ten_minutes_later = NOON + timedelta(seconds=600)

    assert is_believed(ten_minutes_later + jump, 1600.0, ANCHOR) == believed


def test_a_reading_that_is_believed_is_counted_from_once_an_hour() -> None:
    drifted = NOON + 2 * A_MINUTE

    assert next_anchor(drifted, 1060.0, ANCHOR) == ANCHOR
    assert next_anchor(drifted + AN_HOUR, 4600.0, ANCHOR) == Anchor(drifted + AN_HOUR, 4600.0)


def test_a_reading_that_is_doubted_is_never_counted_from() -> None:
    assert next_anchor(NOON + 30 * A_DAY, 90_000.0, ANCHOR) == ANCHOR


@pytest.mark.parametrize(
    ("since_newest", "begins_at"),
    [(3 * A_DAY, 3 * A_DAY), (8 * A_DAY, timedelta.resolution), (-AN_HOUR, timedelta.resolution)],
)
def test_a_start_is_believed_within_a_week_after_the_newest_line(since_newest: timedelta, begins_at: timedelta) -> None:
    assert anchor_at_start(NOON + since_newest, 1000.0, NOON) == Anchor(NOON + begins_at, 1000.0)


def test_a_machine_without_a_clock_chip_is_set_in_the_first_moments_after_its_boot() -> None:
    assert is_being_set(NOON + 12 * AN_HOUR, 60.0, NOON)
    assert not is_being_set(NOON + 12 * AN_HOUR, 400.0, NOON)
    assert not is_being_set(NOON + 30 * A_DAY, 60.0, NOON)


def test_a_typed_time_is_the_clinics_unless_it_names_a_zone() -> None:
    india = timezone(timedelta(hours=5, minutes=30))

    assert typed_time("2026-11-22T12:00", india) == typed_time("2026-11-22T06:30+00:00", india) == NOON


@pytest.mark.parametrize("typed", ["", "noon", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_what_cannot_be_the_time_now_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        typed_time(typed, UTC)
