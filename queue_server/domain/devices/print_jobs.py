"""What becomes of a slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class PrintState(StrEnum):
    """How far a slip has come. `unconfirmed`: handed to the printer, which did not say that it printed."""

    QUEUED = "queued"
    SENT = "sent"
    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


#: States that a print never leaves.
DONE = frozenset({PrintState.PRINTED, PrintState.UNCONFIRMED, PrintState.FAILED})


#: A kiosk shows a number without a slip for a minute, and longer only while somebody touches it. Whatever comes out of
#: the printer after this time, with its personal link, may come out before strangers.
WAITED_FOR = timedelta(seconds=90)

#: What stands in the number's place on a test slip.
TEST = "TEST"

#: Why a job was not printed: it waits at the desk, which prints it again or drops it.
NOBODY_WAITED = "nobody waited for it"
#: Why nobody need look at a job any more.
DROPPED = "dropped at the desk"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One print at a place: a slip, or with `record_id` the medicines of that prescription; `copy` counts from 1.

    A test slip belongs to no token, and its number is `TEST`.
    """

    id: int
    token_id: int | None
    number: str
    place: str
    copy: int
    state: PrintState
    reason: str | None
    created_at: datetime
    record_id: int | None = None

    def waited_for_s(self, now: datetime) -> int:
        """For how many seconds somebody will still stand at the printer; 0 when that is over."""
        return max(0, round((self.created_at + WAITED_FOR - now).total_seconds()))
