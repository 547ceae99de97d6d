"""Service days and the numbers that are handed out on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: The hour of local time at which a new service day begins, unless the clinic says otherwise.
DEFAULT_ROLL_OVER = time(4, 0)


def service_day(now: datetime, zone: ZoneInfo, roll_over: time = DEFAULT_ROLL_OVER) -> date:
    """The clinic's day that `now` (aware) belongs to: before the roll-over it is still yesterday's."""
    local = now.astimezone(zone)
    return local.date() if local.time() >= roll_over else local.date() - timedelta(days=1)


def day_ends_at(day: date, zone: ZoneInfo, roll_over: time = DEFAULT_ROLL_OVER) -> datetime:
    """The first moment (aware UTC) that no longer belongs to this service day."""
    return datetime.combine(day + timedelta(days=1), roll_over, zone).astimezone(UTC)


def number(prefix: str, counter: int) -> str:
    """The number as it is printed and called: `G-012`; from 1,000 on it simply grows (`G-1000`).

    `counter` counts from 1. Raises `ValueError` below that.
    """
    if counter < 1:
        raise ValueError(f"A counter starts at 1, not at {counter}.")
    return f"{prefix}-{counter:03d}"


def never_back(
    now: datetime, latest: datetime | None, tolerance: timedelta = timedelta(seconds=2)
) -> tuple[datetime, bool]:
    """The moment to write down, and whether the clock is wrong.

    A small board without a clock chip may boot in the past. What is written never goes back behind `latest`, the
    newest moment already written, so that days, numbers and order stay right; the clock counts as wrong when it is
    behind by more than `tolerance`.
    """
    if latest is None or now >= latest:
        return now, False
    return latest, latest - now > tolerance
