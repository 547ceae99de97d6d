"""What the console's requests carry."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from queue_server.domain.queue.tokens import DutyState
from queue_server.services.queue.calling import ANYBODY
from queue_server.web.bodies import LARGEST_NUMBER, Body

TokenId = Annotated[int, Field(strict=True, ge=1, le=LARGEST_NUMBER)]
Words = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]

#: A time of day that passed longer ago than this means tomorrow's.
_PAST_IS_TOMORROW = timedelta(hours=12)


class Nothing(Body):
    """An empty body."""


class Scanned(Body):
    """The key of a slip's link."""

    key: str = Field(max_length=64)


class Next(Body):
    """`expected`: the token that the screen shows in the room, null for nobody; left out, anybody may be there.

    `was_seen`: what the doctor answered about a patient who was called and not begun with.
    """

    expected: TokenId | None = ANYBODY
    was_seen: bool = False


class Chosen(Next):
    """The patient who is called out of turn."""

    token: TokenId


class Onward(Body):
    """Where a patient goes on; `returning` brings the patient back to this room afterwards."""

    department: str
    returning: bool = False


class DutyChange(Body):
    """A doctor's state; `back_at` is a time of day in the clinic's own time zone."""

    state: DutyState
    reason: Words | None = None
    back_at: TimeOfDay | None = None


def moment_of(time_of_day: str | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment that a doctor means by a time of day ("11:30"): today's, or tomorrow's when it is long past."""
    if time_of_day is None:
        return None
    local = now.astimezone(zone)
    meant = datetime.combine(local.date(), time.fromisoformat(time_of_day), zone)
    return meant + timedelta(days=1) if local - meant > _PAST_IS_TOMORROW else meant
