"""How waits are told: a department's forecast, and what each who waits was told last, until it is told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from queue_server.domain.clinic.clinic import DepartmentQueue
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.explanation import MinutesPart
from queue_server.domain.waits.forecast import Forecast, passes_closing
from queue_server.domain.waits.wording import Shown, WaitSentence, WaitView, WhyView, said, told_alike_for_s
from queue_server.live.frames import encode_data


@dataclass(frozen=True, slots=True)
class DepartmentForecast:
    """The forecast of one department for one state of its queue, and what it was told by.

    `places`: token id → its place in the line of `made`, of whoever waits; none where only they are in it. `closes`:
    when numbers are given out no longer today, if they are.
    """

    queue: DepartmentQueue
    made_at: datetime
    joining: Wait | None
    made: Forecast
    places: Mapping[int, int] | None
    time_of_day_s: float
    closes: datetime | None

    @property
    def closes_in_s(self) -> float | None:
        """Seconds until then."""
        return None if self.closes is None else (self.closes - self.made_at).total_seconds()

    def told(self, shown: Shown) -> ToldWait:
        """How somebody is told what was shown."""
        is_late = passes_closing(shown.run_down(self.made_at), self.closes_in_s)
        return _told(said(shown, self.made_at, self.time_of_day_s), is_late, shown.why_now(self.made_at))


@dataclass(frozen=True)
class ToldWait:
    """A wait as somebody is told it; `is_late` when the call may come only after closing time.

    `why` are the parts of the likely wait.
    """

    said: WaitSentence
    is_late: bool
    why: tuple[MinutesPart, ...] = ()

    @property
    def view(self) -> WaitView:
        """The same for screens."""
        view = WaitView(words=self.said.words, values=self.said.values, minutes=self.said.minutes)
        if self.is_late:
            view["late"] = True
        if self.why:
            view["why"] = [WhyView(reason=part.reason, minutes=part.minutes, people=part.people) for part in self.why]
        return view

    @cached_property
    def text(self) -> str:
        """The view as compact JSON, made once for all who are told the same."""
        return encode_data(self.view)


class Telling:
    """What somebody is shown, and how it is told: worked out anew only when it may have become another sentence."""

    __slots__ = ("_closes", "_since", "_told", "_until", "shown")

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self._told: ToldWait | None = None
        self._since = self._until = shown.at
        self._closes: datetime | None = None

    def told(self, standing: DepartmentForecast) -> ToldWait:
        """How it is told at the moment of this forecast of its department."""
        now, told = standing.made_at, self._told
        if told is None or not self._since <= now < self._until or self._closes != standing.closes:
            told = self._told = standing.told(self.shown)
            self._since, self._closes = now, standing.closes
            self._until = now + timedelta(seconds=told_alike_for_s(self.shown, now))
        return told


@lru_cache(maxsize=4_096)
def _told(said: WaitSentence, is_late: bool, why: tuple[MinutesPart, ...]) -> ToldWait:
    """Those who are told the same share one."""
    return ToldWait(said, is_late, why)
