"""Sun and moon for people who do not read, as dots: the same shapes as on the clinic's papers."""

import math
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw

#: Drawn so many times larger and then made smaller, so that round things come out round.
_FINER = 4
_INK_BELOW = 150
#: Half of the square in which the shapes are given.
_HALF = 10.0


class _Pen:
    """Draws in a square from -10 to 10, y upwards, in black on white."""

    def __init__(self, side: int) -> None:
        self.picture = Image.new("L", (side * _FINER, side * _FINER), 255)
        self._draw = ImageDraw.Draw(self.picture)
        self._scale = side * _FINER / (2 * _HALF)

    def _box(self, x: float, y: float, radius: float) -> tuple[float, float, float, float]:
        left, top = (x - radius + _HALF) * self._scale, (_HALF - y - radius) * self._scale
        return left, top, left + 2 * radius * self._scale, top + 2 * radius * self._scale

    def line(self, x: float, y: float, to_x: float, to_y: float) -> None:
        places = [((px + _HALF) * self._scale, (_HALF - py) * self._scale) for px, py in ((x, y), (to_x, to_y))]
        self._draw.line(places, fill=0, width=self._width)

    def disc(self, x: float, y: float, radius: float, fill: int | None, outline: int | None = None) -> None:
        self._draw.ellipse(self._box(x, y, radius), fill=fill, outline=outline, width=self._width)

    def dome(self, y: float, radius: float, fill: int | None) -> None:
        self._draw.pieslice(self._box(0, y, radius), 180, 360, fill=fill, outline=0, width=self._width)

    def rays(self, first: int, last: int, inner: float, outer: float, y: float = 0) -> None:
        for angle in range(first, last + 1, 45):
            along, up = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            self.line(inner * along, y + inner * up, outer * along, y + outer * up)

    @property
    def _width(self) -> int:
        return round(1.3 * self._scale)


def _high(pen: _Pen) -> None:
    pen.disc(0, 0, 4.2, None, 0)
    pen.rays(0, 315, 6.3, 9.2)


def _low(pen: _Pen, fill: int | None) -> None:
    pen.dome(-5, 4.8, fill)
    pen.line(-9.5, -5.6, 9.5, -5.6)
    pen.rays(0, 180, 7, 9.6, -4)


def _moon(pen: _Pen) -> None:
    pen.disc(0, 0, 8.8, 0)
    pen.disc(4.6, 3.2, 7.2, 255)


_SHAPES: dict[str, Callable[[_Pen], None]] = {
    "morning": lambda pen: _low(pen, None),
    "noon": _high,
    # Dark, because on paper nothing else tells the setting sun from the rising one.
    "evening": lambda pen: _low(pen, 0),
    "night": _moon,
}


@cache
def sign(time: str, side: int) -> Image.Image:
    """The sign of `morning`, `noon`, `evening` or `night` in mode "1", `side` dots wide and high."""
    pen = _Pen(side)
    _SHAPES[time](pen)
    small = pen.picture.resize((side, side), Image.Resampling.LANCZOS)
    return small.point([0 if grey < _INK_BELOW else 255 for grey in range(256)], mode="1")
