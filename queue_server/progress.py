"""How far long work is: whoever does it reports, and whoever started it shows it, or nobody does.

A bar on a terminal, a line now and then elsewhere, JSON lines for programs; always on standard error.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO, TypeVar

Report = Callable[[int, int], None]
Item = TypeVar("Item")

_report: ContextVar[Report | None] = ContextVar("report", default=None)

BAR = 24
#: Seconds between two looks at a file that grows, two changes of a bar, two lines, and two lines for programs.
LOOKS_EVERY_S, BAR_EVERY_S, LINE_EVERY_S, EVENT_EVERY_S = 0.3, 0.1, 5.0, 1.0


def report(done: int, total: int) -> None:
    """So much of so much is done."""
    if (told := _report.get()) is not None:
        told(done, total)


def is_shown() -> bool:
    """Whether somebody is told, so that it is worth finding out."""
    return _report.get() is not None


class Steps:
    """So many steps are done one after another, of several kinds maybe."""

    def __init__(self, total: int) -> None:
        self._done, self._total = 0, total

    def of(self, items: Iterable[Item]) -> Iterator[Item]:
        """Each of the items is a step, done when the next one is asked for."""
        for item in items:
            yield item
            self._done += 1
            report(self._done, self._total)


@contextmanager
def watched(far: Callable[[], int], total: int) -> Iterator[None]:
    """Inside, something else works, and `far` says now and then how far that is; all is done only at the end."""
    told, ended = _report.get(), threading.Event()
    if told is None or total <= 0:
        yield
        return

    def look() -> None:
        while not ended.wait(LOOKS_EVERY_S):
            told(min(far(), total - 1), total)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()
    told(total, total)


def growing(file: Path, total: int) -> AbstractContextManager[None]:
    """Inside, something writes a file of about so many bytes, and how large it is by now is reported."""
    return watched(lambda: size(file), total)


def size(file: Path) -> int:
    """How large the file is; nothing while it is not there."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def shown(task: str, out: TextIO, *, as_json: bool, now: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Inside, what is reported is shown on `out` as the progress of this task."""
    view = _Events(task, out, now) if as_json else _Bar(task, out, now) if out.isatty() else _Lines(task, out, now)
    before = _report.set(view.tell)
    try:
        yield
    finally:
        _report.reset(before)
        view.end()


@dataclass
class _View:
    """Writes what is new when enough time has gone since the last time, and the end always."""

    task: str
    out: TextIO
    now: Callable[[], float]
    began: float = field(init=False)
    _told_at: float = field(init=False)
    _last: tuple[int, int] = (0, 0)

    every_s = 0.0

    def __post_init__(self) -> None:
        self.began = self._told_at = self.now()

    def tell(self, done: int, total: int) -> None:
        now, self._last = self.now(), (done, total)
        if now - self._told_at >= self.every_s:
            self._told_at = now
            self.write(done, total, now - self.began)

    def write(self, done: int, total: int, after_s: float) -> None:
        raise NotImplementedError

    def end(self) -> None:
        """Nothing more is written."""


class _Events(_View):
    every_s = EVENT_EVERY_S

    def write(self, done: int, total: int, after_s: float) -> None:
        fact = {"event": "progress", "task": self.task, "done": done, "total": total, "after_s": round(after_s, 1)}
        self.out.write(json.dumps(fact) + "\n")
        self.out.flush()

    def end(self) -> None:
        if self._last[1]:
            self.write(*self._last, self.now() - self.began)


class _Lines(_View):
    every_s = LINE_EVERY_S

    def write(self, done: int, total: int, after_s: float) -> None:
        self.out.write(f"{self.task}: {_percent(done, total)}{_left(done, total, after_s)}\n")
        self.out.flush()


class _Bar(_View):
    every_s = BAR_EVERY_S
    _is_drawn = False

    def write(self, done: int, total: int, after_s: float) -> None:
        full = BAR * done // max(total, 1)
        bar = "█" * full + "░" * (BAR - full)
        self.out.write(f"\r\x1b[K{self.task} {bar} {_percent(done, total)}{_left(done, total, after_s)}")
        self.out.flush()
        self._is_drawn = True

    def end(self) -> None:
        if self._is_drawn:
            self.out.write("\r\x1b[K")
            self.out.flush()


def _percent(done: int, total: int) -> str:
    return f"{100 * done // max(total, 1)} %"


def _left(done: int, total: int, after_s: float) -> str:
    """How long it may still take, once there is something to go by."""
    if not 0 < done < total or after_s < BAR_EVERY_S * 20:
        return ""
    left = round(after_s * (total - done) / done)
    return f", about {left // 60} min {left % 60} s left" if left >= 60 else f", about {left} s left"
