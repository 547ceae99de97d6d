"""How forecasts came out so far, and what the next one must therefore be multiplied by.

The mechanics of `waits` know doctors and positions, not habits: that people overtake, give up, that a third room opens
when the line grows. A `Correction` learns these from each finished wait, in two layers.

* **Slopes**: the logarithm of (true ÷ mechanical) wait as a linear function of three clues, fitted by recursive least
  squares with forgetting and a ridge prior that says "the mechanics are right" (Plackett 1950; Haykin, *Adaptive
  Filter Theory*, ch. 10). One clue is the delay history, how long the first in line has waited so far: Ibrahim & Whitt,
  "Real-Time Delay Estimation Based on Delay History" (2009), show why it helps where the number of servers is
  uncertain, and that alone it fails when arrivals come in waves, as in a clinic's morning.
* **Quantiles**: for four sizes of the line the median and the distances to the 10 % and 90 % quantiles are tracked one
  small step an observation (Robbins & Monro 1951; with the pinball loss of Koenker & Bassett 1978). This is online
  conformal calibration: whatever the mechanics say, the range comes to hold 80 % of the waits (Gibbs & Candès 2021;
  Angelopoulos, Barber & Bates 2024, "Online conformal prediction with decaying step sizes").

People who wait together see the same doctors come late, so their errors are hardly more than one lesson: what is
observed behind `ahead` people counts 1/√(1 + ahead).

Only waits of at least `AT_ONCE_S` count. A forecast is for somebody who waits; who is called on arrival never reads it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

AT_ONCE_S = 5.0
#: Added to every wait before its logarithm is taken: half a minute more or less is the same to a patient.
OFFSET_S = 30.0
RIDGE = 200.0
FORGETTING = 3_000.0
STEP = 0.03
WARM_UP = 60.0
WILD = 3.0
WIDEST = 4.0
TYPICAL_LOG = 4.0
LARGEST_VARIANCE = 1.0
LINE_SIZES = (0, 2, 9)
TARGETS = (0.1, 0.5, 0.9)

Vector = tuple[float, ...]


class Clues(NamedTuple):
    """What was known when a wait was promised; kept beside the promise until it is known how it came out.

    The mechanical estimate in seconds, its relative spread (deviation of its logarithm), the number of people ahead,
    what the delay history says in seconds, and how many people wait in all.
    """

    mechanics_s: float
    spread: float
    ahead: float
    history_s: float
    line: float


class Quantiles(NamedTuple):
    """For one size of line: the median's offset (a logarithm), and from there to the low and high end in spreads."""

    low: float = -1.5
    middle: float = 0.0
    high: float = 1.6
    seen: float = 0.0


def _first_doubts() -> tuple[Vector, ...]:
    return tuple(tuple(1.0 / RIDGE if row == column else 0.0 for column in range(4)) for row in range(4))


@dataclass(frozen=True, slots=True)
class Correction:
    """The learned correction of one department; a new one trusts the mechanics, and has slightly wide ranges.

    `slopes` are the weights of a constant, the mechanics, the people ahead and the delay history; `doubts` is the
    inverse of their information matrix; `quantiles` belong to lines of 0, 1–2, 3–9 and more people.
    """

    slopes: Vector = (0.0, 0.0, 0.0, 0.0)
    doubts: tuple[Vector, ...] = field(default_factory=_first_doubts)
    quantiles: tuple[Quantiles, ...] = (Quantiles(),) * (len(LINE_SIZES) + 1)

    def ranges_s(self, clues: Sequence[Clues]) -> list[tuple[float, float, float]]:
        """Return low, likely and high (10, 50 and 90 %) in seconds for each, 0 ≤ low ≤ likely ≤ high.

        With the other clues equal, a longer mechanical estimate never gives a shorter likely wait.
        """
        ranges = []
        log, exp = math.log, math.exp
        constant, mechanics, ahead, history = self.slopes
        constant -= mechanics * TYPICAL_LOG + ahead + history * TYPICAL_LOG
        quantiles, size = self.quantiles[0], 0.0
        for at, spread, before, past, line in clues:
            if line != size:
                quantiles, size = self.quantiles[_size(line)], line
            middle = constant + quantiles.middle + (1.0 + mechanics) * log(at + OFFSET_S)
            middle += ahead * log(1.0 + before) + history * log(past + OFFSET_S)
            likely = exp(middle) - OFFSET_S
            low = (likely + OFFSET_S) * exp(quantiles.low * spread) - OFFSET_S
            high = (likely + OFFSET_S) * exp(quantiles.high * spread) - OFFSET_S
            ranges.append((low if low > 0.0 else 0.0, likely if likely > 0.0 else 0.0, high if high > 0.0 else 0.0))
        return ranges

    def after(self, clues: Clues, waited_s: float) -> Correction:
        """Return the correction that has also seen a wait of `waited_s` seconds; one called at once teaches nothing."""
        if waited_s < AT_ONCE_S:
            return self
        inputs = _inputs(clues)
        error = math.log((waited_s + OFFSET_S) / (clues.mechanics_s + OFFSET_S)) - _dot(self.slopes, inputs)
        weight = 1.0 / math.sqrt(1.0 + clues.ahead)
        slopes, doubts = self._refitted(inputs, max(-WILD, min(WILD, error / clues.spread)) * clues.spread, weight)
        size = _size(clues.line)
        stepped = _stepped(self.quantiles[size], error, clues.spread, weight)
        quantiles = (*self.quantiles[:size], stepped, *self.quantiles[size + 1 :])
        return replace(self, slopes=slopes, doubts=doubts, quantiles=quantiles)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Correction:
        """Return what `dataclasses.asdict`, with or without a passage through JSON, made of a correction."""
        return cls(
            tuple(kept["slopes"]),
            tuple(tuple(row) for row in kept["doubts"]),
            tuple(Quantiles(*one) for one in kept["quantiles"]),
        )

    def _refitted(self, inputs: Vector, error: float, weight: float) -> tuple[Vector, tuple[Vector, ...]]:
        """One step of recursive least squares. Forgetting rests while the doubts are large, or they would only grow."""
        kept = 1.0 - weight / FORGETTING
        if max(self.doubts[i][i] for i in range(4)) > LARGEST_VARIANCE:
            kept = 1.0
        direction = [_dot(row, inputs) for row in self.doubts]
        gain = [part / (kept / weight + _dot(inputs, direction)) for part in direction]
        slopes = [slope + part * error for slope, part in zip(self.slopes, gain, strict=True)]
        doubts = tuple(
            tuple((cell - part * across) / kept for cell, across in zip(row, direction, strict=True))
            for row, part in zip(self.doubts, gain, strict=True)
        )
        constant, mechanics, ahead, history = slopes
        return (constant, min(max(mechanics, -1.0), 1.0), max(ahead, 0.0), max(history, 0.0)), doubts


def _stepped(quantiles: Quantiles, error: float, spread: float, weight: float) -> Quantiles:
    step = STEP * weight * (1.0 + WARM_UP / (WARM_UP + quantiles.seen))
    middle = quantiles.middle + step * spread * (TARGETS[1] - (error < quantiles.middle))
    beyond = (error - quantiles.middle) / spread
    low = min(quantiles.low + step * (TARGETS[0] - (beyond < quantiles.low)), 0.0)
    high = min(max(quantiles.high + step * (TARGETS[2] - (beyond < quantiles.high)), 0.0), WIDEST)
    return Quantiles(low, middle, high, min(quantiles.seen + 1.0, FORGETTING))


def _inputs(clues: Clues) -> Vector:
    base = math.log(clues.mechanics_s + OFFSET_S) - TYPICAL_LOG
    past = math.log(clues.history_s + OFFSET_S) - TYPICAL_LOG
    return (1.0, base, math.log1p(clues.ahead) - 1.0, past)


def _size(line: float) -> int:
    return sum(line > largest for largest in LINE_SIZES)


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))
