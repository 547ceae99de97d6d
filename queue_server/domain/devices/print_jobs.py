"""What becomes of a slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One slip to print at a place; `copy` counts from 1."""

    id: int
    token_id: int
    number: str
    place: str
    copy: int
    state: PrintState
    reason: str | None
    created_at: datetime
