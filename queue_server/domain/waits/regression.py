"""One quantile of the waits, learned online: slopes by recursive least squares, offsets of groups by small steps.

Why and from where, says `correction`, which puts three of these together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import mul
from typing import Any

from queue_server.domain.waits.clues import (
    AHEAD_GROUPS,
    FEW,
    HISTORY,
    HOURS,
    JOINS,
    MANY,
    MECHANICS,
    SIZE,
    SOME,
    SPREAD,
    THROUGHPUT,
    Clues,
    Vector,
    group_of,
    inputs_of,
    is_free,
    logarithm,
)
from queue_server.domain.waits.independence import Worth

LIKELY = 0.5
TARGETS = (0.1, LIKELY, 0.9)
#: What a new correction takes for the ends of the range, in spreads of the mechanics.
SPREADS = (-2.0, 0.0, 2.3)
RIDGE = 50.0
FORGETTING = 3_000.0
LARGEST_VARIANCE = 1.0
#: The pinball loss is rounded off within this distance of its corner, in logarithms.
ROUNDED = 0.3
WILD = 3.0
STEP = 0.07
STEP_IF_FREE = 0.1
STEP_OF_HOUR = 0.025
STEP_OF_LIKELY = 0.006
_NEVER_NEGATIVE = (FEW, SOME, MANY, HISTORY, THROUGHPUT, JOINS)


@dataclass(frozen=True, slots=True)
class Head:
    """One quantile: a slope for each clue, the inverse of their information matrix, and the groups' offsets.

    `if_free` stands in for that of nobody ahead where a doctor is free.
    """

    slopes: Vector
    doubts: tuple[Vector, ...]
    by_ahead: Vector = (0.0,) * (len(AHEAD_GROUPS) + 1)
    by_own: Vector = (0.0, 0.0)
    by_hour: Vector = (0.0,) * HOURS
    if_free: float = 0.0

    def offset(self, group: int, own: int, hour: float | None, *, free: bool = False) -> float:
        """What the waits of these groups need besides the slopes."""
        return (self.if_free if free else self.by_ahead[group]) + self.by_own[own] + self.of_hour(hour)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Head:
        """Return what `asdict` made of a head; an earlier build knew neither hours nor who finds a doctor free."""
        by_hour, if_free = kept.get("by_hour", (0.0,) * HOURS), kept.get("if_free", kept["by_ahead"][0])
        slopes, doubts = tuple(kept["slopes"]), tuple(map(tuple, kept["doubts"]))
        return cls(slopes, doubts, tuple(kept["by_ahead"]), tuple(kept["by_own"]), tuple(by_hour), if_free)

    def of_hour(self, hour: float | None) -> float:
        """What this hour's waits need."""
        return 0.0 if hour is None or hour < 0 else self.by_hour[int(hour)]


def first_heads() -> tuple[Head, Head, Head]:
    doubts = tuple(tuple(1.0 / RIDGE if i == j else 0.0 for j in range(SIZE)) for i in range(SIZE))
    low, likely, high = (
        Head(tuple(spreads if clue == SPREAD else 0.0 for clue in range(SIZE)), doubts) for spreads in SPREADS
    )
    return low, likely, high


def stepped(head: Head, clues: Clues, share: float, miss: float, worth: Worth) -> Head:
    """The offsets of the wait's groups, moved up after a wait above the promise and down after one below.

    Only priority has an offset of its own: one that nearly everybody shares would follow the largest group, and undo
    what the others have learned. Hours and finding a doctor free are for the ends of the range only: the likely value
    would jump where a doctor becomes free. The ends move by the mean spread of the group, not by that of this wait:
    every wait counts alike, or the range would hold its share of the uncertain ones only.
    """
    way, step = share - (miss < 0.0), STEP_OF_LIKELY if share == LIKELY else STEP
    overall = worth.overall**0.5 * way * clues.spread
    by_own = _raised(head.by_own, 1, step / 3 * overall * clues.own)
    group = group_of(clues.ahead)
    if share == LIKELY:
        return replace(head, by_ahead=_raised(head.by_ahead, group, step * overall), by_own=by_own)
    by_hour, in_group = head.by_hour, worth.in_group**0.5 * way * worth.group_spread
    if clues.hour >= 0:
        by_hour = _raised(by_hour, int(clues.hour), STEP_OF_HOUR * worth.in_hour**0.5 * way * worth.hour_spread)
    if is_free(clues.ahead, clues.mechanics_s):
        return replace(head, by_own=by_own, by_hour=by_hour, if_free=head.if_free + STEP_IF_FREE * in_group)
    return replace(head, by_ahead=_raised(head.by_ahead, group, step * in_group), by_own=by_own, by_hour=by_hour)


def _raised(offsets: Vector, place: int, by: float) -> Vector:
    return (*offsets[:place], offsets[place] + by, *offsets[place + 1 :])


def refitted(head: Head, clues: Clues, share: float, target: float, worth: float) -> Head:
    """One step of recursive least squares. Forgetting rests while the doubts are large, or they would only grow."""
    inputs = list(inputs_of(clues))
    if share == LIKELY:
        # The spread says how wide a range is; a further doctor may raise it, and must not raise the likely wait.
        inputs[SPREAD] = 0.0
    error = target - logarithm(clues.mechanics_s) - dot(head.slopes, inputs)
    error = max(-WILD * clues.spread, min(WILD * clues.spread, error))
    weight = 2.0 * worth * (share if error > 0.0 else 1.0 - share) / (abs(error) + ROUNDED * clues.spread)
    is_vague = max([row[clue] for clue, row in enumerate(head.doubts)]) > LARGEST_VARIANCE
    kept = 1.0 if is_vague else 1.0 - worth / FORGETTING
    direction = [dot(row, inputs) for row in head.doubts]
    scale = kept / weight + dot(inputs, direction)
    slopes = [slope + part * error / scale for slope, part in zip(head.slopes, direction, strict=True)]
    grown, parts = 1.0 / kept, [part / scale / kept for part in direction]
    doubts = tuple(
        [
            tuple([cell * grown - part * across for cell, across in zip(row, direction, strict=True)])
            for row, part in zip(head.doubts, parts, strict=True)
        ]
    )
    return replace(head, slopes=_sensible(slopes), doubts=doubts)


def _sensible(slopes: list[float]) -> Vector:
    """The slopes without those that would shorten a wait because of more people or longer estimates."""
    for clue in _NEVER_NEGATIVE:
        slopes[clue] = max(slopes[clue], 0.0)
    slopes[MECHANICS] = max(slopes[MECHANICS], slopes[HISTORY] + slopes[THROUGHPUT] - 1.0)
    return tuple(slopes)


def dot(left: Sequence[float], right: Sequence[float]) -> float:
    total: float = sum(map(mul, left, right))
    return total
