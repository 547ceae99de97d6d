"""What screens are sent of a slip whose code was read, field by field; as `view_types`."""

from __future__ import annotations

from typing import TypedDict

from queue_server.domain.queue.tokens import State
from queue_server.live.phone_types import PhonePage


class ScannedSlip(PhonePage):
    """What a kiosk shows of a slip; `has_papers` when the digits on it open what the doctor wrote."""

    can_give_up: bool
    has_papers: bool


class FoundSlip(TypedDict):
    """Whose slip it is, for staff; `id` is the token's, `department` and `room` where it is now."""

    id: int
    number: str
    day: str
    is_today: bool
    department: str
    state: State
    room: str | None
    is_here: bool


SLIP_VIEWS: tuple[type, ...] = (ScannedSlip, FoundSlip)
