"""The typed letters behind a PDF's glyphs, for readers that do not know `/ActualText`: Firefox and most programs.

ReportLab says of a shaped glyph only the private code that it has given to it. Here each glyph of a cluster gets its
share of the cluster's letters, so that all together read as what was typed (findings/pdf-actualtext-ignored.sh).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import ShapedFragWord, ShapedStr, TTFont
from reportlab.platypus import paragraph

#: The private planes of Unicode, which no text that is shown has.
_FIRST, _LAST = 0xF0000, 0x10FFFD

_reportlab: Any = paragraph
_shape = _reportlab.shapeFragWord


class LetteredFont(TTFont):
    """A font that knows, for codes of its own, the glyph and the letters that a reader is told of it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._codes: dict[tuple[int, str], int] = {}

    def lettered(self, character: str, letters: str) -> str:
        """The character that is drawn as this one and read as the letters; the same one where codes have run out."""
        if character.replace("\u00a0", " ") == letters:
            return character
        glyph = self.face.charToGlyph[ord(character)]
        code = self._codes.get((glyph, letters), _FIRST + len(self._codes))
        if code > _LAST:
            return character
        self._codes[glyph, letters] = code
        self.face.charToGlyph[code] = glyph
        self.face.charWidths[code] = self.face.charWidths[ord(character)]
        return chr(code)

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab's name
        """The font's parts, each with a table of what its codes are read as."""
        subsets = enumerate(self.state[doc].subsets)
        parts = [(self.getSubsetInternalName(index, doc)[1:], codes) for index, codes in subsets]
        super().addObjects(doc)
        letters = {code: text for (_, text), code in self._codes.items()}
        for name, codes in parts:
            table = doc.idToObject[doc.idToObject["BasicFonts"].dict[name].ToUnicode.name]
            for index, code in enumerate(codes):
                if code in letters:
                    read = letters[code].encode("utf-16-be").hex().upper()
                    table.content = table.content.replace(f"<{index:02X}> <{code:04X}>", f"<{index:02X}> <{read}>")


def install() -> None:
    """From now on ReportLab's paragraphs keep the letters of what they shape."""
    _reportlab.shapeFragWord = _lettered


def _lettered(word: Any) -> Any:
    """The word as ReportLab shapes it, each glyph with its share of the letters."""
    shaped = _shape(word)
    if shaped is word or not isinstance(shaped, ShapedFragWord):
        return shaped
    text = "".join(letters for _, letters in word[1:]).replace("\u00a0", " ")
    shares = iter(_shares(text, [one.cluster for _, glyphs in shaped[1:] for one in glyphs.__shapeData__]))
    for index, (style, glyphs) in enumerate(shaped[1:], 1):
        font: Any = pdfmetrics.getFont(style.fontName)
        drawn = "".join(font.lettered(glyph, next(shares)) for glyph in glyphs)
        shaped[index] = (style, ShapedStr(drawn, glyphs.__shapeData__))
    return shaped


def _shares(text: str, clusters: Sequence[int]) -> Iterator[str]:
    """The letters of each glyph; `clusters`: where in the text each glyph's letters begin, which only rises."""
    begins = [index for index, at in enumerate(clusters) if index == 0 or at != clusters[index - 1]]
    glyphs, letters = 0, ""
    for first, after in pairwise([*begins, len(clusters)]):
        end = clusters[after] if after < len(clusters) else len(text)
        glyphs, letters = glyphs + after - first, letters + text[clusters[first] : end]
        # A vowel sign of two parts is two glyphs, of which one stands in the cluster before it.
        if after < len(clusters) and len(letters) < glyphs:
            continue
        yield from _dealt(letters, glyphs)
        glyphs, letters = 0, ""


def _dealt(letters: str, glyphs: int) -> list[str]:
    """The letters dealt out to so many glyphs: one each, the rest to the last."""
    parts = list(letters if len(letters) >= glyphs else unicodedata.normalize("NFD", letters))
    return [*parts[: glyphs - 1], "".join(parts[glyphs - 1 :]), *[""] * (glyphs - 1 - len(parts))]
