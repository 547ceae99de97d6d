"""The code that displays show in the waiting room: whoever can type it is there."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

COUNT = 4
#: A code is shown for so long, and accepted for so long again, for whoever has just read it.
LASTS = timedelta(minutes=10)


def here_code(secret: str, at: datetime) -> str:
    """The four digits of this moment. Whoever does not know `secret` has to look at a display, or guess."""
    slot = int(at.timestamp()) // int(LASTS.total_seconds())
    made = hmac.digest(secret.encode(), f"here {slot}".encode(), hashlib.sha256)
    return f"{int.from_bytes(made[:8]) % 10**COUNT:0{COUNT}d}"


def is_here_code(typed: str, secret: str, at: datetime) -> bool:
    """Whether this is the code of now or the one before, typed with whatever spaces."""
    found = "".join(typed.split())
    codes = (here_code(secret, at), here_code(secret, at - LASTS))
    return found.isascii() and sum(hmac.compare_digest(found, code) for code in codes) > 0
