"""A keeper: the program on a kiosk's own machine that gives out numbers while the server is away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import product

from queue_server.domain.clinic.opening_hours import ClosedReason
from queue_server.domain.devices.print_jobs import PrintState

#: Letters that are not mistaken for digits, nor for one another, on a slip and when they are called.
LETTERS = "ABCDEFHJKLMNPRTUVWXY"

#: For so many days from today on a keeper knows hours, holidays and how dates are written.
KNOWN_DAYS = 15

#: A keeper's own clock may be wrong by so much before anybody is told.
CLOCK_TOLERANCE = timedelta(minutes=5)


def next_series(taken: Collection[str]) -> str:
    """The letters of a new keeper, which no other has or had: one, then two, then three."""
    return next(letters for letters in _all_series() if letters not in taken)


def _all_series() -> Iterator[str]:
    for length in (1, 2, 3):
        yield from map("".join, product(LETTERS, repeat=length))


@dataclass(frozen=True, slots=True)
class Keeper:
    """A keeper's store on its device. `series`: its letters. `waiting`: numbers that it had to hand in when last heard.

    `clock_off_s`: its clock less the clinic's, in seconds; none until it has said so.
    """

    id: int
    device_id: int
    series: str
    heard_at: datetime
    waiting: int = 0
    clock_off_s: float | None = None

    @property
    def is_clock_wrong(self) -> bool:
        """Whether its machine's clock is further off than anybody need not care about."""
        return self.clock_off_s is not None and abs(self.clock_off_s) > CLOCK_TOLERANCE.total_seconds()


@dataclass(frozen=True, slots=True)
class KeptNumber:
    """A number that a keeper has given out.

    `sequence` counts its numbers from 1 for ever. `department`: code. `day` and `issued_at`: as the keeper knew them,
    `is_estimated` when its machine had been started anew without the server, so that the moment may be wrong; the order
    inside the keeper is right all the same. `printed`: what became of the slip. `is_withdrawn`: nobody can know the
    number. `is_doubtful`: the same press was sent to the server as well, which did not answer. `sealed`: what only the
    server can open.
    """

    sequence: int
    number: str
    department: str
    day: date
    issued_at: datetime
    sealed: str
    printed: PrintState
    is_estimated: bool = False
    is_withdrawn: bool = False
    is_doubtful: bool = False


class TaskKind(StrEnum):
    """What the desk should look at: a number on paper that does not fit."""

    CLOSED = "closed"
    QUOTA = "quota"
    DAY_OVER = "day_over"
    NUMBER_TWICE = "number_twice"
    TWO_NUMBERS = "two_numbers"
    TIME_UNKNOWN = "time_unknown"
    NOT_OPENED = "not_opened"
    NO_DEPARTMENT = "no_department"


@dataclass(frozen=True, slots=True)
class DeskTask:
    """One thing for the desk to look at. `device`: the kiosk's name."""

    id: int
    kind: TaskKind
    number: str
    token_id: int | None
    at: datetime
    device: str


_WHY: Mapping[ClosedReason, TaskKind] = {
    ClosedReason.SHUT: TaskKind.CLOSED,
    ClosedReason.HOLIDAY: TaskKind.CLOSED,
    ClosedReason.HOURS: TaskKind.CLOSED,
    ClosedReason.QUOTA: TaskKind.QUOTA,
}


def conflicts(kept: KeptNumber, why: ClosedReason | None, today: date, *, is_doubled: bool) -> list[TaskKind]:
    """What does not fit, `why` being what the department's rules would have said at the time of issue.

    `is_doubled`: the same press has a number of the server's too, which stands. A withdrawn number is nobody's, so
    nothing can be wrong with it.
    """
    if kept.is_withdrawn:
        return []
    found = [_WHY[why]] if why else []
    if kept.day < today:
        found.append(TaskKind.DAY_OVER)
    if kept.is_estimated:
        found.append(TaskKind.TIME_UNKNOWN)
    if is_doubled:
        found.append(TaskKind.TWO_NUMBERS)
    return found
