"""What stands at the head of every paper that the clinic hands out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from queue_server.domain.form_reading import Reader, clean

#: Bytes of a logo as it is uploaded.
LARGEST_LOGO = 2 * 1024 * 1024

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
class SlipExtras:
    """What a slip shows besides the queue: a sentence in its language, and the logo (PNG in base64)."""

    text: str | None = None
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What an administrator has set: the words on papers, and what slips say besides.

    `name` is empty for the clinic's own. `slip_texts` maps language → a sentence at the slip's end.
    """

    name: str = ""
    lines: tuple[str, ...] = ()
    slip_texts: Mapping[str, str] = field(default_factory=dict)
    is_logo_on_slips: bool = True


def read_heading(reader: Reader, languages: Collection[str]) -> Heading:
    """The heading of a form or a file; what is wrong with it is noted by the reader.

    `lines` is one text with a line break after each, `slip_texts` maps language → sentence; empty ones are left out.
    Nothing in it is longer than it may be, so that what is still being typed can be drawn.
    """
    reader.known("name", "lines", "slip_texts", "is_logo_on_slips")
    name = reader.text("name", LONGEST_NAME, is_required=False)
    sent = reader.sent.get("lines") or ""
    if not isinstance(sent, str):
        reader.wrong("lines", "not_text")
        sent = ""
    lines = [line for each in sent.splitlines() if (line := clean(each))]
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        reader.wrong("lines", "too_long", longest=LONGEST_LINE)
    texts = reader.texts("slip_texts", LONGEST_SLIP_TEXT, languages)
    is_shown = reader.flag("is_logo_on_slips", default=True)
    kept = tuple(line[:LONGEST_LINE] for line in lines[:MOST_LINES])
    return Heading(name, kept, texts, is_shown)


def written(heading: Heading) -> dict[str, object]:
    """The heading as `read_heading` reads it."""
    return {
        "name": heading.name,
        "lines": "\n".join(heading.lines),
        "slip_texts": dict(heading.slip_texts),
        "is_logo_on_slips": heading.is_logo_on_slips,
    }
