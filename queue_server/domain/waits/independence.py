"""How much of a lesson of its own each wait is.

People who wait together see the same doctors come late, so that a hundred waits of one bad morning are hardly more than
one lesson. `Errors` measures that from how errors go together; `Shares` says how many of those neighbours are of one's
own group: of a small group few are, and their lessons are the more independent of each other. It also knows how spread
the waits of each group are, the unit of its steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from queue_server.domain.waits.clues import AHEAD_GROUPS, HOURS, Clues, Vector, group_of, is_free

NEIGHBOURS = 32.0
MEMORY_OF_ERRORS = 300.0
MEMORY_OF_SHARES = 1_000.0
MEMORY_OF_SPREADS = 50.0
#: What is taken for the spread of a group until some of its waits were seen.
FIRST_SPREAD = 0.5
#: One for each number of people ahead, and one for whoever finds a doctor free.
GROUPS = len(AHEAD_GROUPS) + 2
TINY = 1e-9


class Worth(NamedTuple):
    """How much of a lesson of its own a wait is, up to 1: among all, among those of its group, and of its hour.

    `group_spread` and `hour_spread` are the mean spreads of those.
    """

    overall: float = 1.0
    in_group: float = 1.0
    in_hour: float = 1.0
    group_spread: float = FIRST_SPREAD
    hour_spread: float = FIRST_SPREAD


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


@dataclass(frozen=True, slots=True)
class Shares:
    """How large a share of the latest waits each group has, and each hour of the day; and the mean spread of each."""

    by_group: Vector = (1.0 / GROUPS,) * GROUPS
    by_hour: Vector = (1.0 / HOURS,) * HOURS
    group_spreads: Vector = (FIRST_SPREAD,) * GROUPS
    hour_spreads: Vector = (FIRST_SPREAD,) * HOURS

    def worth(self, clues: Clues, independence: float) -> Worth:
        """Return what the wait of these clues is worth where waits in general are so independent."""
        group, hour = _group(clues), int(clues.hour)
        in_group, group_spread = min(independence / self.by_group[group], 1.0), self.group_spreads[group]
        if hour < 0:
            return Worth(independence, in_group, independence, group_spread)
        in_hour = min(independence / self.by_hour[hour], 1.0)
        return Worth(independence, in_group, in_hour, group_spread, self.hour_spreads[hour])

    def after(self, clues: Clues) -> Shares:
        """Return the shares with one wait more."""
        group, hour, spread = _group(clues), int(clues.hour), clues.spread
        by_group, group_spreads = _with_one_more(self.by_group, group), _moved(self.group_spreads, group, spread)
        if hour < 0:
            return Shares(by_group, self.by_hour, group_spreads, self.hour_spreads)
        by_hour, hour_spreads = _with_one_more(self.by_hour, hour), _moved(self.hour_spreads, hour, spread)
        return Shares(by_group, by_hour, group_spreads, hour_spreads)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Shares:
        """Return what `asdict` made of shares; an earlier build knew no spreads."""
        return cls(**{name: tuple(values) for name, values in kept.items()})


def _group(clues: Clues) -> int:
    return GROUPS - 1 if is_free(clues.ahead, clues.mechanics_s) else group_of(clues.ahead)


def _with_one_more(shares: Vector, place: int) -> Vector:
    new = 1.0 / MEMORY_OF_SHARES
    # No share is ever nothing, since one divides by it.
    moved = [max(share * (1.0 - new), TINY) for share in shares]
    moved[place] += new
    return tuple(moved)


def _moved(spreads: Vector, place: int, spread: float) -> Vector:
    moved = spreads[place] + (spread - spreads[place]) / MEMORY_OF_SPREADS
    return (*spreads[:place], moved, *spreads[place + 1 :])
