"""How forecasts came out so far, and what the next one must therefore be.

The mechanics of `waits` know doctors and positions, not habits: that people overtake, give up, that a third room opens
when the line grows. A `Correction` learns these from each finished wait, in two layers for each end of the range and
for the likely value.

* **Slopes**: the quantile of the logarithm of (true ÷ mechanical) wait as a linear function of a few clues, fitted by
  recursive least squares with forgetting (Plackett 1950; Haykin, *Adaptive Filter Theory*, ch. 10) whose weights make
  its squares into the pinball loss of Koenker & Bassett (1978): majorise-minimise, Hunter & Lange, "Quantile Regression
  via an MM Algorithm" (2000). A ridge prior says "the mechanics are right". One regression for each quantile, because
  what is a good guess for the middle of a wait is a bad one for its end.
* **Offsets**: by the number of people ahead (whoever finds a doctor free stands apart), by the hour of the day, and by
  whether one has priority oneself, a constant is added that takes one small step after each wait that came out below
  or above what had been *promised*, so that the range comes to hold 80 % of the waits of each group whatever the
  slopes say (adaptive conformal ranges: Gibbs & Candès 2021; Zaffran et al. 2022; Angelopoulos, Barber & Bates 2024).

The signs of the slopes are those that a patient would take for granted: more people ahead, a longer mechanical
estimate, longer waits of others never shorten a wait; so they cannot, whatever was learned.

People who wait together see the same doctors come late: a hundred waits of one bad morning are hardly more than one
lesson, those of a telephone queue are nearly a hundred. So a lesson counts as much as the errors of neighbours are
independent: their variance by that of their running mean, times its length (the method of batch means; Law & Kelton,
*Simulation Modeling and Analysis*, §9.5). Those of a small group are fewer among neighbours, and count for more by
that share. Only waits of at least `AT_ONCE_S` count. A forecast is for somebody who
waits; who is called on arrival never reads it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from queue_server.domain.waits.clues import (
    CALLS,
    CONSTANT,
    FEW,
    HISTORY,
    JOINS,
    MANY,
    MECHANICS,
    OFFSET_S,
    OWN,
    SOME,
    SPREAD,
    THROUGHPUT,
    TYPICAL_LOG,
    Clues,
    group_of,
    inputs_of,
    is_free,
    logarithm,
    place_of,
    spread_of,
)
from queue_server.domain.waits.independence import NO_ERRORS, Errors, Shares
from queue_server.domain.waits.recent import Flow
from queue_server.domain.waits.regression import (
    TARGETS,
    WILD,
    Head,
    dot,
    first_heads,
    refitted,
    stepped,
)

AT_ONCE_S = 5.0


class Wait(NamedTuple):
    """A promise in seconds from now: of ten waits one is under `low_s`, five under `likely_s`, nine under `high_s`."""

    low_s: float
    likely_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class Correction:
    """The learned correction of one department; a new one trusts the mechanics, and has slightly wide ranges.

    `heads` are those of the quantiles 10, 50 and 90 %.
    """

    heads: tuple[Head, Head, Head] = field(default_factory=first_heads)
    errors: Errors = NO_ERRORS
    shares: Shares = field(default_factory=Shares)

    def range_s(self, clues: Clues) -> Wait:
        """Return low, likely and high (10, 50 and 90 %) in seconds, in order, as if `away_s` and `extra_s` were 0."""
        base = logarithm(clues.mechanics_s)
        inputs, group, own, hour = inputs_of(clues), group_of(clues.ahead), int(clues.own), clues.hour
        free = is_free(clues.ahead, clues.mechanics_s)
        low, likely, high = self.heads
        return _in_order(
            base + dot(low.slopes, inputs) + low.offset(group, own, hour, free=free),
            base + dot(likely.slopes, inputs) + likely.offset(group, own, hour),
            base + dot(high.slopes, inputs) + high.offset(group, own, hour, free=free),
        )

    def ranges_s(
        self, aheads: Sequence[int], reached: Sequence[tuple[float, float]], flow: Flow, *, own: bool = False
    ) -> list[Wait]:
        """Return `range_s` for so many people ahead (rising), who are reached at these seconds with these deviations.

        Each of the three figures is at least what it is for those of `aheads` that are fewer.
        """
        throughput = _throughputs(flow, aheads)
        low_end, middle, high_end = (_by_ahead(head, aheads, throughput, flow, own) for head in self.heads)
        if aheads and reached and is_free(aheads[0], reached[0][0]):
            for ends, head in ((low_end, self.heads[0]), (high_end, self.heads[2])):
                ends[0] += head.if_free - head.by_ahead[0]
        low_slope, likely_slope, high_slope = (_slope_of_mechanics(head, flow) for head in self.heads)
        narrower, wider = self.heads[0].slopes[SPREAD], self.heads[2].slopes[SPREAD]
        log, exp = math.log, math.exp
        least_low = least_likely = least_high = 0.0
        ranges: list[Wait] = []
        for (at, deviation), low, likely, high in zip(reached, low_end, middle, high_end, strict=True):
            base = log(1.0 + at / OFFSET_S)
            spread = spread_of(at, deviation)
            likely_s = exp(likely + likely_slope * base) * OFFSET_S - OFFSET_S
            low_s = exp(low + low_slope * base + narrower * spread) * OFFSET_S - OFFSET_S
            high_s = exp(high + high_slope * base + wider * spread) * OFFSET_S - OFFSET_S
            least_likely = likely_s if likely_s > least_likely else least_likely
            least_low = low_s if low_s > least_low else least_low
            least_high = high_s if high_s > least_high else least_high
            low_s = least_low if least_low < least_likely else least_likely
            ranges.append(Wait(low_s, least_likely, least_high if least_high > least_likely else least_likely))
        return ranges

    def overtaken_s(self, clues: Clues, likely_s: float) -> float:
        """Return how much of a likely wait is owed to those who have not come yet and will be called earlier."""
        joins = self.heads[1].slopes[JOINS] * math.log1p(clues.joins) * (1.0 - clues.own)
        return (likely_s + OFFSET_S) * (1.0 - math.exp(-joins))

    def after(self, clues: Clues, waited_s: float, promised: Wait | None = None) -> Correction:
        """Return the correction that has also seen a wait of `waited_s` seconds; one called at once teaches nothing.

        `promised` is what was said; left out, it is taken to be what would be said now.
        """
        if waited_s < AT_ONCE_S:
            return self
        target = logarithm(waited_s - clues.extra_s)
        said = promised or self.range_s(clues)
        misses = [target - logarithm(end - clues.extra_s * (promised is not None)) for end in said]
        worth = self.shares.worth(clues, self.errors.independence)
        low, likely, high = (
            refitted(stepped(head, clues, share, miss, worth), clues, share, target, worth.overall)
            for head, share, miss in zip(self.heads, TARGETS, misses, strict=True)
        )
        error = max(-WILD, min(WILD, misses[1] / clues.spread))
        return Correction((low, likely, high), self.errors.after(error), self.shares.after(clues))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values from which `from_dict` makes an equal correction."""
        return asdict(self)

    @staticmethod
    def is_kept_in(kept: Mapping[str, Any]) -> bool:
        """Whether this is what `to_dict` made, and not what an earlier build wrote."""
        return "heads" in kept

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Correction:
        """Return what `to_dict`, with or without a passage through JSON, made of a correction.

        What an earlier build wrote, which had one regression for all quantiles, gives a new correction.
        """
        if not cls.is_kept_in(kept):
            return cls()
        low, likely, high = map(Head.from_dict, kept["heads"])
        shares = Shares.from_dict(kept["shares"]) if "shares" in kept else Shares()
        return cls((low, likely, high), Errors(*kept["errors"]), shares)


def _throughputs(flow: Flow, aheads: Sequence[int]) -> list[float]:
    if flow.gap_s is None:
        return [0.0] * len(aheads)
    gap, log = flow.gap_s / OFFSET_S, math.log
    return [log(1.0 + (ahead + 1) * gap) for ahead in aheads]


def _by_ahead(head: Head, aheads: Sequence[int], throughputs: Sequence[float], flow: Flow, own: bool) -> list[float]:
    """What does not depend on the mechanics, for each number of people ahead."""
    few, some, many, throughput = (head.slopes[clue] for clue in (FEW, SOME, MANY, THROUGHPUT))
    constant = head.slopes[CONSTANT] - head.slopes[MECHANICS] * TYPICAL_LOG + head.by_own[own] + head.of_hour(flow.hour)
    constant += head.slopes[CALLS] * math.log1p(flow.calls)
    constant += head.slopes[OWN] if own else head.slopes[JOINS] * math.log1p(flow.joins)
    if flow.wait_s is not None:
        constant += head.slopes[HISTORY] * logarithm(flow.wait_s)
    offsets = [constant + offset for offset in head.by_ahead]
    return [
        offsets[group] + few * a + some * b + many * c + throughput * gone
        for (a, b, c, group), gone in zip(map(place_of, aheads), throughputs, strict=True)
    ]


def _slope_of_mechanics(head: Head, flow: Flow) -> float:
    """What the last calls say takes from the weight of the mechanics; where nothing has happened, all is theirs."""
    slope = 1.0 + head.slopes[MECHANICS]
    slope -= 0.0 if flow.wait_s is None else head.slopes[HISTORY]
    return slope - (0.0 if flow.gap_s is None else head.slopes[THROUGHPUT])


def _in_order(low: float, likely: float, high: float) -> Wait:
    low_s, likely_s, high_s = (max(math.exp(end) * OFFSET_S - OFFSET_S, 0.0) for end in (low, likely, high))
    return Wait(min(low_s, likely_s), likely_s, max(high_s, likely_s))
