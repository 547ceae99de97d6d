"""When a department gives out numbers: its hours by weekday, and how many a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Minutes of a whole day; a span may end with it ("24:00").
_DAY = 24 * 60
_LOOKED_AHEAD_DAYS = 366

#: From and until, as minutes since midnight on the clinic's wall clock; `until` no longer belongs to the span.
Span = tuple[int, int]
#: Weekday (Monday is 0) → the spans in which the department is open, in order. A missing day is closed.
Hours = Mapping[int, tuple[Span, ...]]


class ClosedReason(StrEnum):
    """Why a department gives out no numbers."""

    SHUT = "shut"
    HOLIDAY = "holiday"
    HOURS = "hours"
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether numbers are given out now; if not, why, and when it opens next (aware UTC) where that is known."""

    why: ClosedReason | None = None
    opens_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether numbers are given out."""
        return self.why is None


def parse_hours(written: Mapping[str, Sequence[Sequence[str]]]) -> Hours:
    """The hours from the JSON of a plan: `{"mon": [["09:00", "13:00"], ["14:00", "17:00"]]}`.

    `domain.clinic.configuration.read_department` has checked it: weekdays are known, spans are in order and do not
    overlap.
    """
    return {
        WEEKDAYS.index(day): tuple((_minutes(begin), _minutes(end)) for begin, end in spans)
        for day, spans in written.items()
        if spans
    }


def opening(hours: Hours | None, now: datetime, zone: ZoneInfo, holidays: Collection[date] = ()) -> Opening:
    """What hours and holidays say at `now` (aware). Without hours a department is always open but on holidays."""
    local = now.astimezone(zone)
    if local.date() in holidays:
        return Opening(ClosedReason.HOLIDAY, next_opening(hours, now, zone, holidays))
    if hours is None or _is_within(hours, local):
        return Opening()
    return Opening(ClosedReason.HOURS, next_opening(hours, now, zone, holidays))


def numbers_now(
    *,
    is_open: bool,
    hours: Hours | None,
    quota: int | None,
    issued: int,
    now: datetime,
    zone: ZoneInfo,
    holidays: Collection[date] = (),
) -> Opening:
    """Whether the next number is given out to a walk-in or online, after `issued` others of this day."""
    if not is_open:
        return Opening(ClosedReason.SHUT)
    if quota is not None and issued >= quota:
        return Opening(ClosedReason.QUOTA)
    return opening(hours, now, zone, holidays)


def next_opening(
    hours: Hours | None, now: datetime, zone: ZoneInfo, holidays: Collection[date] = ()
) -> datetime | None:
    """The next moment (aware UTC) at which a span begins, strictly after `now`; none when there are no spans.

    Looked for within a year: whoever has only holidays before them opens at no time that could be told.
    """
    today = now.astimezone(zone).date()
    every_day: Hours = hours if hours is not None else dict.fromkeys(range(7), ((0, _DAY),))
    for days in range(_LOOKED_AHEAD_DAYS if holidays else 8):
        day = today + timedelta(days=days)
        for begin, _ in every_day.get(day.weekday(), ()) if day not in holidays else ():
            moment = _moment(day, begin, zone)
            if moment > now:
                return moment
    return None


def open_spans(
    hours: Hours | None, day: date, zone: ZoneInfo, holidays: Collection[date] = ()
) -> list[tuple[datetime, datetime]]:
    """From when until when (aware UTC) numbers are given out on this date of the wall clock, in order."""
    if day in holidays:
        return []
    spans = ((0, _DAY),) if hours is None else hours.get(day.weekday(), ())
    return [(_moment(day, begin, zone), _end(day, end, zone)) for begin, end in spans]


def closes_at(hours: Hours | None, now: datetime, zone: ZoneInfo, holidays: Collection[date] = ()) -> datetime | None:
    """When the department closes for the day (aware UTC): the end of the last span that is not over yet.

    A break at noon is no closing. A span until midnight goes on with one that begins at midnight. None without hours,
    after the last span, and for a department that never closes.
    """
    local = now.astimezone(zone)
    if hours is None or local.date() in holidays:
        return None
    ends = [end for _, end in hours.get(local.weekday(), ()) if end > _minute_of(local)]
    if not ends:
        return None
    day, end = local.date(), ends[-1]
    for _ in WEEKDAYS:
        if end < _DAY:
            return _moment(day, end, zone)
        day += timedelta(days=1)
        end = 0 if day in holidays else _end_of_night(hours, day)
        if end == 0:
            return _moment(day, 0, zone)
    return None


def _end_of_night(hours: Hours, day: date) -> int:
    """When the span that begins at this day's midnight ends; 0 when there is none."""
    return next((end for begin, end in hours.get(day.weekday(), ()) if begin == 0), 0)


def _minute_of(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _is_within(hours: Hours, local: datetime) -> bool:
    minute = _minute_of(local)
    return any(begin <= minute < end for begin, end in hours.get(local.weekday(), ()))


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def _end(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return _moment(day, minute, zone) if minute < _DAY else _moment(day + timedelta(days=1), 0, zone)


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
