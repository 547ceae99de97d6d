"""Long work says how far it is: to people at a terminal, to files, and to programs."""

from __future__ import annotations

import io
import json
from pathlib import Path

from queue_server import progress
from tests.waiting import until_true


class Terminal(io.StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


class Clock:
    """It goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def work(clock: Clock, steps: int, step_s: float) -> None:
    for step in range(steps):
        clock.seconds += step_s
        progress.report(step + 1, steps)


def test_a_terminal_has_a_bar_that_is_gone_at_the_end() -> None:
    out, clock = Terminal(), Clock()

    with progress.shown("Making a backup", out, as_json=False, now=clock):
        work(clock, 10, 3.0)

    frames = out.getvalue().split("\r\x1b[K")[1:]
    assert frames[0] == "Making a backup ██░░░░░░░░░░░░░░░░░░░░░░ 10 %, about 27 s left"
    assert frames[-2].endswith("████ 100 %")
    assert frames[-1] == ""


def test_a_file_gets_a_line_every_five_seconds_and_not_more() -> None:
    out, clock = io.StringIO(), Clock()

    with progress.shown("Making a backup", out, as_json=False, now=clock):
        work(clock, 100, 0.9)

    lines = out.getvalue().splitlines()
    assert len(lines) == 16
    assert lines[0] == "Making a backup: 6 %, about 1 min 25 s left"
    assert "\r" not in out.getvalue()


def test_a_program_reads_events_and_the_last_one_says_that_all_is_done() -> None:
    out, clock = io.StringIO(), Clock()

    with progress.shown("Making a backup", out, as_json=True, now=clock):
        work(clock, 5, 0.4)

    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(event["done"], event["total"]) for event in events] == [(3, 5), (5, 5)]
    assert {event["task"] for event in events} == {"Making a backup"}


def test_what_takes_a_moment_says_nothing() -> None:
    out, clock = io.StringIO(), Clock()

    with progress.shown("Migrating", out, as_json=False, now=clock):
        work(clock, 3, 0.01)
    work(clock, 3, 60.0)

    assert out.getvalue() == ""


def test_a_file_that_grows_is_watched(tmp_path: Path) -> None:
    out, file = io.StringIO(), tmp_path / "copy"
    file.write_bytes(b"x" * 30)

    with progress.shown("Copying", out, as_json=True, now=iter(range(1000)).__next__), progress.growing(file, 40):
        until_true(lambda: '"done": 30' in out.getvalue())

    assert json.loads(out.getvalue().splitlines()[-1])["done"] == 40


def test_steps_of_several_kinds_are_one_work() -> None:
    out, clock, steps = io.StringIO(), Clock(), progress.Steps(4)

    with progress.shown("Importing", out, as_json=True, now=clock):
        for items in ("ab", "cd"):
            for _ in steps.of(items):
                clock.seconds += 1.0

    assert [json.loads(line)["done"] for line in out.getvalue().splitlines()] == [1, 2, 3, 4, 4]


def test_what_is_watched_is_done_only_when_it_has_ended() -> None:
    out = io.StringIO()

    with progress.shown("Copying", out, as_json=True, now=iter(range(1000)).__next__), progress.watched(lambda: 70, 40):
        until_true(lambda: '"done": 39' in out.getvalue())

    assert json.loads(out.getvalue().splitlines()[-1])["done"] == 40
