"""The journal's lines and the chain that seals them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

#: What the first line of a journal names as the hash before it.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """One line: what happened (`kind`), when, by whom (`actor`, for example `doctor:3` or `kiosk:1`), to which token.

    `data` holds plain JSON values and never a name, a phone number or a secret.
    """

    kind: str
    at: datetime
    actor: str
    token_id: int | None = None
    department_id: int | None = None
    data: Mapping[str, object] | None = None


def seal(number: int, event: Event, previous: str) -> str:
    """The hash (SHA-256, hex) of line `number`, which binds it to the line before.

    A line that is edited, deleted, inserted or swapped breaks the chain at that line: a linear hash chain after
    Haber and Stornetta, "How to Time-Stamp a Digital Document" (1991).
    """
    line = [
        number,
        previous,
        event.kind,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor,
        event.token_id,
        event.department_id,
        event.data or {},
    ]
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def first_bad_line(lines: Iterable[tuple[int, Event, str]], previous: str = GENESIS, start: int = 1) -> int | None:
    """The number at which the chain of (number, event, hash) first breaks, or none when it is whole."""
    for expected, (number, event, digest) in enumerate(lines, start):
        if number != expected or seal(number, event, previous) != digest:
            return expected
        previous = digest
    return None
