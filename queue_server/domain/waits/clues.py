"""What is known when a wait is promised, and how it enters the regressions of `regression`."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

#: Half a minute more or less is the same to a patient: the logarithm is that of 1 + wait ÷ `OFFSET_S`.
OFFSET_S = 30.0
TYPICAL_LOG = 3.0
AHEAD_GROUPS = (0, 1, 2, 4, 7, 11)
LEAST_SPREAD = 0.05
LARGEST_SPREAD = 1.5
#: What no rate explains: somebody walks slowly, a doctor finishes a note.
UNSTEADY_S = 15.0
#: Where the mechanics say less than this, a doctor is free.
FREE_S = 5.0
HOURS = 24

Vector = tuple[float, ...]

CONSTANT, MECHANICS, FEW, SOME, MANY, SPREAD, HISTORY, THROUGHPUT, CALLS, JOINS, OWN = range(11)
SIZE = 11
_SOME_FROM, _MANY_FROM = math.log(4.0), math.log(7.0)


class Clues(NamedTuple):
    """What was known when a wait was promised; kept beside the promise until it is known how it came out.

    `mechanics_s` and its relative spread say what the doctors make of `ahead` people; nobody calls for `away_s`
    seconds, and emergencies, which are not counted in `ahead`, take `extra_s`; `own` is 1 for somebody with priority.
    `history_s` is the wait of those called last, `throughput_s` what the gaps between the last calls would make of
    `ahead` people, `calls` and `joins` the counts of the last five minutes. `pace` is how much longer today's
    consultations take than is usual, as a factor; `overtaken_s` what people who have not come yet and will be called
    earlier are likely to add. Neither enters a regression; they are there to explain the promise. `hour` is that of
    the clinic's clock, from 0 to 23, and -1 where it is not known.
    """

    mechanics_s: float
    spread: float
    ahead: float
    history_s: float
    throughput_s: float
    calls: float = 0.0
    joins: float = 0.0
    own: float = 0.0
    away_s: float = 0.0
    extra_s: float = 0.0
    pace: float = 1.0
    overtaken_s: float = 0.0
    hour: float = -1.0

    @classmethod
    def from_list(cls, kept: Sequence[float]) -> Clues:
        """Return what `list` made of clues; those of fewer numbers are of earlier builds."""
        if len(kept) == 5:
            mechanics_s, spread, ahead, _, _ = kept
            return cls(mechanics_s, spread, ahead, mechanics_s, mechanics_s)
        return cls(*kept)


def spread_of(at_s: float, deviation_s: float) -> float:
    """Return the relative spread of a mechanical estimate, within what a forecast may believe."""
    spread = math.sqrt(deviation_s * deviation_s + UNSTEADY_S * UNSTEADY_S) / (at_s + OFFSET_S)
    return LEAST_SPREAD if spread < LEAST_SPREAD else spread if spread < LARGEST_SPREAD else LARGEST_SPREAD


def inputs_of(clues: Clues) -> Vector:
    few, some, many = rungs(clues.ahead)
    base = logarithm(clues.mechanics_s)
    return (
        1.0,
        base - TYPICAL_LOG,
        few,
        some,
        many,
        clues.spread,
        logarithm(clues.history_s) - base,
        logarithm(clues.throughput_s) - base,
        math.log1p(clues.calls),
        math.log1p(clues.joins) * (1.0 - clues.own),
        clues.own,
    )


def logarithm(seconds: float) -> float:
    return math.log1p(max(seconds, 0.0) / OFFSET_S)


def group_of(ahead: float) -> int:
    return bisect_left(AHEAD_GROUPS, ahead)


def is_free(ahead: float, mechanics_s: float) -> bool:
    """Whether nobody is ahead and a doctor is free."""
    return ahead == 0.0 and mechanics_s < FREE_S


def rungs(ahead: float) -> tuple[float, float, float]:
    """The logarithm of the people ahead in three pieces: up to three, up to six, and beyond."""
    size = math.log1p(ahead)
    return min(size, _SOME_FROM), min(max(size - _SOME_FROM, 0.0), _MANY_FROM - _SOME_FROM), max(size - _MANY_FROM, 0.0)


@lru_cache(maxsize=1024)
def place_of(ahead: int) -> tuple[float, float, float, int]:
    """The rungs and the group of so many people ahead."""
    return (*rungs(ahead), group_of(ahead))
