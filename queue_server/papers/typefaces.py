"""The bundled fonts in a PDF, and a text in the fonts of its scripts."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from io import BytesIO
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont as FontFile
from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics

from kiosk.printing.scripts import LATIN, SCRIPTS, URDU, WEIGHTS, Script, script_of
from queue_server.papers.glyph_letters import LetteredFont
from queue_server.papers.words import LANGUAGES

#: The combining class of the characters that join a consonant to the next.
_VIRAMA = 9
#: Family, unique, full and PostScript name in a font's `name` table.
_NAMES = {1, 3, 4, 6}


#: The language of the paper that is being made; fonts have other shapes for some.
_language: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """Inside, letters have the shapes of this language."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def name_of(script: Script, weight: str = "Regular") -> str:
    """The name of the script's font in ReportLab, which knows it from now on, with the paper's language's shapes."""
    return _name_of(script, weight, _own(script))


@cache
def _name_of(script: Script, weight: str, language: str | None) -> str:
    name = "-".join(filter(None, (script.path(weight).stem, language)))
    if name not in pdfmetrics.getRegisteredFontNames():
        file = localised(script, weight, language) if language else str(script.path(weight))
        font = LetteredFont(name, file, asciiReadable=0)
        _name_all_glyphs(font)
        pdfmetrics.registerFont(font)
    return name


def _own(script: Script) -> str | None:
    """The paper's language, if the script's font has shapes of its own for it."""
    return _language.get() if _language.get() in script.own_shapes else None


def localised(script: Script, weight: str, language: str) -> BytesIO:
    """The font with the language's shapes as its only ones, under a name of its own.

    ReportLab cannot tell HarfBuzz in which language a text is, and takes fonts with the same PostScript name for one.
    """
    with FontFile(script.path(weight), recalcTimestamp=False) as font:
        for record in font["GSUB"].table.ScriptList.ScriptRecord:
            for own in record.Script.LangSysRecord:
                if own.LangSysTag == script.own_shapes[language]:
                    record.Script.DefaultLangSys = own.LangSys
        for named in font["name"].names:
            if named.nameID in _NAMES:
                named.string = f"{named.toUnicode()}-{language}"
        written = BytesIO()
        font.save(written)
    written.seek(0)
    return written


def load() -> None:
    """All fonts are known, so that the first paper is as quick as the next."""
    for script in (LATIN, *SCRIPTS):
        for weight in WEIGHTS if script is not URDU else ():
            for language in (None, *script.own_shapes):
                _name_of(script, weight, language if language in LANGUAGES else None)


def is_raster(text: str) -> bool:
    """Whether the text has to be drawn as a picture, because ReportLab gets the order of its letters wrong."""
    return URDU.count(text) > 0


def clean(text: str) -> str:
    """The text without invisible and undefined characters; breaks of lines and paragraphs are line breaks.

    Private characters go too: in a PDF's fonts they are the glyphs that no character has.
    """
    return "".join(_shown(character) for character in text.replace("\r\n", "\n"))


def _shown(character: str) -> str:
    if character in "\n\u200c\u200d":
        return character
    category = unicodedata.category(character)
    if category in {"Zl", "Zp"} or character == "\r":
        return "\n"
    if category == "Zs" and character != "\u00a0":
        return " "
    return "" if category in {"Cc", "Cf", "Cs", "Co", "Cn"} else character


def fitted(text: str, weight: str, size: float, width: float) -> str:
    """The text as it can be shown. A word wider than `width` points is parted where no letter is torn: ReportLab would
    tear shaped ones to pieces.
    """
    # No letter is wider than one and a half times its size, so the words of a short text need not be measured.
    fitting = clean(text)
    if len(text) * size * 1.5 > width:
        fitting = parted(fitting, width, lambda word: _width(word, weight, size, _own(script_of(word))))
    return fitting


def marked_up(fitting: str, weight: str) -> str:
    """The text as a paragraph's markup, every word in the font of its script. The text cannot bring its own markup."""
    return "<br/>".join(_line(line, weight) for line in fitting.split("\n"))


def language_of(text: str) -> str:
    """The language that a reader program is to speak the text in, where it is not the paper's: English for Latin."""
    is_other = _language.get() != "en" and script_of(text) is LATIN and any(map(str.isalpha, text))
    return "en" if is_other else ""


def longest_word(text: str, weight: str, size: float) -> float:
    """Points that the text's widest word takes."""
    return max((_width(word, weight, size, _own(script_of(word))) for word in clean(text).split()), default=0)


def parted(text: str, width: float, measure: Callable[[str], float]) -> str:
    """The text with spaces in words that are wider than `width`, where no letter is torn."""
    return re.sub(r"[^ \n]+", lambda found: _parted(found[0], width, measure), text)


def _parted(word: str, width: float, measure: Callable[[str], float]) -> str:
    """The word, or pieces of it that fit, each as long as it gets, with spaces between.

    No more is measured than about twice each piece, so the work grows with the word's length and not with its square.
    """
    seams = [*(end for end in range(1, len(word)) if _is_seam(word, end)), len(word)]
    pieces, start, at = [], 0, 0
    while at < len(seams):
        step = 1
        while at + step < len(seams) and measure(word[start : seams[at + step]]) <= width:
            step *= 2
        fitting = range(at, min(at + step, len(seams)))
        # The widths grow with the length, near enough: the last that fits is found by halving.
        at += max(1, bisect_right(fitting, width, key=lambda index: measure(word[start : seams[index]])))
        pieces.append(word[start : seams[at - 1]])
        start = seams[at - 1]
    return " ".join(pieces)


def _is_seam(word: str, at: int) -> bool:
    """Whether the word can be parted here: before no mark, and after no character that joins what follows."""
    is_mark = unicodedata.category(word[at]).startswith("M") or word[at] in "\u200c\u200d"
    return not is_mark and unicodedata.combining(word[at - 1]) != _VIRAMA and word[at - 1] != "\u200d"


@lru_cache(maxsize=4096)
def _width(word: str, weight: str, size: float, language: str | None) -> float:
    """Points that the shaped word takes."""
    font = ImageFont.truetype(str(script_of(word).path(weight)), 100, layout_engine=ImageFont.Layout.RAQM)
    return font.getlength(word, language=language) * size / 100


def _line(line: str, weight: str) -> str:
    runs = groupby(line.split(" "), script_of)
    marked = [(name_of(script, weight), escape(" ".join(words))) for script, words in runs]
    return " ".join(f'<font name="{name}">{words}</font>' for name, words in marked)


def _name_all_glyphs(font: Any) -> None:
    """Give every glyph that no character maps to a private code now, in the order of the font.

    ReportLab hands those codes out as shaping meets the glyphs, so a paper's bytes would depend on the papers before.
    """
    shaper = font.hbFont(10)
    for glyph in range(font.hbFace.glyph_count):
        if glyph not in font.face.glyphToChar:
            font.hbAddPrivate(shaper.glyph_to_string(glyph), glyph, shaper.get_glyph_h_advance(glyph))
