"""What a sentence is spoken of: pieces that each have one clip, whatever numbers stand between them.

A piece's key is a figure ("0" to "99"), a capital letter, or a text as it is written, without signs at its ends.
`static/js/shared/voice-pieces.js` does the same in the browser.
"""

from __future__ import annotations

import re
import unicodedata

# Isolates and marks of direction, which no voice says; joiners belong to the words.
_UNSAID = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_EDGES = r"[\s.,:;!?…()«»“”\"'/&+·•–—\-\u0964\u0965\u060c\u061b\u061f\u06d4]+"
_AT_EDGES = re.compile(f"^{_EDGES}|{_EDGES}$")
#: Stands where a sentence ends and another one begins.
PAUSE = "."
_RUNS = re.compile(r"\d+|\D+")
# A sentence ends with a sign and a space, or with a sign that ends nothing else.
ENDS = re.compile(r"[.!?:;…]+\s+|[\u0964\u0965\u06d4\u061f]+\s*|\s+[·•–—]\s+")


def key(text: str) -> str:
    """The text as its clip is looked up; empty when nothing of it is said."""
    plain = " ".join(_UNSAID.sub("", unicodedata.normalize("NFC", text)).split())
    return _AT_EDGES.sub("", plain)


def figures(digits: str) -> list[str]:
    """The keys of a number as people say it: whole below a hundred, else digit by digit, as with a zero before it."""
    plain = "".join(str(unicodedata.decimal(digit)) for digit in digits)
    return [plain] if len(plain) == 1 or (len(plain) == 2 and plain[0] != "0") else list(plain)


def pieces(text: str) -> list[str]:
    """The keys of what a sentence is spoken of, in their order, with a `PAUSE` where a sentence ends."""
    found: list[str] = []
    for part in ENDS.split(_UNSAID.sub("", text)):
        said = [piece for run in _RUNS.findall(part) for piece in _of(run)]
        found.extend([PAUSE, *said] if found and said else said)
    return found


def _of(run: str) -> list[str]:
    return figures(run) if run.isdecimal() else [piece for piece in (key(run),) if piece]
