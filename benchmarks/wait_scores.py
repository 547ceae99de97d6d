"""How promised waits are judged, group by group, and beside other forecasts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean, median

from queue_server.domain.waits.correction import Wait

#: Groups of so many waits are judged strictly, of so many at all.
LARGE, SMALL = 300, 75
INSIDE = {LARGE: (0.77, 0.83), SMALL: (0.70, 0.90)}
#: How much worse than the better of two others a group may come out.
TOLERATED = 1.02


@dataclass(frozen=True)
class Judged:
    """One wait that came true, what had been promised, and what others would have promised."""

    waited_s: float
    promised: Wait
    ahead: int
    joined_s: float
    kind: str = ""
    others: tuple[Wait, ...] = ()

    @property
    def hour(self) -> int:
        return datetime.fromtimestamp(self.joined_s, UTC).hour

    @property
    def weekday(self) -> str:
        return f"{datetime.fromtimestamp(self.joined_s, UTC):%A}"


Grouping = Callable[[Judged], str]

_RUNGS = ((0, "0 ahead"), (2, "1-2 ahead"), (4, "3-4 ahead"), (7, "5-7 ahead"), (11, "8-11 ahead"))


def by_ahead(one: Judged) -> str:
    return next((name for most, name in _RUNGS if one.ahead <= most), "12+ ahead")


def by_kind(one: Judged) -> str:
    return one.kind


GROUPINGS: tuple[Grouping, ...] = (by_ahead, lambda one: f"{one.hour:02}:00", lambda one: one.weekday, by_kind)
SIZES: tuple[tuple[str, int], ...] = (("all", 0), ("3+ ahead", 3), ("8+ ahead", 8))


def tables(judged: Sequence[Judged]) -> Iterator[str]:
    """The lines of a table: everybody, the long lines, and each group of each grouping; `!` marks what misses."""
    for name, least in SIZES:
        yield from _line(name, [one for one in judged if one.ahead >= least])
    for grouping in GROUPINGS:
        groups: dict[str, list[Judged]] = {}
        for one in judged:
            groups.setdefault(grouping(one), []).append(one)
        for name in sorted(groups, key=lambda name: (len(name.partition("-")[0]), name)) if len(groups) > 1 else ():
            yield from _line(f"  {name}", groups[name], is_group=True)


def _line(name: str, those: Sequence[Judged], *, is_group: bool = False) -> Iterator[str]:
    if those:
        yield f"  {name:34} {figures(those)}{_misses(those) if is_group else ''}"


def figures(those: Sequence[Judged]) -> str:
    """Error and bias of the likely value; of the range the share inside and above, the median width, and the score of
    Winkler (1972) for 80 %."""
    waits = [(one.waited_s, one.promised) for one in those]
    error = mean(abs(wait.likely_s - waited) for waited, wait in waits)
    bias = mean(wait.likely_s - waited for waited, wait in waits)
    above = mean(waited > wait.high_s for waited, wait in waits)
    width = median(wait.high_s - wait.low_s for _, wait in waits)
    missed = mean(max(wait.low_s - waited, waited - wait.high_s, 0.0) for waited, wait in waits)
    score = mean(wait.high_s - wait.low_s for _, wait in waits) + 10.0 * missed
    return (
        f"n {len(those):6}  error {error:6.1f}  bias {bias:+7.1f}  inside {inside(those):6.1%}  above {above:6.1%}  "
        f"width {width:6.0f}  Winkler {score:6.0f}"
    )


def inside(those: Sequence[Judged]) -> float:
    """The share of waits inside their range."""
    return mean(one.promised.low_s <= one.waited_s <= one.promised.high_s for one in those)


def pinball(waited_s: float, wait: Wait) -> float:
    """The mean pinball loss of the three quantiles, in seconds (Koenker & Bassett 1978)."""
    pairs = zip((0.1, 0.5, 0.9), wait, strict=True)
    return mean(max(share * (waited_s - end), (share - 1.0) * (waited_s - end)) for share, end in pairs)


def by_better(those: Sequence[Judged]) -> float | None:
    """The group's pinball loss by that of the better of the others; None where there are none."""
    compared = [one for one in those if one.others]
    if not compared:
        return None
    own = mean(pinball(one.waited_s, one.promised) for one in compared)
    others = zip(*(one.others for one in compared), strict=True)
    best = min(mean(pinball(one.waited_s, wait) for one, wait in zip(compared, other, strict=True)) for other in others)
    return own / best


def _misses(those: Sequence[Judged]) -> str:
    size = next((size for size in (LARGE, SMALL) if len(those) >= size), None)
    ratio = by_better(those)
    shown = "" if ratio is None else f"  pinball by the better {ratio:5.3f}{'!' * (ratio > TOLERATED and bool(size))}"
    if size is None:
        return shown
    low, high = INSIDE[size]
    return shown + ("" if low <= inside(those) <= high else "  ! inside")


def say(lines: str | Iterable[str]) -> None:
    """Print at once, also into a file."""
    for line in [lines] if isinstance(lines, str) else lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
