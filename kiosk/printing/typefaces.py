"""The bundled fonts, loaded once, and how wide a text comes out in them."""

import math
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageFont, features

from kiosk.bidi import isolated
from kiosk.printing.scripts import Script, script_of


@dataclass(frozen=True)
class Typeface:
    """A font at one weight and size in dots; `language` where its letters have shapes of their own in it."""

    script: Script
    weight: str
    size: int
    language: str | None = None

    @property
    def leading(self) -> int:
        """Dots from one baseline to the next."""
        return round(self.size * self.script.leading)

    def width(self, text: str) -> int:
        """Dots that the shaped text takes, rounded up, ink that hangs over its last character included."""
        return _width(self, text)

    @property
    def font(self) -> ImageFont.FreeTypeFont:
        """The loaded font, shaping complex scripts."""
        return _load(str(self.script.path(self.weight)), self.size)


def typeface_for(text: str, size: int, *, bold: bool = False, language: str = "") -> Typeface:
    """The typeface whose script can show the text, with the shapes that the language (such as mr) has in it."""
    script = script_of(text)
    code = language.split("-", maxsplit=1)[0]
    return Typeface(script, "Bold" if bold else "Regular", size, code if code in script.own_shapes else None)


def joins_letters() -> bool:
    """Whether Indian scripts and Urdu are drawn as they are written, for which Pillow needs the system's FriBidi."""
    return bool(features.check("raqm"))


@lru_cache(maxsize=1024)
def _width(typeface: Typeface, text: str) -> int:
    drawn = isolated(text)
    left, _, right, _ = typeface.font.getbbox(drawn, anchor="ls", language=typeface.language)
    length = typeface.font.getlength(drawn, language=typeface.language)
    return max(math.ceil(length), math.ceil(right)) - min(0, math.floor(left))


@lru_cache(maxsize=64)
def _load(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
