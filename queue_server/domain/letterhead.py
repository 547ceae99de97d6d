"""What stands at the head of every paper that the clinic hands out."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import UTC, tzinfo

from queue_server.domain.errors import BadInput

LONGEST_NAME = 80
LONGEST_LINE = 90
MOST_LINES = 5
LONGEST_SLIP_TEXT = 160


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The clinic as its papers name it. `lines` (address, phone, registration) stand below the name, as written.

    `logo` is a PNG or JPEG, or none. `verify_at` begins the link in a paper's QR code: `verify_at`/<key>?h=<hash>.
    Times of day are written in `zone`.
    """

    name: str
    lines: tuple[str, ...] = ()
    logo: bytes | None = None
    verify_at: str = "http://localhost:8000/verify"
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Heading:
    """What an administrator has set: the words on papers, and what slips say besides.

    `name` is empty for the clinic's own. `slip_texts` maps language → a sentence at the slip's end.
    """

    name: str = ""
    lines: tuple[str, ...] = ()
    slip_texts: Mapping[str, str] = with_default(default_factory=dict)
    is_logo_on_slips: bool = True


def checked(heading: Heading) -> Heading:
    """The heading without empty lines and stray spaces. Raises `BadInput` naming the field."""
    name = _line("name", heading.name, LONGEST_NAME)
    lines = tuple(line for each in heading.lines if (line := _line("lines", each, LONGEST_LINE)))
    if len(lines) > MOST_LINES:
        raise BadInput("lines", f"A letterhead has at most {MOST_LINES} lines, not {len(lines)}.")
    said = {code: _line(f"slip_text_{code}", text, LONGEST_SLIP_TEXT) for code, text in heading.slip_texts.items()}
    return Heading(name, lines, {code: text for code, text in said.items() if text}, heading.is_logo_on_slips)


def _line(field: str, text: str, longest: int) -> str:
    line = " ".join(text.split())
    if len(line) > longest:
        raise BadInput(field, f"{field} has {len(line)} signs on one line; {longest} are the most.")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in line):
        raise BadInput(field, f"{field} holds a sign that cannot be printed.")
    return line
