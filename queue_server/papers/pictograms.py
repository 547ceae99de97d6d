"""Sun and moon for people who do not read, drawn as lines so that they print sharp and cost nothing."""

from __future__ import annotations

import math

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from queue_server.papers.blocks import INK
from queue_server.papers.tags import marked


class Pictogram(Flowable):
    """The pictogram of a time of day (`morning`, `noon`, `evening`, `night`), `side` points wide and high, centred."""

    def __init__(self, time: str, side: float = 15) -> None:
        super().__init__()
        self.time = time
        self.side = side

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """As wide as the place."""
        self._width = available
        return available, self.side

    def draw(self) -> None:
        """Centred in the place."""
        # The word beside it is read.
        with marked(self.canv, None):
            self._show(self.canv)

    def _show(self, canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(self._width / 2, self.side / 2)
        canvas.scale(self.side / 20, self.side / 20)
        canvas.setStrokeColor(INK)
        canvas.setFillColor(INK)
        canvas.setLineWidth(1.3)
        canvas.setLineCap(1)
        {"morning": _rising, "noon": _high, "evening": _setting, "night": _moon}[self.time](canvas)
        canvas.restoreState()


def _rays(canvas: Canvas, first: int, last: int, from_radius: float, to_radius: float, y: float = 0) -> None:
    """A ray every 45 degrees from `first` to `last`, both in degrees."""
    for angle in range(first, last + 1, 45):
        along, up = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        canvas.line(from_radius * along, y + from_radius * up, to_radius * along, y + to_radius * up)


def _high(canvas: Canvas) -> None:
    canvas.circle(0, 0, 4, stroke=1, fill=0)
    _rays(canvas, 0, 315, 6.3, 9.2)


def _rising(canvas: Canvas) -> None:
    _half_sun(canvas)
    _rays(canvas, 0, 180, 7, 9.6, -4)


def _setting(canvas: Canvas) -> None:
    # Dark, because on paper nothing else tells the setting sun from the rising one.
    _half_sun(canvas, fill=1)
    _rays(canvas, 0, 180, 7, 9.6, -4)


def _half_sun(canvas: Canvas, fill: int = 0) -> None:
    path = canvas.beginPath()
    path.arc(-4.5, -8.5, 4.5, 0.5, startAng=0, extent=180)
    canvas.drawPath(path, stroke=1, fill=fill)
    canvas.line(-9.5, -6.6, 9.5, -6.6)


def _moon(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.moveTo(2.6, 8.4)
    path.curveTo(-3.6, 8.8, -8.4, 4.6, -8.4, -0.4)
    path.curveTo(-8.4, -5.4, -4.2, -8.8, 0.4, -8.8)
    path.curveTo(4.2, -8.8, 7.2, -6.6, 8.4, -3.2)
    path.curveTo(5.8, -4.8, 2.2, -4.4, 0.2, -1.8)
    path.curveTo(-2.2, 1.4, -1.2, 6.0, 2.6, 8.4)
    canvas.drawPath(path, stroke=0, fill=1)
