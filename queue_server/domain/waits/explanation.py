"""Why a wait was promised as it was: parts that add up to its likely value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Wait

MINUTE_S = 60.0


class Reason(StrEnum):
    """What a part of a wait is owed to, in the order in which they are told.

    `LINE`: the people ahead, and the doctors as they stand and at their usual pace; `SLOW`, `QUICK`: that consultations
    take longer or shorter today; `EMERGENCIES`: those who go first; `OVERTAKEN`: people who have not come yet and will
    be called earlier; `HABIT`: how such estimates came out in this department before.
    """

    LINE = "line"
    SLOW = "slow"
    QUICK = "quick"
    EMERGENCIES = "emergencies"
    OVERTAKEN = "overtaken"
    HABIT = "habit"


class WaitPart(NamedTuple):
    """So many seconds of a likely wait are owed to this reason, and to so many people where it is about people."""

    reason: Reason
    seconds: float
    people: int = 0


class MinutesPart(NamedTuple):
    """The same in whole minutes."""

    reason: Reason
    minutes: int
    people: int = 0


def explain(clues: Clues, promised: Wait) -> tuple[WaitPart, ...]:
    """Return the parts of the likely wait that was `promised` from these clues; their seconds add up to it.

    The line comes first and is always there; of the others, those that are nothing are left out. The time for which
    every doctor is on a break does not depend on today's pace.
    """
    paced_s = max(clues.mechanics_s - clues.away_s, 0.0)
    today_s = paced_s - paced_s / clues.pace
    place_s = clues.mechanics_s / (clues.ahead + 1.0)
    overtaking = max(round(clues.overtaken_s / place_s), 1) if place_s >= 1.0 else 1
    parts = (
        WaitPart(Reason.LINE, clues.mechanics_s - today_s, round(clues.ahead)),
        WaitPart(Reason.SLOW if today_s > 0.0 else Reason.QUICK, today_s),
        WaitPart(Reason.EMERGENCIES, clues.extra_s),
        WaitPart(Reason.OVERTAKEN, clues.overtaken_s, overtaking),
    )
    habit = WaitPart(Reason.HABIT, promised.likely_s - sum(part.seconds for part in parts))
    return (parts[0], *(part for part in (*parts[1:], habit) if part.seconds))


def in_minutes(parts: Sequence[WaitPart]) -> Iterator[MinutesPart]:
    """Yield the parts in whole minutes, which add up to the rounded sum; none of no minutes but the line."""
    sum_s, told = 0.0, 0
    for part in parts:
        sum_s += part.seconds
        minutes = round(sum_s / MINUTE_S) - told
        told += minutes
        if minutes or part.reason is Reason.LINE:
            yield MinutesPart(part.reason, minutes, part.people)


def left_of(parts: Sequence[WaitPart], elapsed_s: float) -> tuple[WaitPart, ...]:
    """The parts after so many seconds, which the line has become shorter by; none where it is shorter than that."""
    if not parts or parts[0].seconds < elapsed_s:
        return ()
    return (parts[0]._replace(seconds=parts[0].seconds - elapsed_s), *parts[1:])
