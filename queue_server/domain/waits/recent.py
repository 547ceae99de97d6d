"""What has happened in a department within the last minutes: who joined, who was called and how long they had waited.

The delay history and the throughput say what the mechanics cannot know, that doctors who are on duty have gone away or
that others help (Ibrahim & Whitt 2009; Thiongane, Chan & L'Ecuyer, "Delay Predictors in Multi-Skill Call Centers",
2020). They are read from calls that were made and never from who stands first now: somebody put first has waited for
no time and says nothing about those behind.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import NamedTuple

CALLS = 20
WAITS = 8
JOINED_WITHIN_S = 300.0


class Flow(NamedTuple):
    """The last minutes in figures; None where nothing has happened that could tell.

    `wait_s` is the mean wait of the last eight who were called in turn, `gap_s` the mean time between the last twenty
    calls, both in seconds; `calls` and `joins` count the last five minutes. `hour` is that of the clinic's clock.
    """

    wait_s: float | None = None
    gap_s: float | None = None
    calls: float = 0.0
    joins: float = 0.0
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Recent:
    """The moments of one day's last calls and joinings (seconds since 1970, rising), and its last waits in seconds."""

    calls: tuple[float, ...] = ()
    waits: tuple[float, ...] = ()
    joins: tuple[float, ...] = ()

    def joined(self, at_s: float) -> Recent:
        """Return what is known after somebody has joined. Not for an emergency, which says nothing about others."""
        return replace(self, joins=(*self.joins[bisect_right(self.joins, at_s - JOINED_WITHIN_S) :], at_s))

    def called(self, at_s: float, waited_s: float | None) -> Recent:
        """Return what is known after a call; `waited_s` is None for one who was called out of turn."""
        waits = self.waits if waited_s is None else (*self.waits[-WAITS + 1 :], waited_s)
        return replace(self, calls=(*self.calls[-CALLS + 1 :], at_s), waits=waits)

    def flow(self, now_s: float, hour: int | None = None) -> Flow:
        """Return the last minutes in figures, as they are at this moment, in this hour of the clinic's clock."""
        began = now_s - JOINED_WITHIN_S
        return Flow(
            sum(self.waits) / len(self.waits) if self.waits else None,
            max(now_s - self.calls[0], 1.0) / len(self.calls) if self.calls else None,
            float(sum(at > began for at in self.calls)),
            float(len(self.joins) - bisect_right(self.joins, began)),
            hour,
        )
