"""How long will it take? A range for any position of a line, or nothing where it cannot be known.

Two steps, both cheap enough to run on every change of the queue: `mechanics` says from the doctors as they stand
when the n-th call will be made; `correction` says how such estimates came out so far in this department, and how
wide the range must be. Both are worked out for each of the first places, then for every ninth part more and where the
doctors' turning points are, and in between in proportion: a thousand people are some fifty figures. A place is looked
up when somebody asks for it. What is put together here keeps some promises whatever was learned:

* nobody is told less than somebody ahead (entries that wait for one doctor aside);
* one more ahead never lowers a wait, a further doctor never raises a likely one;
* an emergency lengthens the waits behind it, by one consultation with its turn-over at most;
* while every doctor is on a break, nobody is told less than what is left of the first break to end.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise, takewhile

from queue_server.domain.waits.clues import Clues, spread_of
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.explanation import WaitPart, explain
from queue_server.domain.waits.mechanics import (
    Server,
    Stretch,
    call_times,
    may_call,
    nobody_calls_for_s,
    stretches,
    turning_counts,
)
from queue_server.domain.waits.pace import Learned
from queue_server.domain.waits.recent import Flow

#: What somebody ahead who is held counts: it may come back before one's turn, or after.
HELD_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Ahead:
    """One entry of the line, which stands in the order of calling: emergencies first.

    `for_doctor` is the only doctor who may call it; `weight` how much of a place it takes: 1 for somebody who waits,
    less for one who may or may not come back in time. `has_priority` says that it was given a credit.
    """

    for_doctor: str | None = None
    weight: float = 1.0
    has_priority: bool = False
    is_emergency: bool = False


#: Somebody who waits without anything special, as nearly everybody does.
PLAIN = Ahead()


#: Each of so many places is worked out; from there on every `_STEP`-th part more.
_EACH = 24
_STEP = 8


#: What is before a place: people, emergencies, and the last places of those without and with priority, or none.
#: The last places are of those whom any doctor may call.
_Before = tuple[float, int, int | None, int | None]


@dataclass(frozen=True)
class Forecast:
    """The wait of anybody in line, and of one who would join at the end. None: it cannot be known.

    A place is an index of the line, whose length is the place of one who joins.
    """

    _line: Sequence[Ahead]
    _servers: Sequence[Server]
    _learned: Learned
    _flow: Flow
    _extra_s: float

    @cached_property
    def waits(self) -> tuple[Wait | None, ...]:
        """Those of everybody in line, in order."""
        found: list[Wait | None] = []
        for special, before in zip([*self._specials, len(self._line)], self._before_specials, strict=True):
            found += self._of_plain(len(found), special, before)
            found += [self.wait(place) for place in range(special, len(self._line))[:1]]
        return tuple(found)

    @cached_property
    def joining(self) -> Wait | None:
        """That of one who would join at the end."""
        return self.wait(len(self._line))

    def wait(self, place: int) -> Wait | None:
        """The wait of this place, which is none less than that of anybody ahead.

        Entries that are bound to a doctor stand by themselves, and emergencies before all.
        """
        entry, (ahead, emergencies, normal, prior) = self._entry(place), self._before(place)
        wait = self._told(entry, ahead, emergencies)
        if wait is None or entry.is_emergency:
            return wait
        if entry.for_doctor is not None:
            own = self._of_own_doctors[place]
            return None if own is None else _later(wait, own)
        # Of those like it nobody ahead is told more; of the others it is the last who is told most.
        last = normal if entry.has_priority else prior
        floor = None if last is None else self._told_at(last)
        return wait if floor is None else _later(wait, floor)

    def likely_s(self, place: int) -> float | None:
        """The likely seconds of `wait`; of whoever waits without anything special they are worked out by themselves."""
        if self._entry(place) is not PLAIN:
            wait = self.wait(place)
            return wait and wait.likely_s
        less, emergencies, _, last = self._before_specials[bisect_left(self._specials, place)]
        at = self._at(place - less)
        if at is None:
            return None
        likely_s = _likely(self._normal, at) + self._extra_s * emergencies
        floor = None if last is None else self._told_at(last)
        return likely_s if floor is None else max(likely_s, floor.likely_s)

    def clues(self, place: int) -> Clues | None:
        """What the forecast of this place was made from; None as its wait.

        Keep one's own beside the promise for `learn_wait`.
        """
        mine, wait = self._entry(place), self.wait(place)
        ahead, emergencies, _, _ = self._before(place)
        found = self._at(ahead)
        if found is None or wait is None:
            return None
        (below, part), reached = found, self._reached
        at = tuple(a + part * (b - a) for a, b in zip(reached[below], reached[below + bool(part)], strict=True))
        flow, extra_s = self._flow, self._extra_s * emergencies
        clues = Clues(
            mechanics_s=at[0],
            spread=spread_of(*at),
            ahead=ahead,
            history_s=at[0] if flow.wait_s is None else flow.wait_s,
            throughput_s=at[0] if flow.gap_s is None else flow.gap_s * (ahead + 1.0),
            calls=flow.calls,
            joins=flow.joins,
            own=float(mine.has_priority and not mine.is_emergency),
            away_s=self._away_s,
            extra_s=extra_s,
            pace=self._pace,
            hour=-1.0 if flow.hour is None else flow.hour,
        )
        return clues._replace(overtaken_s=self._learned.correction.overtaken_s(clues, wait.likely_s - extra_s))

    def why(self, place: int) -> tuple[WaitPart, ...]:
        """The parts that add up to the likely wait of this place, nothing where there is none."""
        clues, wait = self.clues(place), self.wait(place)
        return explain(clues, wait) if clues is not None and wait is not None else ()

    def _of_plain(self, begins: int, ends: int, before: _Before) -> Sequence[Wait | None]:
        """`wait` for each of these places, whose entries are plain and have this before them, in one pass."""
        less, emergencies, _, last = before
        floor = None if last is None else self._told_at(last)
        if emergencies or not less.is_integer():
            return [self.wait(place) for place in range(begins, ends)]
        known = self._each_normal[begins - int(less) : ends - int(less)]
        told = known if floor is None else [_later(wait, floor) for wait in known]
        return [*told, *[None] * (ends - begins - len(told))]

    def _entry(self, place: int) -> Ahead:
        return self._line[place] if place < len(self._line) else PLAIN

    def _told(self, entry: Ahead, ahead: float, emergencies: int) -> Wait | None:
        """What this entry would be told if it did not matter what others are told."""
        at = self._at(ahead)
        if at is None:
            return None
        if entry.is_emergency:  # called before either, and told no more than either
            wait = Wait(*map(min, _row(self._normal, at), _row(self._prior, at)))
        else:
            wait = _row(self._prior if entry.has_priority else self._normal, at)
        extra = self._extra_s * emergencies
        return Wait(*(end + extra for end in wait)) if extra else wait

    def _told_at(self, place: int) -> Wait | None:
        """The same for the entry at this place; once for all who come behind it."""
        known = self._told_by_place
        if place not in known:
            ahead, emergencies, _, _ = self._before(place)
            known[place] = self._told(self._line[place], ahead, emergencies)
        return known[place]

    def _at(self, ahead: float) -> tuple[int, float] | None:
        """The row of so many people, and how far it is from there to the next one; None where nothing is known."""
        aheads, size = self._aheads, len(self._reached)
        below = bisect_right(aheads, ahead) - 1
        more = ahead - aheads[below]
        if below + bool(more) >= size:
            return None
        return below, more / (aheads[below + 1] - aheads[below]) if more else 0.0

    def _before(self, place: int) -> _Before:
        special = bisect_left(self._specials, place)
        last = self._specials[special - 1] if special else -1
        less, emergencies, normal, prior = self._before_specials[special]
        return place - less, emergencies, place - 1 if place - 1 > last else normal, prior

    @cached_property
    def _told_by_place(self) -> dict[int, Wait | None]:
        """What `_told_at` has found so far."""
        return {}

    @cached_property
    def _specials(self) -> Sequence[int]:
        """The places of all who are not plain: few, as a rule."""
        return [place for place, entry in enumerate(self._line) if entry is not PLAIN and entry != PLAIN]

    @cached_property
    def _before_specials(self) -> Sequence[_Before]:
        """What is before whoever follows none, one, two … of the specials; `ahead` says by how much a place is more."""
        found: list[_Before] = [(0.0, 0, None, None)]
        last = -1
        for place in self._specials:
            entry, (less, emergencies, normal, prior) = self._line[place], found[-1]
            normal = place - 1 if place - 1 > last else normal
            if entry.is_emergency:
                less, emergencies = less + 1.0, emergencies + 1
            else:
                less += 1.0 - entry.weight
                if entry.for_doctor is None:
                    normal, prior = (normal, place) if entry.has_priority else (place, prior)
            found.append((less, emergencies, normal, prior))
            last = place
        return found

    @cached_property
    def _aheads(self) -> Sequence[int]:
        """The numbers of people ahead for which the mechanics are worked out."""
        ahead, _, _, _ = self._before(len(self._line))
        rungs = _rungs(math.ceil(ahead))
        turns = takewhile(lambda count: count < rungs[-1] + 2.0, turning_counts(self._stretches))
        bends = {ahead for count in turns for ahead in (int(count) - 1, int(count)) if 0 <= ahead <= rungs[-1]}
        return sorted(bends.union(rungs)) if bends else rungs

    @cached_property
    def _reached(self) -> Sequence[tuple[float, float]]:
        """When they are reached, and the deviation; shorter where nothing is known."""
        times = call_times([ahead + 1.0 for ahead in self._aheads], self._stretches, self._learned)
        return [time for time in times if time is not None]

    @cached_property
    def _stretches(self) -> Sequence[Stretch]:
        return stretches(self._servers, self._learned)

    @cached_property
    def _normal(self) -> Sequence[Wait]:
        """What is told to whoever has no priority."""
        return self._ranges(own=False)

    @cached_property
    def _each_normal(self) -> Sequence[Wait]:
        """The same for every number of people ahead, as far as it is known."""
        found: list[Wait] = []
        rows = zip(self._aheads, self._normal, strict=False)
        for (ahead, wait), (more, above) in pairwise(rows):
            found.append(wait)
            found += [_between(wait, above, step / (more - ahead)) for step in range(1, more - ahead)]
        return [*found, *self._normal[-1:]]

    @cached_property
    def _prior(self) -> Sequence[Wait]:
        """What is told to whoever has some."""
        return self._ranges(own=True)

    def _ranges(self, *, own: bool) -> Sequence[Wait]:
        aheads = self._aheads[: len(self._reached)]
        waits = self._learned.correction.ranges_s(aheads, self._reached, self._flow, own=own)
        away_s = self._away_s
        return [Wait(*(max(end, away_s) for end in wait)) for wait in waits] if away_s else waits

    @cached_property
    def _of_own_doctors(self) -> Mapping[int, Wait | None]:
        """For each place whose entry only one doctor may call: when that doctor comes to it."""
        bound = [(place, self._line[place]) for place in self._specials if self._line[place].for_doctor is not None]
        found: dict[int, Wait | None] = {}
        for doctor in {entry.for_doctor for _, entry in bound}:
            places = [place for place, entry in bound if entry.for_doctor == doctor]
            own = [replace(self._line[place], for_doctor=None) for place in places]
            servers = [server for server in self._servers if server.doctor == doctor]
            waits = Forecast(own, servers, self._learned, self._flow, 0.0).waits
            found.update(zip(places, waits, strict=True))
        return found

    @cached_property
    def _away_s(self) -> float:
        return nobody_calls_for_s(self._servers)

    @cached_property
    def _pace(self) -> float:
        return self._learned.todays_pace([server.doctor for server in self._servers])


NOTHING_SEEN = Flow()


def forecast(line: Sequence[Ahead], servers: Sequence[Server], learned: Learned, flow: Flow = NOTHING_SEEN) -> Forecast:
    """Return the forecast of `line`; `flow` is what the last minutes say.

    A position has no wait when no doctor on duty, expected or on a break with a time of return will come to it.
    """
    callers = sum(may_call(server) for server in servers)
    return Forecast(line, servers, learned, flow, learned.emergency_s / max(callers, 1))


def passes_closing(wait: Wait | None, closes_in_s: float | None) -> bool:
    """Return whether somebody with this wait would more likely than not be called after closing time."""
    return wait is not None and closes_in_s is not None and wait.likely_s > closes_in_s


@lru_cache(maxsize=256)
def _rungs(last: int) -> Sequence[int]:
    """Each number up to `_EACH`, then every `_STEP`-th part more, until `last` is reached."""
    rungs = list(range(min(_EACH, last) + 1))
    while rungs[-1] < last:
        rungs.append(rungs[-1] + rungs[-1] // _STEP)
    return tuple(rungs)


def _later(one: Wait, other: Wait) -> Wait:
    (low, likely, high), (low_too, likely_too, high_too) = one, other
    if low >= low_too and likely >= likely_too and high >= high_too:
        return one
    return Wait(max(low, low_too), max(likely, likely_too), max(high, high_too))


def _likely(table: Sequence[Wait], at: tuple[int, float]) -> float:
    """As `_row`, the likely seconds only."""
    below, part = at
    likely_s = table[below].likely_s
    return likely_s + part * (table[below + 1].likely_s - likely_s) if part else likely_s


def _row(table: Sequence[Wait], at: tuple[int, float]) -> Wait:
    below, part = at
    return _between(table[below], table[below + 1], part) if part else table[below]


def _between(wait: Wait, above: Wait, part: float) -> Wait:
    low, likely, high = wait
    return Wait(low + part * (above[0] - low), likely + part * (above[1] - likely), high + part * (above[2] - high))
