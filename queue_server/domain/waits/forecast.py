"""How long will it take? A range for every position of a line at once, or nothing where it cannot be known.

Two steps, both cheap enough to run on every change of the queue: `mechanics` says from the doctors as they stand
when the n-th call will be made; `correction` says how such estimates came out so far in this department, and how
wide the range must be. What is put together here keeps some promises whatever was learned:

* nobody is told less than somebody ahead (entries that wait for one doctor aside);
* one more ahead never lowers a wait, a further doctor never raises a likely one;
* an emergency lengthens the waits behind it, by one consultation with its turn-over at most;
* while every doctor is on a break, nobody is told less than what is left of the first break to end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from queue_server.domain.waits.clues import Clues, spread_of
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.explanation import WaitPart, explain
from queue_server.domain.waits.mechanics import Server, call_times, may_call, nobody_calls_for_s
from queue_server.domain.waits.pace import Learned
from queue_server.domain.waits.recent import Flow

Row = TypeVar("Row", bound=tuple[float, ...])

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


@dataclass(frozen=True, slots=True)
class _Tables:
    """What the mechanics say for 0, 1, 2 … people ahead, and what is told to whoever has no priority, or has some.

    Shorter where nothing is known.
    """

    reached: Sequence[tuple[float, float]]
    normal: Sequence[Wait]
    prior: Sequence[Wait]


@dataclass(frozen=True)
class Forecast:
    """The waits of everybody in line, in order, and of one who would join at the end. None: it cannot be known."""

    waits: tuple[Wait | None, ...]
    joining: Wait | None
    _line: Sequence[Ahead]
    _reached: Sequence[tuple[float, float]]
    _flow: Flow
    _away_s: float
    _extra_s: float
    _servers: Sequence[Server]
    _learned: Learned

    def clues(self, place: int) -> Clues | None:
        """What the forecast of this place (the line's length: of one who joins) was made from; None as its wait.

        Keep one's own beside the promise for `learn_wait`.
        """
        mine, wait = (self._line[place], self.waits[place]) if place < len(self._line) else (PLAIN, self.joining)
        ahead, emergencies = self._before[place]
        at = _between(self._reached, ahead)
        if at is None or wait is None:
            return None
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
        )
        return clues._replace(overtaken_s=self._learned.correction.overtaken_s(clues, wait.likely_s - extra_s))

    def why(self, place: int) -> tuple[WaitPart, ...]:
        """The parts that add up to the likely wait of this place, nothing where there is none."""
        clues = self.clues(place)
        wait = self.waits[place] if place < len(self.waits) else self.joining
        return explain(clues, wait) if clues is not None and wait is not None else ()

    @cached_property
    def _pace(self) -> float:
        return self._learned.todays_pace([server.doctor for server in self._servers])

    @cached_property
    def _before(self) -> Sequence[tuple[float, int]]:
        """How many people, and how many emergencies, are before each place."""
        before, ahead, emergencies = [(0.0, 0)], 0.0, 0
        for entry in self._line:
            ahead += 0.0 if entry.is_emergency else entry.weight
            emergencies += entry.is_emergency
            before.append((ahead, emergencies))
        return before


NOTHING_SEEN = Flow()


def forecast(line: Sequence[Ahead], servers: Sequence[Server], learned: Learned, flow: Flow = NOTHING_SEEN) -> Forecast:
    """Return the waits of all positions of `line` at once; `flow` is what the last minutes say.

    A position is None when no doctor on duty, expected or on a break with a time of return will come to it.
    """
    tables = _tables(line, servers, learned, flow)
    callers = sum(may_call(server) for server in servers)
    extra_s = learned.emergency_s / max(callers, 1)
    waits = _rising(line, tables, extra_s)
    for index, own in _of_own_doctors(line, servers, learned, flow):
        general = waits[index]
        waits[index] = None if own is None or general is None else Wait(*map(max, own, general))
    return Forecast(
        tuple(waits[:-1]),
        waits[-1],
        line,
        tables.reached,
        flow,
        nobody_calls_for_s(servers),
        extra_s,
        servers,
        learned,
    )


def passes_closing(wait: Wait | None, closes_in_s: float | None) -> bool:
    """Return whether somebody with this wait would more likely than not be called after closing time."""
    return wait is not None and closes_in_s is not None and wait.likely_s > closes_in_s


def _tables(line: Sequence[Ahead], servers: Sequence[Server], learned: Learned, flow: Flow) -> _Tables:
    size = math.ceil(sum(entry.weight for entry in line)) + 1
    times = call_times([float(count) for count in range(1, size + 1)], servers, learned)
    reached = [time for time in times if time is not None]
    away_s = nobody_calls_for_s(servers)
    normal = _at_least(learned.correction.ranges_s(reached, flow), away_s)
    if not any(entry.has_priority or entry.is_emergency for entry in line):
        return _Tables(reached, normal, normal)
    return _Tables(reached, normal, _at_least(learned.correction.ranges_s(reached, flow, own=True), away_s))


def _at_least(waits: list[Wait], away_s: float) -> list[Wait]:
    return [Wait(*(max(end, away_s) for end in wait)) for wait in waits] if away_s else waits


def _rising(line: Sequence[Ahead], tables: _Tables, extra_s: float) -> list[Wait | None]:
    """What everybody is told, the one who would join last: none less than somebody ahead.

    Entries that are bound to a doctor stand by themselves.
    """
    waits: list[Wait | None] = []
    low, likely, high = 0.0, 0.0, 0.0
    ahead, extra = 0.0, 0.0
    for entry in (*line, PLAIN):
        wait = _between(tables.prior if entry.has_priority else tables.normal, ahead)
        if entry.is_emergency and wait is not None:  # called before either, and told no more than either
            wait = Wait(*map(min, wait, _between(tables.normal, ahead) or wait, _between(tables.prior, ahead) or wait))
        if wait is not None and extra:
            wait = Wait(*(end + extra for end in wait))
        if entry.is_emergency:
            waits.append(wait)
            extra += extra_s
            continue
        ahead += entry.weight
        if wait is None:
            waits.append(None)
            continue
        if entry.for_doctor is None:
            if wait[0] < low or wait[1] < likely or wait[2] < high:
                wait = Wait(max(low, wait[0]), max(likely, wait[1]), max(high, wait[2]))
            low, likely, high = wait
        waits.append(wait)
    return waits


def _between(table: Sequence[Row], ahead: float) -> Row | None:
    """The table's row; between two rows, where somebody takes only part of a place, in proportion."""
    whole = int(ahead)
    if whole == ahead:
        return table[whole] if whole < len(table) else None
    if whole + 1 >= len(table):
        return None
    below, above, part = table[whole], table[whole + 1], ahead - whole
    between = (a + part * (b - a) for a, b in zip(below, above, strict=True))
    return type(below)(*between) if isinstance(below, Wait) else tuple(between)  # type: ignore[return-value]


def _of_own_doctors(
    line: Sequence[Ahead], servers: Sequence[Server], learned: Learned, flow: Flow
) -> Iterable[tuple[int, Wait | None]]:
    """For each entry that only one doctor may call: its place, and when that doctor comes to it."""
    for doctor in {entry.for_doctor: None for entry in line if entry.for_doctor is not None}:
        indices = [index for index, entry in enumerate(line) if entry.for_doctor == doctor]
        own = [replace(line[index], for_doctor=None) for index in indices]
        tables = _tables(own, [server for server in servers if server.doctor == doctor], learned, flow)
        yield from zip(indices, _rising(own, tables, 0.0), strict=False)
