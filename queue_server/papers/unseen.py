"""Letters that nobody sees, over a picture of Urdu: what a reader program finds, copies and searches.

Readers expect a right-to-left text as it stands on paper, each letter right of the next, and turn it round themselves.
`/ActualText` in the page's own order is turned round too, so it comes out backwards (findings/pdf-actualtext-rtl.sh).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, groupby
from typing import Any, NamedTuple

from kiosk.bidi import is_right_to_left

#: Name and size.
Font = tuple[str, float]
#: Left end, baseline, width.
Place = tuple[float, float, float]

_INVISIBLE = 3
#: Inside a word that is written from right to left, digits and Latin letters keep their order.
_PIECE = re.compile(r"[0-9A-Za-z½¼¾]+(?:[.,:/–-][0-9A-Za-z½¼¾]+)*|.")
_TURNED = str.maketrans("()[]{}", ")(][}{")


class Placed(NamedTuple):
    """A word of a line: its number in the text, its letters from left to right, and whether it is written leftwards."""

    order: int
    letters: str
    is_turned: bool


def ordered(line: str, is_leftwards: bool) -> list[Placed]:
    """The words from left to right, as they stand on paper where the line begins at the right or not."""
    ways = _ways(line.split(" "), is_leftwards)
    words = [
        Placed(index, _turned(word) if way else word, way)
        for index, (word, way) in enumerate(zip(line.split(" "), ways, strict=True))
    ]
    runs = [list(run)[:: -1 if way else 1] for way, run in groupby(words, key=lambda word: word.is_turned)]
    return list(chain.from_iterable(runs[:: -1 if is_leftwards else 1]))


def write(canvas: Any, line: str, is_leftwards: bool, font: Font, place: Place) -> None:
    """Write the line into the place. A reader meets the words in the order of the text."""
    x, y, width = place
    stretch = width / (canvas.stringWidth(line, *font) or width)
    space = canvas.stringWidth(" ", *font) * stretch
    places = []
    for word in ordered(line, is_leftwards):
        after = x + canvas.stringWidth(word.letters, *font) * stretch
        places.append((word, x, x - space if word.is_turned else after))
        x = after + space
    text = canvas.beginText(0, y)
    text.setFont(*font)
    text.setTextRenderMode(_INVISIBLE)
    text.setHorizScale(stretch * 100)
    for word, start, gap in sorted(places):
        for at, letters in ((start, word.letters), (gap, " ")):
            text.setTextOrigin(at, y)
            text.textOut(letters)
    canvas.drawText(text)


def _ways(words: Sequence[str], is_leftwards: bool) -> list[bool]:
    """Whether each word is written leftwards: a sign goes with its neighbours where they agree, else with the line."""
    known = [_way(word) for word in words]

    def way(index: int) -> bool:
        before = next((one for one in known[index::-1] if one is not None), is_leftwards)
        after = next((one for one in known[index:] if one is not None), is_leftwards)
        return before if before == after else is_leftwards

    return [way(index) for index in range(len(words))]


def _way(word: str) -> bool | None:
    if is_right_to_left(word):
        return True
    return False if any(character.isalnum() for character in word) else None


def _turned(word: str) -> str:
    return "".join(piece.translate(_TURNED) for piece in reversed(_PIECE.findall(word)))
