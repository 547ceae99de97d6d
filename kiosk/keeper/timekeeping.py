"""What time it is on a machine whose clock may be wrong. Pure.

A small board without a clock chip boots in the past, or where it was switched off. What cannot be wrong are the seconds
since its boot. So while the server is there the keeper notes, for this boot, what the server's clock showed at which
second: from then on the seconds tell the time, whatever the machine's clock does. After a boot without the server there
is no such note; the machine's clock is taken, put right by as much as it was wrong before, and never before the newest
number. Numbers of such a boot are put right when the server is back; what was given out in a boot that ended before
stays estimated.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import uuid4

#: Two numbers of one keeper are never of the same moment.
STEP = timedelta(microseconds=1000)


class Clock(Protocol):
    """A machine's clock, and the seconds that it counts since its boot."""

    def now(self) -> datetime: ...

    def elapsed_s(self) -> float: ...

    def boot(self) -> str: ...


class MachineClock:
    """The clock of this machine."""

    def __init__(self) -> None:
        self._boot = _boot()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        # Linux stops its monotonic clock while the machine sleeps.
        return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()

    def boot(self) -> str:
        return self._boot


@dataclass(frozen=True)
class Anchor:
    """In this boot, `elapsed_s` seconds after it, the server's clock showed `at`; ours was `off_s` seconds ahead."""

    boot: str
    elapsed_s: float
    at: datetime
    off_s: float

    def then(self, elapsed_s: float) -> datetime:
        """The moment at so many seconds after the boot."""
        return self.at + timedelta(seconds=elapsed_s - self.elapsed_s)


@dataclass(frozen=True)
class Moment:
    """When something was done, as well as it is known, and by the boot and its seconds. `is_estimated`: not sure."""

    at: datetime
    boot: str
    elapsed_s: float
    is_estimated: bool


def anchored(clock: Clock, server_now: datetime, asked_s: float) -> Anchor:
    """What is noted of an answer that says `server_now`; `asked_s`: the seconds since the boot when it was asked for.

    The server is taken to have looked at its clock half-way.
    """
    elapsed_s = clock.elapsed_s()
    half_s = (elapsed_s - asked_s) / 2
    at = server_now + timedelta(seconds=half_s)
    return Anchor(clock.boot(), elapsed_s, at, (clock.now() - at).total_seconds())


def moment(clock: Clock, anchor: Anchor | None, newest: datetime | None) -> Moment:
    """Now. Never before `newest`, nor at the same moment."""
    boot, elapsed_s = clock.boot(), clock.elapsed_s()
    is_known = anchor is not None and anchor.boot == boot
    if anchor is None:
        at = clock.now()
    else:
        at = anchor.then(elapsed_s) if is_known else clock.now() - timedelta(seconds=anchor.off_s)
    if newest is not None:
        at = max(at, newest + STEP)
    return Moment(at, boot, elapsed_s, not is_known)


def put_right(given: Moment, anchor: Anchor | None) -> Moment:
    """The moment as it is known now: for sure if the machine was not started anew since."""
    if not given.is_estimated or anchor is None or anchor.boot != given.boot:
        return given
    return Moment(anchor.then(given.elapsed_s), given.boot, given.elapsed_s, is_estimated=False)


def _boot() -> str:
    """Linux names each boot; elsewhere every process counts for itself."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid4())
