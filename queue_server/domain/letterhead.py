"""What stands at the head of every paper that the clinic hands out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The clinic as its papers name it. `lines` (address, phone, registration) stand below the name, as written.

    `logo` is a PNG or none. `verify_at` begins the link in a paper's QR code: `verify_at`/<key>?h=<hash>.
    Times of day are written in `zone`.
    """

    name: str
    lines: tuple[str, ...] = ()
    logo: bytes | None = None
    verify_at: str = "http://localhost:8000/verify"
    zone: tzinfo = UTC
