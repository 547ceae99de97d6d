"""A server keeps the backups of the last hours and days, whatever else it throws away."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from queue_server.domain.clinic.backup_plan import DAYS, HOURS, OLD_AFTER, Complaint, complaints, is_due, kept, newest
from tests.clinics import MORNING, ZONE

HOUR = timedelta(hours=1)

moments = some.integers(0, 60 * 86_400).map(lambda second: MORNING + timedelta(seconds=second))


@given(some.sets(moments, min_size=1, max_size=60))
def test_the_newest_stays_and_not_more_than_so_many(made: set[datetime]) -> None:
    stay = kept(made, ZONE)

    assert max(made) in stay
    assert stay <= made
    assert len(stay) <= HOURS + DAYS
    assert kept(stay, ZONE) == stay


@given(some.sets(moments, min_size=1, max_size=60), some.integers(1, 5), some.integers(1, 5))
def test_each_of_the_last_days_keeps_its_newest(made: set[datetime], hours: int, days: int) -> None:
    stay = kept(made, ZONE, hours, days)

    for day in sorted({moment.astimezone(ZONE).date() for moment in made})[-days:]:
        assert max(moment for moment in made if moment.astimezone(ZONE).date() == day) in stay


@given(some.lists(moments, min_size=1, max_size=40, unique=True))
def test_throwing_away_after_each_backup_leaves_what_throwing_away_once_would(made: list[datetime]) -> None:
    stay: set[datetime] = set()
    for moment in sorted(made):
        stay = kept(stay | {moment}, ZONE)

    assert stay == kept(made, ZONE)


def test_a_month_of_hours_leaves_a_day_of_hours_and_two_weeks_of_days() -> None:
    made = [MORNING + hour * HOUR for hour in range(24 * 30)]

    stay = sorted(kept(made, ZONE))

    assert stay[-HOURS:] == made[-HOURS:]
    assert len({moment.astimezone(ZONE).date() for moment in stay}) == DAYS


@pytest.mark.parametrize(("minutes", "due"), [(0, False), (59, False), (60, True), (-1, True), (-43_200, True)])
def test_the_next_one_is_due_an_hour_after_the_last_and_one_from_the_future_does_not_count(
    minutes: int, due: bool
) -> None:
    made_at = MORNING - timedelta(minutes=minutes)

    assert is_due(MORNING, [made_at], HOUR) is due
    assert newest(MORNING, [made_at, MORNING - 2 * HOUR]) == (made_at if minutes >= 0 else MORNING - 2 * HOUR)


def test_without_a_backup_one_is_due_and_none_is_the_newest() -> None:
    assert is_due(MORNING, [], HOUR)
    assert newest(MORNING, []) is None


def test_what_is_not_well_is_told() -> None:
    well = {"has_failed": False, "is_key_copied": True, "is_elsewhere": True}

    assert complaints(MORNING, MORNING - OLD_AFTER, **well) == []
    assert complaints(MORNING, MORNING - OLD_AFTER - HOUR, **well) == [Complaint.OLD]
    assert complaints(MORNING, None, has_failed=True, is_key_copied=False, is_elsewhere=False) == [
        Complaint.NONE,
        Complaint.FAILED,
        Complaint.KEY_NOT_COPIED,
        Complaint.ONE_DISK,
    ]
