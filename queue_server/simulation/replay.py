"""Play a log in time order through the same forecast that the clinic uses, knowing only what had happened by then.

Every entry takes its place in the line at its joining, by arrival and credit, and is promised the forecast of that
place; whatever happens to it later teaches the queue's `Learned`. Where the log does not say who had priority, priority
shows only as being overtaken.

Who is on duty comes from a duty file: expected until `on_at`, gone after `off_at`, on a break when the same room has a
later stretch that day. Days and rooms without it are inferred from the past alone: rooms at work are there, free ones
only under narrow conditions; before the first call of a day, as many rooms as called in the last day's first hour are
expected at the usual time of the first call.

Waits of people who left without being called are not known, only that they were longer than their patience: they teach
the rate of leaving, and no promise is judged by them.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from queue_server.domain.errors import BadInput
from queue_server.domain.waits import pace
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.forecast import HELD_WEIGHT, Ahead, forecast
from queue_server.domain.waits.mechanics import Server
from queue_server.domain.waits.pace import DecayingMean, Learned
from queue_server.domain.waits.recent import Recent
from queue_server.simulation.queue_logs import DAY_S, DUTY_COLUMNS, LOG_COLUMNS, LogDuty, LogEntry, read_duty, read_log
from queue_server.simulation.roster import ROLL_OVER_S, Kind, Roster, day_of

IDLE_S = 1_800.0
OPENING_S = 3_600.0


@dataclass(slots=True)
class _Waiting:
    entry: LogEntry
    clues: Clues | None = None
    promised: Wait | None = None
    is_held: bool = False

    @property
    def order(self) -> tuple[bool, float, float]:
        return (*self.entry.rank, self.entry.joined_s)


@dataclass(slots=True)
class _Room:
    entry: int | None = None
    called_s: float = 0.0
    free_since_s: float = -DAY_S


@dataclass(slots=True)
class Line:
    """One queue as it stands at some moment of the log, and what it has learned."""

    learned: Learned = field(default_factory=Learned)
    recent: Recent = field(default_factory=Recent)
    waiting: dict[int, _Waiting] = field(default_factory=dict)
    rooms: dict[str, _Room] = field(default_factory=dict)
    first_call_s: float | None = None
    openers: set[str] = field(default_factory=set)
    usual_first_call: DecayingMean = field(default_factory=DecayingMean)
    usual_openers: int = 1


class Replay:
    """Plays logs one after the other and keeps what was learned; predictions are made for each entry at its joining."""

    def __init__(self, duties: Sequence[LogDuty] = (), learned: Learned | None = None) -> None:
        self.lines: dict[str, Line] = {}
        self.start = learned or Learned()
        self.roster = Roster(duties)

    def play(self, entries: Sequence[LogEntry]) -> list[Wait | None]:
        """Return the forecast of each entry at its joining, in the order given; None where nothing could be known."""
        promises: list[Wait | None] = [None] * len(entries)
        day = None
        for at, kind, index in self._happenings(entries):
            if day != (day := day_of(at)):
                self._new_day()
            if kind in (Kind.DUTY_ON, Kind.DUTY_OFF):
                self._change_duty(at, kind, index)
                continue
            entry = entries[index]
            line = self.lines.setdefault(entry.queue, Line(self.start))
            if kind is Kind.JOIN:
                promises[index] = self._join(line, entry, index)
            elif kind in (Kind.HELD, Kind.BACK):
                if index in line.waiting:
                    line.waiting[index].is_held = kind is Kind.HELD
            elif kind in (Kind.CALL, Kind.CALL_AT_ONCE):
                self._call(line, entry, index)
            elif kind in (Kind.LEAVE, Kind.LEAVE_AT_ONCE):
                if line.waiting.pop(index, None):
                    line.learned = pace.learn_end_of_wait(line.learned, at - entry.joined_s, has_left=True)
            else:
                self._finish(line, entry, index, at)
        return promises

    def _join(self, line: Line, entry: LogEntry, index: int) -> Wait | None:
        """The entry takes its place; what it is promised there."""
        mine = line.waiting[index] = _Waiting(entry)
        order = sorted(line.waiting.values(), key=lambda one: one.order)
        place = next(number for number, one in enumerate(order) if one is mine)
        servers = self._servers(entry.queue, line, entry.joined_s)
        flow = line.recent.flow(entry.joined_s, int(entry.joined_s % DAY_S // 3_600.0))
        made = forecast([_ahead(one) for one in order], servers, line.learned, flow)
        mine.clues = made.clues(place)
        if not entry.is_emergency:
            line.recent = line.recent.joined(entry.joined_s)
        mine.promised = made.wait(place)
        return mine.promised

    def _happenings(self, entries: Sequence[LogEntry]) -> list[tuple[float, Kind, int]]:
        happenings = [happening for index, entry in enumerate(entries) for happening in _of_entry(index, entry)]
        if entries:
            first = min(entry.joined_s for entry in entries) - DAY_S
            last = max(at for at, _, _ in happenings)
            happenings += self.roster.happenings(first, last)
        return sorted(happenings)

    def _new_day(self) -> None:
        self.roster.new_day()
        for line in self.lines.values():
            line.waiting.clear()
            line.rooms.clear()
            line.recent = Recent()
            line.learned = pace.learn_day(line.learned)
            if line.first_call_s is not None:
                line.usual_openers = max(len(line.openers), 1)
                line.usual_first_call = line.usual_first_call.add((line.first_call_s - ROLL_OVER_S) % DAY_S, 10)
            line.first_call_s = None
            line.openers = set()

    def _change_duty(self, at: float, kind: Kind, index: int) -> None:
        duty = self.roster.duties[index]
        is_return = self.roster.change(index, has_begun=kind is Kind.DUTY_ON)
        learn = pace.learn_return if is_return else pace.learn_start
        for queue, line in self.lines.items():
            if duty.room in self.roster.queues and queue not in self.roster.queues[duty.room]:
                continue
            if kind is Kind.DUTY_ON:
                line.learned = learn(line.learned, duty.room, at - duty.expected_s)
            elif duty.ends_s is not None:
                line.learned = pace.learn_end_of_duty(line.learned, at - duty.ends_s)

    def _call(self, line: Line, entry: LogEntry, index: int) -> None:
        at = entry.called_s
        mine = line.waiting.pop(index, None)
        if at is None or mine is None:
            return
        self._learn_from_call(line, mine, at)
        in_turn = not entry.is_emergency and not entry.came_from and entry.held_from_s is None
        line.recent = line.recent.called(at, at - entry.joined_s if in_turn else None)
        name = entry.room or f"({entry.id})"
        self.roster.queues.setdefault(name, set()).add(entry.queue)
        room = line.rooms.setdefault(name, _Room())
        if room.entry is None and room.free_since_s >= mine.entry.joined_s:
            line.learned = pace.learn_turn_over(line.learned, at - room.free_since_s)
        room.entry, room.called_s = index, at
        line.first_call_s = at if line.first_call_s is None else line.first_call_s
        if at - line.first_call_s <= OPENING_S:
            line.openers.add(name)

    def _learn_from_call(self, line: Line, mine: _Waiting, at: float) -> None:
        waited = at - mine.entry.joined_s
        learned = pace.learn_end_of_wait(line.learned, waited, has_left=False)
        line.learned = learned if mine.clues is None else pace.learn_wait(learned, mine.clues, waited, mine.promised)

    def _finish(self, line: Line, entry: LogEntry, index: int, at: float) -> None:
        name = entry.room or f"({entry.id})"
        room = line.rooms.setdefault(name, _Room())
        if room.entry == index:
            room.entry, room.free_since_s = None, at
        if not entry.room:
            del line.rooms[name]
        if entry.called_s is None:
            return
        if entry.finished_s is None:
            line.learned = pace.learn_no_show(line.learned, at - entry.called_s)
        else:
            line.learned = pace.learn_consultation(line.learned, entry.room, at - entry.called_s)

    def _servers(self, queue: str, line: Line, now: float) -> list[Server]:
        at_work = {name: room for name, room in line.rooms.items() if room.entry is not None}
        servers = [
            Server.on_duty(name, now - room.called_s, self.roster.stops_in_s(name, now))
            for name, room in at_work.items()
        ]
        servers += self._free_rooms(line, now, is_other_busy=bool(servers))
        serving = {server.doctor for server in servers}
        servers += [
            replace(server, idle_s=self._idle_s(line, server.doctor, now))
            for server in self.roster.servers(queue, now)
            if server.doctor not in serving
        ]
        if not servers and line.first_call_s is None and line.usual_first_call.weight:
            usual = line.usual_first_call.mean - (now - ROLL_OVER_S) % DAY_S
            servers = [Server.expected("", usual)] * line.usual_openers
        return servers

    def _idle_s(self, line: Line, name: str, now: float) -> float | None:
        """For how long the room has been free while somebody waited."""
        if name not in line.rooms or not line.waiting:
            return None
        first = min(one.entry.joined_s for one in line.waiting.values())
        return now - max(line.rooms[name].free_since_s, first)

    def _free_rooms(self, line: Line, now: float, *, is_other_busy: bool) -> list[Server]:
        """The rooms that look free to somebody who does not know whether anybody sits in them.

        One that has been free for longer than a turn-over counts only if nobody waits and no other is at work: if it
        is staffed, who joins is called at once, and the forecast is for those who are not.
        """
        free = {
            name: now - room.free_since_s
            for name, room in line.rooms.items()
            if room.entry is None and not self.roster.knows(name, now)
        }
        patience = 2 * (line.learned.turn_over_s + 2.0)
        fresh = [Server.on_duty(name) for name, since in free.items() if since <= patience]
        if fresh or is_other_busy or line.waiting:
            return fresh
        return [Server.on_duty(name) for name, since in free.items() if since <= IDLE_S]


def _ahead(one: _Waiting) -> Ahead:
    weight = HELD_WEIGHT if one.is_held else 1.0
    return Ahead(None, weight, one.entry.has_priority, one.entry.is_emergency)


def _of_entry(index: int, entry: LogEntry) -> Iterator[tuple[float, Kind, int]]:
    joined, called = entry.joined_s, entry.called_s
    yield joined, Kind.JOIN, index
    if entry.held_from_s is not None:
        yield entry.held_from_s, Kind.HELD, index
    if entry.held_until_s is not None:
        yield entry.held_until_s, Kind.BACK, index
    if called is None:
        if entry.left_s is not None:
            yield entry.left_s, Kind.LEAVE if entry.left_s > joined else Kind.LEAVE_AT_ONCE, index
        return
    yield called, Kind.CALL if called > joined else Kind.CALL_AT_ONCE, index
    end = entry.finished_s if entry.finished_s is not None else entry.left_s
    if end is not None:
        yield end, Kind.FINISH if end > called else Kind.FINISH_AT_ONCE, index


def write_predictions(entries: Iterable[LogEntry], promises: Iterable[Wait | None], out: TextIO) -> None:
    """Write `id,low_s,likely_s,high_s` in whole seconds, a line an entry; empty where nothing is known."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", "low_s", "likely_s", "high_s"))
    for entry, wait in zip(entries, promises, strict=True):
        figures = ("", "", "") if wait is None else (round(wait.low_s), round(wait.likely_s), round(wait.high_s))
        writer.writerow((entry.id, *figures))


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `smart-queue replay-waits`."""
    parser.description = "Play a log through the forecast and write what would have been promised at each joining."
    parser.add_argument("log", type=Path, metavar="LOG.csv", help=",".join(LOG_COLUMNS))
    parser.add_argument("--duty", type=Path, metavar="DUTY.csv", help=",".join(DUTY_COLUMNS))
    parser.add_argument(
        "--train", type=Path, nargs="+", action="extend", default=[], metavar="LOG.csv", help="earlier logs"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the predictions to standard output. Returns 0, or 2 after saying which line of which file is wrong."""
    try:
        duties = read_duty(arguments.duty) if arguments.duty else []
        past = [read_log(path) for path in arguments.train]
        entries = read_log(arguments.log)
    except (BadInput, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    replay = Replay(duties)
    for log in past:
        replay.play(log)
    write_predictions(entries, replay.play(entries), sys.stdout)
    return 0
