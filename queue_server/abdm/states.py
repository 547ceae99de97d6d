"""How the line to the gateway stands, and what can go wrong on it; for whoever looks after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from queue_server.domain.programs.abdm import GatewayFault


class GatewayFailed(Exception):
    """The gateway could not be reached, or refuses; `error` is what it said."""

    def __init__(self, error: GatewayFault) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(slots=True)
class GatewayState:
    """How the line stands, for whoever looks after it; moments are the clinic's.

    `difference`: how much later it is at the gateway than by our clock; none before the first answer.
    """

    session_until: datetime | None = None
    failed_at: datetime | None = None
    failed: GatewayFault | None = None
    difference: timedelta | None = None
    keys: int = 0
    refused_at: datetime | None = None
    refused_because: str = ""


class NotProven(Exception):
    """The callback is not the gateway's, or not for us. The reason holds nothing of what was sent but the audience.

    `is_about_time`: everything else is right.
    """

    def __init__(self, reason: str, *, is_about_time: bool = False) -> None:
        super().__init__(reason)
        self.is_about_time = is_about_time
