"""The forecast of another build: its promises for the same logs, and its milliseconds in the same run."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import timeit
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.builds import Build
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.forecast import PLAIN, forecast
from queue_server.domain.waits.mechanics import Server
from queue_server.domain.waits.pace import Learned, learn_wait
from queue_server.simulation.clinic import a_small_clinic, simulate
from queue_server.simulation.queue_logs import LogDuty, LogEntry, write_duty, write_log
from queue_server.simulation.replay import Replay

ROUNDS = 5
DOCTORS = (2, 8, 30)


@dataclass(frozen=True)
class Job:
    """A log to be foretold after another, with the duties of both."""

    past: Sequence[LogEntry]
    log: Sequence[LogEntry]
    duties: Sequence[LogDuty] = ()


def foretold(build: Build, job: Job) -> dict[str, Wait]:
    """Entry id → what the build promises at joining, in whole seconds."""
    with tempfile.TemporaryDirectory() as folder:
        named = {name: Path(folder) / f"{name}.csv" for name in ("past", "log", "duty")}
        for name, entries in (("past", job.past), ("log", job.log)):
            with named[name].open("w", encoding="utf-8", newline="") as file:
                write_log(entries, file)
        with named["duty"].open("w", encoding="utf-8", newline="") as file:
            write_duty(job.duties, file)
        command = ["replay-waits", named["log"], "--train", named["past"], "--duty", named["duty"]]
        said = build.run(*build.program(*command))
    rows = list(csv.DictReader(io.StringIO(said)))
    ends = ("low_s", "likely_s", "high_s")
    return {row["id"]: Wait(*(float(row[end]) for end in ends)) for row in rows if row["low_s"]}


def time_builds(other: Build | None) -> Iterator[str]:
    """The milliseconds of a forecast of all positions of a line of 300, the best of many; the other build's in turn."""
    learned = _learned()
    here, there = dict.fromkeys(DOCTORS, 1e9), dict.fromkeys(DOCTORS, 1e9)
    for _ in range(ROUNDS):
        for count in DOCTORS:
            here[count] = min(here[count], _milliseconds(learned, count))
        for count, milliseconds in _elsewhere(other) if other else ():
            there[count] = min(there[count], milliseconds)
    yield "\na line of 300, all positions at once"
    for count in DOCTORS:
        than = f", {other.name} {there[count]:.2f} ms, {here[count] / there[count]:.2f} of it" if other else ""
        yield f"  {count:2} doctors  {here[count]:.2f} ms{than}"
    yield f"  one lesson  {_lesson_milliseconds(learned):.3f} ms"


def _learned() -> Learned:
    days = simulate(a_small_clinic(), 1, 5)
    replay = Replay(days.duties)
    replay.play(days.entries)
    return replay.lines["GEN"].learned


def _milliseconds(learned: Learned, doctors: int) -> float:
    servers = [Server.on_duty(str(number), 20.0 * number) for number in range(doctors)]

    # Nobody in it is special, which the service says with `PLAIN`. A forecast works out only what is asked for.
    def everybody() -> object:
        return forecast([PLAIN] * 300, servers, learned).waits

    return min(timeit.repeat(everybody, number=10, repeat=20)) * 100.0


def _lesson_milliseconds(learned: Learned) -> float:
    clues = forecast([PLAIN] * 300, [Server.on_duty("1")], learned).clues(50)
    assert clues is not None
    lesson = partial(learn_wait, learned, clues, 900.0)
    return min(timeit.repeat(lesson, number=20, repeat=30)) * 50.0


def _elsewhere(build: Build) -> Iterator[tuple[int, float]]:
    """What the build's own benchmark says of the same: doctors and milliseconds."""
    said = build.run(build.program()[0], "-c", "from benchmarks.waits import time_forecasts; time_forecasts()")
    for doctors, milliseconds in re.findall(r"(\d+) doctors\s+([\d.]+) ms", said):
        yield int(doctors), float(milliseconds)
