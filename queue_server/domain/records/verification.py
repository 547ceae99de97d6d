"""What a signed paper says, as one number that changes with every letter of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from fractions import Fraction

from queue_server.domain.records.records import Certificate, Prescription


@dataclass(frozen=True, slots=True)
class IssuedPaper:
    """What the clinic remembers of a paper for whoever verifies it; nothing in here is personal.

    `content_hash` is of what was signed (in the paper's link), `file_hash` of the PDF file; both SHA-256 in hex.
    `replaced_at` is when a newer version was signed, none for the newest.
    """

    key: str
    kind: str
    version: int
    issued_at: datetime
    clinic: str
    content_hash: str
    file_hash: str
    replaced_at: datetime | None = None


def content_hash(signed: Prescription | Certificate) -> str:
    """SHA-256 in hex of everything that was signed, written as canonical JSON (sorted keys, no spaces, UTF-8).

    The paper's unguessable key is part of it, so the hash alone does not let anybody try out names.
    """
    content = {"format": 1, "kind": kind_of(signed), **asdict(signed)}
    text = json.dumps(content, default=_written, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def kind_of(signed: Prescription | Certificate) -> str:
    """`prescription`, or which certificate it is."""
    return "prescription" if isinstance(signed, Prescription) else str(signed.kind)


def _written(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"{value!r} has no canonical writing.")
