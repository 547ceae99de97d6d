"""Numbers for saying a wait in plain words: rounded to five minutes, and calm.

"Calm" means that what was said stays until it is wrong by more than a fifth, so that a phone does not twitch with every
consultation. These functions return numbers; words and languages are the business of whoever shows them.
"""

from __future__ import annotations

import math
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, NotRequired, TypedDict

from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.explanation import MinutesPart, WaitPart, in_minutes, left_of

STEP_MINUTES = 5
CALM_SHARE = 0.2
#: From here on a time of the clock tells more than minutes: somebody may go home, and a printed slip stays true.
FAR_S = 3_600.0
#: A range is wide when its high end is so many times its likely value, and at least so many minutes …
WIDE = 3
WIDE_MINUTES = 20
#: … or when its ends are so many minutes apart, and the high one is so many times the low one.
WIDE_APART_MINUTES = 60
WIDE_ENDS = 5


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
    return aged(shown, elapsed_s) if is_still_right(shown, new.likely_s, elapsed_s) else new


def is_still_right(shown: Wait, likely_s: float, elapsed_s: float) -> bool:
    """Return whether what was shown `elapsed_s` ago, run down by that, is right enough for this likely wait: `calm`."""
    left_s = shown.likely_s - elapsed_s if shown.likely_s > elapsed_s else 0.0
    moved_s = abs(likely_s - left_s)
    return shown.high_s > elapsed_s and (moved_s <= 60.0 or moved_s <= CALM_SHARE * left_s)


def aged(wait: Wait, elapsed_s: float) -> Wait:
    """Return what is left of the wait after `elapsed_s` seconds."""
    return Wait(*(figure - elapsed_s if figure > elapsed_s else 0.0 for figure in wait))


class Shown(NamedTuple):
    """A wait as it was last put before somebody, when, and the parts that its likely value was made of."""

    wait: Wait
    at: datetime
    why: tuple[WaitPart, ...] = ()

    def run_down(self, now: datetime) -> Wait:
        """What is left of it."""
        return aged(self.wait, (now - self.at).total_seconds())

    def why_now(self, now: datetime) -> tuple[MinutesPart, ...]:
        """What is left of the parts, in minutes; like the words, it moves in steps of five."""
        step_s = STEP_MINUTES * 60
        elapsed_s = math.floor((now - self.at).total_seconds() / step_s) * step_s
        return tuple(in_minutes(left_of(self.why, elapsed_s)))

    def is_right(self, likely_s: float, now: datetime) -> bool:
        """Whether it is still to be shown (see `calm`) when this is the likely wait `now`."""
        return is_still_right(self.wait, likely_s, (now - self.at).total_seconds())


def is_far(wait: Wait) -> bool:
    """Whether this wait is told by the clock, "about 11:10–11:35", and not in minutes."""
    return wait.low_s >= FAR_S


def clock_range(wait: Wait, time_of_day_s: float) -> tuple[str, str]:
    """Return between which times of the clock the call is to be expected, ("09:40", "09:55"), rounded outwards to five.

    `time_of_day_s` is the time on the clinic's clock from which the wait counts, in seconds since midnight.
    """
    step_s = STEP_MINUTES * 60
    first = math.floor((time_of_day_s + wait.low_s) / step_s)
    last = max(math.ceil((time_of_day_s + wait.high_s) / step_s), first + 1)
    return _clock(first * STEP_MINUTES), _clock(last * STEP_MINUTES)


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


class WaitWords(StrEnum):
    """Which sentence tells a wait: "about 35–50 minutes", "less than 10 minutes", "about 11:10–11:35".

    A range so wide that its ends help nobody is told by its likely value: "about 10 minutes, seldom more than 45".
    """

    RANGE = "wait_range"
    SHORT = "wait_short"
    CLOCK = "wait_clock"
    WIDE = "wait_wide"


class WaitSentence(NamedTuple):
    """A wait as everybody is told it, whatever the language: a sentence and the two figures that stand in it.

    The figures are minutes in steps of five, or times of the clock ("11:10"). `minutes` is the likely wait, rounded
    up to five minutes; by the clock, as it was when it was first told.
    """

    words: WaitWords
    first: int | str
    last: int | str
    minutes: int

    @property
    def values(self) -> dict[str, int | str]:
        """The ends under the names that they have in the sentence."""
        match self.words:
            case WaitWords.RANGE:
                return {"low": self.first, "high": self.last}
            case WaitWords.SHORT:
                return {"high": self.last}
            case WaitWords.CLOCK:
                return {"from": self.first, "until": self.last}
            case WaitWords.WIDE:
                return {"likely": self.first, "high": self.last}


class WhyView(TypedDict):
    """So many minutes of a wait are owed to this reason (`line`, `slow`, `quick`, …), and to so many people."""

    reason: str
    minutes: int
    people: int


class WaitView(TypedDict):
    """A wait as everybody is told it: the key of a sentence, what stands in it, the likely minutes in steps of five.

    `late` is there, and true, when somebody with this wait may be called only after closing time; `why`, for whoever
    has a number, the parts that the likely wait was made of.
    """

    words: str
    values: dict[str, int | str]
    minutes: int
    late: NotRequired[bool]
    why: NotRequired[list[WhyView]]


def said(shown: Shown, now: datetime, time_of_day_s: float) -> WaitSentence:
    """Return how the wait that was shown is told `now`, when it is `time_of_day_s` on the clinic's clock."""
    elapsed_s = (now - shown.at).total_seconds()
    if shown.wait.low_s - elapsed_s >= FAR_S:
        # What is told by the clock stays as it is while time passes.
        return _said_by_the_clock(shown.wait, round(time_of_day_s - elapsed_s))
    wait = aged(shown.wait, elapsed_s)
    low, likely, high = rounded(wait)
    likely = max(likely, STEP_MINUTES)
    if _is_wide(low, likely, high):
        return WaitSentence(WaitWords.WIDE, likely, high, _in_fives(wait.likely_s))
    words = WaitWords.RANGE if low else WaitWords.SHORT
    return WaitSentence(words, low, max(high, low + STEP_MINUTES), _in_fives(wait.likely_s))


def told_alike_for_s(shown: Shown, now: datetime) -> float:
    """Return for how many seconds from `now`, at least, `said` and `Shown.why_now` tell the same; ≥ 0.

    The ends are rounded, the parts run down, in steps of five minutes: to the nearest of them, less a millisecond.
    """
    step_s = STEP_MINUTES * 60.0
    elapsed_s = (now - shown.at).total_seconds()
    left_s = step_s - elapsed_s % step_s
    if (far_s := shown.wait.low_s - elapsed_s - FAR_S) >= 0.0:
        left_s = min(left_s, far_s)
    else:
        low_s, likely_s, high_s = (figure - elapsed_s for figure in shown.wait)
        for figure in (low_s, likely_s, likely_s + step_s / 2, high_s):
            left_s = min(left_s, figure % step_s) if figure > 0.0 else left_s
    return max(left_s - 0.001, 0.0)


def _is_wide(low: int, likely: int, high: int) -> bool:
    """Whether the ends of a range, in minutes, tell nobody anything: "about 10–100 minutes"."""
    return high >= max(WIDE * likely, WIDE_MINUTES) or (high - low >= WIDE_APART_MINUTES and high >= WIDE_ENDS * low)


@lru_cache(maxsize=20_000)
def _said_by_the_clock(wait: Wait, time_of_day_s: int) -> WaitSentence:
    return WaitSentence(WaitWords.CLOCK, *clock_range(wait, time_of_day_s), _in_fives(wait.likely_s))


def _in_fives(seconds: float) -> int:
    return math.ceil(seconds / (STEP_MINUTES * 60)) * STEP_MINUTES
