"""The digits that a slip prints: with its QR they open the papers of the visit."""

from __future__ import annotations

import hashlib
import hmac

COUNT = 4


def slip_digits(secret: str, key: str) -> str:
    """Four digits for the slip with this link's key. Whoever knows the link only, and not `secret`, has to guess."""
    made = hmac.digest(secret.encode(), key.encode(), hashlib.sha256)
    # 64 bits over 10,000: every number is as likely as the next, to within one in 10^15.
    return f"{int.from_bytes(made[:8]) % 10**COUNT:0{COUNT}d}"


def is_digits_of(typed: str, secret: str, key: str) -> bool:
    """Whether these are the slip's digits, typed with whatever spaces."""
    found = "".join(typed.split())
    return found.isascii() and hmac.compare_digest(found, slip_digits(secret, key))
