"""One quantile of the waits, learned online: slopes by recursive least squares, offsets of groups by small steps.

Why and from where, says `correction`, which puts three of these together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import mul
from typing import NamedTuple

from queue_server.domain.waits.clues import (
    AHEAD_GROUPS,
    FEW,
    HISTORY,
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
    logarithm,
)

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
STEP = 0.09
STEP_OF_LIKELY = 0.006
NEIGHBOURS = 32.0
MEMORY_OF_ERRORS = 300.0
TINY = 1e-9
_NEVER_NEGATIVE = (FEW, SOME, MANY, HISTORY, THROUGHPUT, JOINS)


@dataclass(frozen=True, slots=True)
class Head:
    """One quantile: a slope for each clue, the inverse of their information matrix, and the groups' offsets."""

    slopes: Vector
    doubts: tuple[Vector, ...]
    by_ahead: Vector = (0.0,) * (len(AHEAD_GROUPS) + 1)
    by_own: Vector = (0.0, 0.0)

    def offset(self, group: int, own: int) -> float:
        """What this group's waits need besides the slopes."""
        return self.by_ahead[group] + self.by_own[own]


class Errors(NamedTuple):
    """How errors, in spreads, went together: the variance of their running mean beside that of each one alone."""

    usual: float = 0.0
    running: float = 0.0
    together: float = 0.7
    alone: float = 1.0

    def after(self, error: float) -> Errors:
        """Return the errors with one more."""
        usual = self.usual + (error - self.usual) / MEMORY_OF_ERRORS
        running = self.running + (error - self.running) / NEIGHBOURS
        together = self.together + ((running - usual) ** 2 - self.together) / MEMORY_OF_ERRORS
        alone = self.alone + ((error - usual) ** 2 - self.alone) / MEMORY_OF_ERRORS
        return Errors(usual, running, together, alone)

    @property
    def independence(self) -> float:
        """How much of a lesson of its own the next wait is, from hardly anything to 1."""
        return min(max(self.alone / (2 * NEIGHBOURS * self.together + TINY), 0.5 / NEIGHBOURS), 1.0)


#: Until it is known better, neighbours are hardly independent.
NO_ERRORS = Errors()


def first_heads() -> tuple[Head, Head, Head]:
    doubts = tuple(tuple(1.0 / RIDGE if i == j else 0.0 for j in range(SIZE)) for i in range(SIZE))
    low, likely, high = (
        Head(tuple(spreads if clue == SPREAD else 0.0 for clue in range(SIZE)), doubts) for spreads in SPREADS
    )
    return low, likely, high


def stepped(head: Head, clues: Clues, share: float, miss: float, worth: float) -> Head:
    """The offsets of the wait's groups, moved up after a wait above the promise and down after one below.

    Only priority has an offset of its own: one that nearly everybody shares would follow the largest group, and undo
    what the others have learned.
    """
    step = (STEP_OF_LIKELY if share == LIKELY else STEP) * worth**0.5 * clues.spread * (share - (miss < 0.0))
    by_ahead, by_own = list(head.by_ahead), list(head.by_own)
    by_ahead[group_of(clues.ahead)] += step
    by_own[1] += step / 3 * clues.own
    return replace(head, by_ahead=tuple(by_ahead), by_own=tuple(by_own))


def refitted(head: Head, clues: Clues, share: float, target: float, worth: float) -> Head:
    """One step of recursive least squares. Forgetting rests while the doubts are large, or they would only grow."""
    inputs = list(inputs_of(clues))
    if share == LIKELY:
        # The spread says how wide a range is; a further doctor may raise it, and must not raise the likely wait.
        inputs[SPREAD] = 0.0
    error = target - logarithm(clues.mechanics_s) - dot(head.slopes, inputs)
    error = max(-WILD * clues.spread, min(WILD * clues.spread, error))
    weight = 2.0 * worth * (share if error > 0.0 else 1.0 - share) / (abs(error) + ROUNDED * clues.spread)
    is_vague = max(row[clue] for clue, row in enumerate(head.doubts)) > LARGEST_VARIANCE
    kept = 1.0 if is_vague else 1.0 - worth / FORGETTING
    direction = [dot(row, inputs) for row in head.doubts]
    scale = kept / weight + dot(inputs, direction)
    slopes = [slope + part * error / scale for slope, part in zip(head.slopes, direction, strict=True)]
    doubts = tuple(
        tuple([(cell - part * across / scale) / kept for cell, across in zip(row, direction, strict=True)])
        for row, part in zip(head.doubts, direction, strict=True)
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
