"""What a clinic's days amount to: how many came, how it ended for them, how long it took.

A stay is counted on its service day, at the hour of the clinic's clock at which it joined. Tallies of the same kind are
merged by adding, so a month is the sum of its days, and nothing that is shown depends on how a range was cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from heapq import nlargest
from zoneinfo import ZoneInfo

from queue_server.domain.analytics.quantile_sketch import NOTHING, Sketch, merged, sketch
from queue_server.domain.queue.tokens import State
from queue_server.domain.waits.clues import AHEAD_GROUPS, group_of
from queue_server.domain.waits.correction import AT_ONCE_S, Wait

#: An alert is in time that comes so many seconds before the call, as "about ten minutes left" should.
IN_TIME_S = (300.0, 1_200.0)
#: So many of the longest waits are kept of each day and department, and of each month.
LONGEST_KEPT = 10


class Part(StrEnum):
    """By what a tally is told apart within its department; a key says which one of them it is."""

    ALL = "all"
    HOUR = "hour"
    DOCTOR = "doctor"
    ORIGIN = "origin"
    PRIORITY = "priority"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a token in a department's queue, as far as it has come.

    `first_called_at` is the first call, `called_at` the last; `origin` is the kind of actor who issued the token;
    `ahead` the people ahead when the wait was promised. Of `later` ranges that were shown meanwhile, `later_inside`
    came true. `alerted_at`: when an alert was written that it would soon be time.
    """

    department_id: int
    state: State
    joined_at: datetime
    number: str
    token_id: int
    origin: str = "kiosk"
    doctor_id: int | None = None
    first_called_at: datetime | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    calls: int = 0
    returns: int = 0
    promise: Wait | None = None
    priority: str = "normal"
    ahead: float | None = None
    later: int = 0
    later_inside: int = 0
    alerted_at: datetime | None = None

    @property
    def alerted_before_s(self) -> float | None:
        """How long before the first call the alert came; None without either."""
        if self.alerted_at is None or self.first_called_at is None:
            return None
        return (self.first_called_at - self.alerted_at).total_seconds()

    @property
    def waited_s(self) -> float | None:
        """From joining to the first call."""
        return None if self.first_called_at is None else (self.first_called_at - self.joined_at).total_seconds()

    @property
    def consultation_s(self) -> float | None:
        """From the beginning, or else the last call, to the end of a consultation that took place."""
        began = self.started_at or self.called_at
        if self.state not in {State.ATTENDED, State.TRANSFERRED} or began is None or self.finished_at is None:
            return None
        return (self.finished_at - began).total_seconds()


@dataclass(frozen=True, slots=True, order=True)
class LongWait:
    """A wait that is among the longest."""

    waited_s: float
    token_id: int
    number: str
    day: date


@dataclass(frozen=True, slots=True)
class Tally:
    """Stays counted together.

    `joined` is all of them. Of these, `attended`, `transferred` and `cancelled` ended so; a `no_show` was called and
    not seen by the end of the day; `expired` was never called; the others are not over yet. `returned` were missed and
    came back. `promised` counts waits that had been forecast, `inside` those that came out inside the range, `error_s`
    sums up by how much longer (negative: shorter) they were than forecast, `errors` holds the sizes of the differences.
    `later` counts the ranges that were shown while they waited, `later_inside` those that came true; `alerted` those
    who were told that it would soon be time and then called, `alerted_in_time` those of them to whom it came in time.
    """

    joined: int = 0
    attended: int = 0
    transferred: int = 0
    cancelled: int = 0
    no_show: int = 0
    expired: int = 0
    returned: int = 0
    waits: Sketch = field(default_factory=lambda: NOTHING)
    consultations: Sketch = field(default_factory=lambda: NOTHING)
    longest: tuple[LongWait, ...] = ()
    promised: int = 0
    inside: int = 0
    error_s: float = 0.0
    errors: Sketch = field(default_factory=lambda: NOTHING)
    later: int = 0
    later_inside: int = 0
    alerted: int = 0
    alerted_in_time: int = 0

    @property
    def seen(self) -> int:
        """How many a doctor has seen."""
        return self.attended + self.transferred


#: Department, part, and which one of the part: the weekday and hour ("0-09", Monday is 0), the doctor's id ("7", "0"
#: for nobody), the origin ("kiosk"), the priority, the people ahead ("3-4", "?" where no wait was promised); empty for
#: all.
Key = tuple[int, Part, str]
Tallies = Mapping[Key, Tally]


def tallies(stays: Iterable[Stay], day: date, zone: ZoneInfo) -> dict[Key, Tally]:
    """The tallies of one service day; every part of a department adds up to its `ALL`."""
    counted: dict[Key, list[Stay]] = {}
    for stay in stays:
        hour = f"{day.weekday()}-{stay.joined_at.astimezone(zone):%H}"
        for part, which in (
            (Part.ALL, ""),
            (Part.HOUR, hour),
            (Part.DOCTOR, str(stay.doctor_id or 0)),
            (Part.ORIGIN, stay.origin),
            (Part.PRIORITY, stay.priority),
            (Part.AHEAD, ahead_group(stay.ahead)),
        ):
            counted.setdefault((stay.department_id, part, which), []).append(stay)
    return {key: _tally(found, day) for key, found in counted.items()}


def ahead_group(ahead: float | None) -> str:
    """The group of so many people ahead, as ranges are learned: "0", "1-2", … "12+"."""
    if ahead is None:
        return "?"
    lows = (0, *(most + 1 for most in AHEAD_GROUPS))
    low = lows[group_of(ahead)]
    high = next((most for most in AHEAD_GROUPS if most >= low), None)
    return f"{low}+" if high is None else f"{low}-{high}" if high > low else str(low)


def together(many: Iterable[Tally]) -> Tally:
    """One tally of all the stays that are in any of these."""
    every = list(many)
    return Tally(
        joined=sum(one.joined for one in every),
        attended=sum(one.attended for one in every),
        transferred=sum(one.transferred for one in every),
        cancelled=sum(one.cancelled for one in every),
        no_show=sum(one.no_show for one in every),
        expired=sum(one.expired for one in every),
        returned=sum(one.returned for one in every),
        waits=merged(one.waits for one in every),
        consultations=merged(one.consultations for one in every),
        longest=tuple(nlargest(LONGEST_KEPT, (wait for one in every for wait in one.longest))),
        promised=sum(one.promised for one in every),
        inside=sum(one.inside for one in every),
        error_s=sum(one.error_s for one in every),
        errors=merged(one.errors for one in every),
        later=sum(one.later for one in every),
        later_inside=sum(one.later_inside for one in every),
        alerted=sum(one.alerted for one in every),
        alerted_in_time=sum(one.alerted_in_time for one in every),
    )


def added_up(many: Iterable[Tallies]) -> dict[Key, Tally]:
    """The tallies of several days, or months, as those of one time."""
    found: dict[Key, list[Tally]] = {}
    for one in many:
        for key, tally in one.items():
            found.setdefault(key, []).append(tally)
    return {key: every[0] if len(every) == 1 else together(every) for key, every in found.items()}


class Grain(StrEnum):
    """How much time one kept tally is about."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


#: Grain, and the first days of the first and the last of them.
Span = tuple[Grain, date, date]


def cut(first: date, last: date) -> list[Span]:
    """The range of days (ends included) as whole years, the months round them, and the days round those."""
    begin = first if first.day == 1 else next_month(first)
    end = next_month(last) if next_month(last) - last == timedelta(days=1) else last.replace(day=1)
    if begin >= end:
        return [(Grain.DAY, first, last)] if first <= last else []
    spans = [(Grain.DAY, first, begin - timedelta(days=1)), (Grain.DAY, end, last)]
    spans += _years_and_months(begin, (end - timedelta(days=1)).replace(day=1))
    return [span for span in spans if span[1] <= span[2]]


def _years_and_months(first: date, last: date) -> list[Span]:
    """The same for a range of months, which are told by their first days."""
    begin = first if first.month == 1 else date(first.year + 1, 1, 1)
    end = date(last.year + 1, 1, 1) if last.month == 12 else date(last.year, 1, 1)
    if begin >= end:
        return [(Grain.MONTH, first, last)]
    years = (Grain.YEAR, begin, date(end.year - 1, 1, 1))
    return [years, (Grain.MONTH, first, date(begin.year - 1, 12, 1)), (Grain.MONTH, end, last)]


def next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _tally(stays: list[Stay], day: date) -> Tally:
    ended = [_end(stay) for stay in stays]
    waits = [(stay, waited_s) for stay in stays if (waited_s := stay.waited_s) is not None]
    errors: list[float] = []
    inside = promised = 0
    for stay, waited_s in waits:
        # Whoever is called at once has read no forecast.
        if stay.promise is not None and waited_s >= AT_ONCE_S:
            promised += 1
            inside += stay.promise.low_s <= waited_s <= stay.promise.high_s
            # Whole seconds, so that sums do not depend on the order of adding.
            errors.append(float(round(waited_s - stay.promise.likely_s)))
    alerts = [before_s for stay in stays if (before_s := stay.alerted_before_s) is not None]
    return Tally(
        joined=len(stays),
        attended=ended.count("attended"),
        transferred=ended.count("transferred"),
        cancelled=ended.count("cancelled"),
        no_show=ended.count("no_show"),
        expired=ended.count("expired"),
        returned=sum(stay.returns > 0 for stay in stays),
        waits=sketch(waited_s for _, waited_s in waits),
        consultations=sketch(lasted_s for stay in stays if (lasted_s := stay.consultation_s) is not None),
        longest=tuple(
            nlargest(LONGEST_KEPT, (LongWait(waited_s, stay.token_id, stay.number, day) for stay, waited_s in waits))
        ),
        promised=promised,
        inside=inside,
        error_s=sum(errors, 0.0),
        errors=sketch(abs(error) for error in errors),
        later=sum(stay.later for stay in stays),
        later_inside=sum(stay.later_inside for stay in stays),
        alerted=len(alerts),
        alerted_in_time=sum(IN_TIME_S[0] <= before_s <= IN_TIME_S[1] for before_s in alerts),
    )


def _end(stay: Stay) -> str:
    if stay.state is State.MISSED or (stay.state is State.EXPIRED and stay.calls > 0):
        return "no_show"
    return stay.state.value


@dataclass(frozen=True, slots=True)
class Fault:
    """A time in which a machine did not work."""

    name: str
    place: str
    state: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Machines:
    """What became of slips, (place, state) → how many, and when machines did not work."""

    slips: dict[tuple[str, str], int]
    faults: list[Fault]
