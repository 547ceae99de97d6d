"""Numbers for saying a wait in plain words: rounded to five minutes, and calm.

"Calm" means that what was said stays until it is wrong by more than a fifth, so that a phone does not twitch with every
consultation. These functions return numbers; words and languages are the business of whoever shows them.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import NamedTuple

from queue_server.domain.waits.correction import Wait

STEP_MINUTES = 5
CALM_SHARE = 0.2
FAR_S = 3_600.0
"""From here on a time of the clock tells more than minutes: somebody may go home, and a printed slip stays true."""


class Minutes(NamedTuple):
    """A range to be said, "35–50 minutes": whole minutes, multiples of five, `low` ≤ `likely` ≤ `high`, `high` ≥ 5."""

    low: int
    likely: int
    high: int


def rounded(wait: Wait) -> Minutes:
    """Return the range in steps of five minutes, rounded outwards so that it never promises more than the forecast."""
    step_s = STEP_MINUTES * 60
    low = math.floor(wait.low_s / step_s) * STEP_MINUTES
    high = max(math.ceil(wait.high_s / step_s), 1) * STEP_MINUTES
    likely = math.floor(wait.likely_s / step_s + 0.5) * STEP_MINUTES
    return Minutes(low, min(max(likely, low), high), high)


def calm(shown: Wait | None, new: Wait, elapsed_s: float = 0.0) -> Wait:
    """Return the wait to show now: what was shown `elapsed_s` ago, run down by that, or `new`.

    The new one replaces it when its likely wait differs by more than a fifth and by more than a minute, which a person
    would not notice, or when the range that was shown has run out.
    """
    if shown is None:
        return new
    aged = Wait(*(max(figure - elapsed_s, 0.0) for figure in shown))
    moved_s = abs(new.likely_s - aged.likely_s)
    is_spent = aged.high_s <= 0.0
    return new if is_spent or moved_s > max(CALM_SHARE * aged.likely_s, 60.0) else aged


class Shown(NamedTuple):
    """A wait as it was last put before somebody, and when."""

    wait: Wait
    at: datetime

    def run_down(self, now: datetime) -> Wait:
        """What is left of it."""
        elapsed_s = (now - self.at).total_seconds()
        return Wait(*(max(figure - elapsed_s, 0.0) for figure in self.wait))


def shown_now(before: Shown | None, new: Wait, now: datetime) -> Shown:
    """What to show from now on: what was shown `before` while it is right enough (see `calm`), else `new`."""
    if before is None:
        return Shown(new, now)
    return Shown(new, now) if calm(before.wait, new, (now - before.at).total_seconds()) is new else before


def is_far(wait: Wait) -> bool:
    """Whether this wait is told by the clock, "about 11:10–11:35", and not in minutes."""
    return wait.low_s >= FAR_S


def clock_range(wait: Wait, now: datetime) -> tuple[datetime, datetime]:
    """Return between which times the call is to be expected, "about 09:40–09:55", rounded outwards to five minutes."""
    step = timedelta(minutes=STEP_MINUTES)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = (now - midnight + timedelta(seconds=wait.low_s)) // step
    last = -((midnight - now - timedelta(seconds=wait.high_s)) // step)
    return midnight + first * step, midnight + max(last, first + 1) * step
