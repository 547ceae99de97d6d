"""Which clock reading is believed.

A machine's clock may be wrong by years: no clock chip, a dead battery, a wrong hand, a wrong time server. What a clock
cannot do is jump against the seconds that the machine itself has counted since its boot. So a reading is believed only
near the moment that follows from those seconds; a reading elsewhere is doubted, and the clinic's time goes on by the
seconds until somebody has said what is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from queue_server.domain.errors import BadInput

#: A clock that is put right by as much is believed: time servers and careful hands do no more.
TOLERANCE = timedelta(minutes=5)

#: A clinic may be closed for so long; at start the clock is believed up to so much after the newest journal line.
LONGEST_CLOSURE = timedelta(days=7)

#: A machine without a clock chip is set by its time server in the first moments after its boot.
SETTLING_S = 300.0

#: The moment from which seconds are counted is renewed so often. Within it, small steps cannot add up to a jump.
ANCHOR_HOLDS_S = 3600.0

#: A time of another year is a slip of the finger; at the ends of the calendar the next day cannot be reckoned any more.
YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Anchor:
    """`elapsed_s` seconds after the machine's boot it was `at`, as far as is believed."""

    at: datetime
    elapsed_s: float

    def then(self, elapsed_s: float) -> datetime:
        """The moment at which so many seconds have passed since the boot."""
        return self.at + timedelta(seconds=elapsed_s - self.elapsed_s)


def is_plausible_start(reading: datetime, newest: datetime | None) -> bool:
    """Whether a machine that has just started may show this, the newest journal line being of the moment `newest`."""
    return newest is None or -TOLERANCE <= reading - newest <= LONGEST_CLOSURE


def anchor_after(newest: datetime, elapsed_s: float) -> Anchor:
    """Count on from the newest journal line: whatever is done now came after it."""
    return Anchor(newest + timedelta.resolution, elapsed_s)


def anchor_at_start(reading: datetime, elapsed_s: float, newest: datetime | None) -> Anchor:
    """From where seconds are counted: the clock's reading if it is plausible, else the newest journal line."""
    if newest is None or is_plausible_start(reading, newest):
        return Anchor(reading, elapsed_s)
    return anchor_after(newest, elapsed_s)


def is_believed(reading: datetime, elapsed_s: float, anchor: Anchor) -> bool:
    """Whether the reading lies near the moment that follows from the seconds since `anchor`."""
    return abs(reading - anchor.then(elapsed_s)) <= TOLERANCE


def is_being_set(reading: datetime, elapsed_s: float, newest: datetime | None) -> bool:
    """Whether a clock that shows this may just have been set after the boot: then it counts whatever it showed before.

    `newest`: the newest journal line at start.
    """
    return elapsed_s < SETTLING_S and is_plausible_start(reading, newest)


def next_anchor(reading: datetime, elapsed_s: float, anchor: Anchor) -> Anchor:
    """From where seconds are counted after this reading: once an hour from a reading that is believed."""
    is_due = elapsed_s - anchor.elapsed_s >= ANCHOR_HOLDS_S
    return Anchor(reading, elapsed_s) if is_due and is_believed(reading, elapsed_s, anchor) else anchor


def typed_time(typed: str, zone: tzinfo) -> datetime:
    """The moment that somebody says it is, such as `2026-11-30T09:15`, in `zone` unless it names another.

    Raises `BadInput` for what is no date with a time, or is in a year that cannot be now.
    """
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise BadInput("at", f"{typed[:40]!r} is not a time such as 2026-11-30T09:15.") from None
    if at.year not in YEARS:
        raise BadInput("at", f"It cannot be the year {at.year}.")
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
