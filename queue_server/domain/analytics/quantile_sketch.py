"""Durations counted in bins that grow by a constant factor, so that days can be added up and still tell a median.

A value falls into bin b with GROWTH^(b-1) < value ≤ GROWTH^b; a quantile is told by the geometric middle of its bin
and is off by 2 % at most. Sketches are merged by adding their counts, in any order (Masson, Rim & Lee, "DDSketch: A
Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", VLDB 2019).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

GROWTH = 1.04
_LOG = math.log(GROWTH)

#: Bin → how many values fell into it; bin 0 holds what is shorter than a second.
Sketch = Mapping[int, int]

NOTHING: Sketch = {}


def sketch(values_s: Iterable[float]) -> dict[int, int]:
    """The sketch of these durations, in seconds; negative ones count as none."""
    counts: dict[int, int] = {}
    for value in values_s:
        place = bin_of(value)
        counts[place] = counts.get(place, 0) + 1
    return counts


def bin_of(value_s: float) -> int:
    """The bin into which this duration falls."""
    return 0 if value_s <= 1.0 else max(math.ceil(math.log(value_s) / _LOG - 1e-9), 1)


def merged(sketches: Iterable[Sketch]) -> dict[int, int]:
    """The sketch of everything that is in any of these."""
    counts: dict[int, int] = {}
    for one in sketches:
        for place, count in one.items():
            counts[place] = counts.get(place, 0) + count
    return counts


def quantile(counted: Sketch, share: float) -> float | None:
    """The least duration that is not exceeded by this share of them (0 to 1), in seconds; None when there are none."""
    total = sum(counted.values())
    wanted, seen = max(share * total, 1e-9), 0
    for place in sorted(counted):
        seen += counted[place]
        if seen >= wanted - 1e-9:
            return 0.0 if place == 0 else GROWTH ** (place - 0.5)
    return None


def to_numbers(counted: Sketch) -> list[int]:
    """Bins and counts in turn, for one JSON column."""
    return [number for place in sorted(counted) for number in (place, counted[place])]


def from_numbers(numbers: Sequence[int]) -> dict[int, int]:
    """What `to_numbers` wrote down."""
    return dict(zip(numbers[::2], numbers[1::2], strict=True))
