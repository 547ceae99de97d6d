"""The clock, as something that is handed in."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from queue_server.domain.queue.numbering import never_back
from queue_server.domain.queue.timekeeping import Anchor, anchor_at_start, is_being_set, is_believed, next_anchor

logger = logging.getLogger(__name__)


class Clock(Protocol):
    """Anything that tells the time as aware UTC, and counts seconds beside it that nobody can set."""

    def now(self) -> datetime: ...

    def elapsed_s(self) -> float:
        """Seconds since the machine's boot. They never jump, and go on while the machine sleeps."""

    def boot(self) -> str:
        """Names the boot since which the seconds are counted; the same in all processes of the machine."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        # Linux stops its monotonic clock while the machine sleeps.
        return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()

    def boot(self) -> str:
        return _boot()


class FastClock:
    """A clock by which everything takes `pace` times less real time (≥ 1), for the demo; it begins at `begins`.

    Its boot is its own: the seconds that it counts are nobody else's.
    """

    def __init__(self, pace: float, begins: datetime, machine: Clock | None = None) -> None:
        self.pace = pace
        self._machine = machine or SystemClock()
        self._began, self._began_s = begins, self._machine.elapsed_s()
        self._boot = str(uuid4())

    def now(self) -> datetime:
        return self._began + timedelta(seconds=(self._machine.elapsed_s() - self._began_s) * self.pace)

    def elapsed_s(self) -> float:
        return self._began_s + (self._machine.elapsed_s() - self._began_s) * self.pace

    def boot(self) -> str:
        return self._boot


class SteadyClock:
    """The clinic's time: it never goes back, and jumps with the machine's clock only where that is believed.

    The rules are `domain.queue.timekeeping` and `domain.queue.numbering.never_back`. `is_wrong`: the machine's clock is
    behind, or doubted. `doubted_since`: since when (in the clinic's time) it is doubted; none while it is believed.
    """

    def __init__(self, clock: Clock) -> None:
        self.machine = clock
        #: How many seconds of the clinic's time pass while a person counts one.
        self.pace = clock.pace if isinstance(clock, FastClock) else 1.0
        self._latest: datetime | None = None
        self._newest: datetime | None = None
        self._anchor: Anchor | None = None
        self._may_be_set = True
        self.is_wrong = False
        self.doubted_since: datetime | None = None

    @property
    def anchor(self) -> Anchor:
        """From where seconds are counted."""
        self.now()
        assert self._anchor is not None  # noqa: S101  (made by the first reading)
        return self._anchor

    @property
    def newest(self) -> datetime | None:
        """The moment of the newest journal line at start."""
        return self._newest

    def is_doubted(self) -> bool:
        """Whether nobody knows just now what the time is; then nothing ends or is removed because it is old."""
        self.now()
        return self.doubted_since is not None

    def begin(self, newest: datetime | None, anchor: Anchor | None = None, *, is_held: bool = False) -> None:
        """Count from `anchor` on, or else from what the start allows. The journal's newest line is of `newest`.

        `is_held`: the machine's clock was doubted before the start, so a jump is not believed because it starts anew.
        """
        self._latest = self._newest = newest
        self._anchor = anchor
        self._may_be_set = not is_held
        self.doubted_since = None

    def set_to(self, anchor: Anchor) -> None:
        """An administrator has said what the time is; it may lie before what was told."""
        self.begin(anchor.at, anchor)

    def now(self) -> datetime:
        reading, elapsed_s = self.machine.now(), self.machine.elapsed_s()
        if self._anchor is None:
            self._anchor = anchor_at_start(reading, elapsed_s, self._newest)
        if self._may_be_set and is_being_set(reading, elapsed_s, self._newest):
            self._anchor = Anchor(reading, elapsed_s)
        self._anchor = next_anchor(reading, elapsed_s, self._anchor)
        believed = is_believed(reading, elapsed_s, self._anchor)
        moment, is_behind = never_back(reading if believed else self._anchor.then(elapsed_s), self._latest)
        self._note(moment, is_doubted=not believed, is_behind=is_behind)
        return moment

    def _note(self, moment: datetime, *, is_doubted: bool, is_behind: bool) -> None:
        if (is_doubted or is_behind) and not self.is_wrong:
            logger.warning("The machine's clock cannot be right. The clinic's time goes on without it.")
        self._latest, self.is_wrong = moment, is_doubted or is_behind
        self.doubted_since = (self.doubted_since or moment) if is_doubted else None


@cache
def _boot() -> str:
    """Linux names each boot; elsewhere every process counts for itself."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid4())
