"""Lines of shaped text that a reader program gets back as they were typed.

Shaping leaves glyphs that no character has, in another order than the letters: each such line carries its text, and
each glyph the letters that it stands for.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Flowable, Paragraph

from kiosk.printing.scripts import LATIN, script_of
from queue_server.papers import glyph_letters
from queue_server.papers.tags import Tag, marked, spoken

glyph_letters.install()


class Lines(Paragraph):
    """A paragraph that knows its `words`, in their order, and its `tag`."""

    words: list[str]
    tag: Tag | None
    blPara: Any  # noqa: N815 - ReportLab's name

    def split(self, available: float, height: float) -> list[Flowable]:
        """As many lines as fit with their words, and the rest."""
        parts: list[Any] = list(super().split(available, height))
        if len(parts) == 2:
            first, rest = parts
            at = sum(map(_count, first.blPara.lines))
            first.words, rest.words = self.words[:at], self.words[at:]
            first.tag = rest.tag = self.tag
        return parts

    def draw(self) -> None:
        """Once for a reader; drawn again on another page, it says nothing."""
        with marked(self.canv, self.tag):
            super().draw()
        self.tag = None

    def beginText(self, x: float, y: float) -> PDFTextObject:  # noqa: N802 - ReportLab's name
        """A text that marks its lines."""
        return _MarkedText(self.canv, x, y, self.line_words())

    def line_words(self) -> list[list[str]]:
        """The words of each line; all with the first, where a sign without width makes the count unsure."""
        counts = [_count(line) for line in self.blPara.lines]
        if sum(counts) != len(self.words):
            return [self.words, *([[" "]] * (len(counts) - 1))]
        rest = iter(self.words)
        return [list(islice(rest, count)) for count in counts]


def words_of(text: str) -> list[str]:
    """What ReportLab takes for words: it ends no line at a space that must not break."""
    return [word for word in re.split("[ \n]+", text) if word]


def _count(line: Any) -> int:
    """The line's words. The space between two fonts counts as one for ReportLab where a line begins with it."""
    return int(line.wordCount) - str(line.words[0].text).startswith(" ")


def _is_plain(word: str) -> bool:
    return not set(word) & set(" \u00a0\u200c\u200d") and script_of(word) is LATIN


class _MarkedText(PDFTextObject):
    """Each line that its letters do not tell is drawn between the operators that say it."""

    _code: list[str]

    def __init__(self, canvas: Any, x: float, y: float, lines: list[list[str]]) -> None:
        super().__init__(canvas, x, y)
        self._lines = iter(lines)
        self._is_begun = self._is_spoken = False

    def _textOut(self, text: str, TStar: int = 0) -> None:  # noqa: N802, N803 - ReportLab's names
        if not self._is_begun:
            words = next(self._lines, [])
            self._is_begun, self._is_spoken = True, not all(map(_is_plain, words))
            if self._is_spoken:
                self._code.append(spoken(" ".join(words).replace("\u00a0", " ")))
        super()._textOut(text, TStar)  # type: ignore[misc]
        if TStar:
            if self._is_spoken:
                self._code.append("EMC")
            self._is_begun = False
