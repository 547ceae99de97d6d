"""What becomes of a slip."""

from enum import StrEnum


class PrintState(StrEnum):
    """How far a slip has come. `unconfirmed`: handed to the printer, which did not say that it printed."""

    QUEUED = "queued"
    SENT = "sent"
    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
