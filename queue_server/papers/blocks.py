"""Pieces of a page that hold text: a shaped paragraph, or a picture of one where ReportLab cannot order the letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable

from kiosk.bidi import isolated
from kiosk.printing.scripts import LATIN, URDU, script_of
from queue_server.papers import unseen
from queue_server.papers.lines import Lines, words_of
from queue_server.papers.tags import Tag, marked
from queue_server.papers.typefaces import (
    clean,
    fitted,
    is_raster,
    language_of,
    longest_word,
    marked_up,
    name_of,
    parted,
)

INK = HexColor("#10202a")
SOFT = HexColor("#51606a")
ACCENT = HexColor("#0b5068")
LINE = HexColor("#c3ccd1")
SHADE = HexColor("#eef2f4")

_ALIGNMENTS: Mapping[str, Literal[0, 1, 2]] = {"left": 0, "centre": 1, "right": 2}

_LARGEST_LEADING = 1.42

#: Dots of a picture of text per point of the paper: 300 dots an inch.
_DOTS = 300 / 72


@dataclass(frozen=True, slots=True)
class Look:
    """How a text looks; `size` in points. Where `is_fitted`, it gets smaller until its longest word fits."""

    size: float = 9
    weight: str = "Regular"
    colour: Color = INK
    align: str = "left"
    space_before: float = 0
    is_fitted: bool = False


def said(text: str, look: Look, kind: str = "P") -> Block:
    """The text as a block that is as wide as the place it gets. Any text is right: none brings markup of its own.

    `kind` is what it is for a reader program: a paragraph, or a heading (`H1`, `H2`).
    """
    return RasterText(clean(text), look, kind) if is_raster(text) else ShapedText(text, look, kind)


class Block(Flowable):
    """A text; `tag` until it is drawn: on a further page it says nothing."""

    def __init__(self, text: str, look: Look, kind: str = "P") -> None:
        super().__init__()
        self.text = text
        self.look = look
        self.spaceBefore = look.space_before
        self.tag: Tag | None = Tag(kind) if text.strip() else None

    def draw(self) -> None:
        """At the place."""
        with marked(self.canv, self.tag):
            self._show()
        self.tag = None

    def _show(self) -> None:
        raise NotImplementedError


class ShapedText(Block):
    """A paragraph, shaped by HarfBuzz, made when the width of its place is known."""

    _made: tuple[float, Lines] | None = None

    def wrap(self, available: float, height: float) -> tuple[float, float]:
        """As wide as the place."""
        return available, self._paragraph(available).wrap(available, height)[1]

    def split(self, available: float, height: float) -> list[Flowable]:
        """As many lines as fit, and the rest."""
        return list(self._paragraph(available).split(available, height))

    def _show(self) -> None:
        assert self._made is not None  # noqa: S101 - a block is drawn after it was wrapped
        self._made[1].drawOn(self.canv, 0, 0)

    def _paragraph(self, available: float) -> Lines:
        if self._made is None or self._made[0] != available:
            look = self.look
            size = look.size
            if look.is_fitted and (widest := longest_word(self.text, look.weight, size)) > available:
                size *= 0.97 * available / widest
            leading = size * min(script_of(self.text).leading, _LARGEST_LEADING)
            style = ParagraphStyle(
                "text",
                fontName=name_of(LATIN, look.weight),
                fontSize=size,
                leading=leading,
                textColor=look.colour,
                alignment=_ALIGNMENTS[look.align],
                splitLongWords=0,
                shaping=1,
            )
            text = fitted(self.text, look.weight, size, available)
            made = Lines(marked_up(text, look.weight), style)
            made.words, made.tag = words_of(text), self.tag
            if self.tag:
                self.tag.language = language_of(text)
            self._made = available, made
        return self._made[1]


class RasterText(Block):
    """Lines of Urdu, ordered and shaped by raqm, as a grey picture with 300 dots an inch, under letters to be read."""

    _lines: Sequence[str] = ()

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """Break the lines; the block is as wide as the place."""
        self._width = available
        self._lines = [
            line for paragraph in self.text.split("\n") for line in _broken(paragraph, self._font, available * _DOTS)
        ]
        return available, self._leading * max(1, len(self._lines))

    def split(self, available: float, height: float) -> list[Flowable]:
        """As many lines as fit, and the rest."""
        self.wrap(available, height)
        fitting = int(height / self._leading)
        if fitting < 1 or len(self._lines) <= fitting:
            return [self] if fitting else []
        parts = self._lines[:fitting], self._lines[fitting:]
        made = [RasterText("\n".join(lines), self.look) for lines in parts]
        for part in made:
            part.tag = self.tag
        return list(made)

    def _show(self) -> None:
        """Each line is a picture of its own."""
        if self.tag:
            self.tag.text = " ".join(filter(None, (self.tag.text, *self._lines)))
        height = self._leading * len(self._lines)
        for index, line in enumerate(self._lines):
            if not line:
                continue
            direction = _direction(self.text)
            picture = _picture(isolated(line), self._font, _grey(self.look.colour), direction)
            width = picture.width / _DOTS
            slack = self._width - width
            x = {"left": 0.0, "centre": slack / 2, "right": slack}[self.look.align]
            y = height - (index + 1) * self._leading
            # White is see-through, so that a shaded place stays shaded.
            self.canv.drawImage(ImageReader(picture), x, y, width, picture.height / _DOTS, mask=[255, 255])
            font, baseline = (name_of(URDU), self.look.size), y + self._leading * 0.34
            unseen.write(self.canv, line, direction == "rtl", font, (x, baseline, width))

    @property
    def _leading(self) -> float:
        return self.look.size * URDU.leading

    @property
    def _font(self) -> ImageFont.FreeTypeFont:
        return _font(self.look.weight, round(self.look.size * _DOTS))


@lru_cache(maxsize=16)
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(URDU.path(weight)), size, layout_engine=ImageFont.Layout.RAQM)


def _broken(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """The text in lines that fit; a word that is too long is parted."""
    lines = [""]
    for word in parted(text, width, font.getlength).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _picture(line: str, font: ImageFont.FreeTypeFont, ink: int, direction: str) -> Image.Image:
    """The line, dark on white, in a picture as high as a line."""
    height = round(font.size * URDU.leading)
    left, _, right, _ = font.getbbox(line, anchor="ls", direction=direction)
    picture = Image.new("L", (int(right - min(left, 0)) + 2, height), 255)
    at = (1 - min(left, 0), round(height * 0.66))
    ImageDraw.Draw(picture).text(at, line, fill=ink, font=font, anchor="ls", direction=direction)
    # Sixteen greys look like 256 and take a third of the bytes.
    return picture.point([min(255, grey // 17 * 17) for grey in range(256)])


def _direction(text: str) -> str:
    """The first letter's, so that a label in two scripts begins with its English."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return "ltr" if next((kind for kind in kinds if kind in {"L", "R", "AL"}), "AL") == "L" else "rtl"


def _grey(colour: Color) -> int:
    return round((0.3 * colour.red + 0.59 * colour.green + 0.11 * colour.blue) * 255)
