"""The SVG of `queue_server.charts` drawn on a page: the few elements that it uses, in the colours of the screens."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Xml

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from queue_server.papers.blocks import INK, LINE, SHADE, SOFT, Look, said
from queue_server.papers.tags import Tag, marked

#: Colour → of surfaces, of lines: the departments' `--dept` and `--dept-text` of static/css/tokens.css.
COLOURS: Mapping[str, tuple[str, str]] = {
    "slate": ("#46555e", "#3a4850"),
    "teal": ("#0a6b63", "#085750"),
    "blue": ("#1f4fa3", "#1b458f"),
    "amber": ("#efae35", "#704500"),
    "violet": ("#5c3c99", "#503386"),
    "rose": ("#ad2459", "#941c4b"),
    "green": ("#2f6b2a", "#275a23"),
    "brick": ("#a4431c", "#873616"),
}
#: Fields of a heat map from empty to full, as static/css/charts.css has them.
HEAT = ("#eef2f4", "#d3e9e6", "#a3d0ca", "#67aea6", "#0a6b63", "#06443f")
_FALLBACK = "slate"
#: Letters of a chart, in units of its view box.
_LETTERS = 13.0
_HIGHEST = 58 * mm


class Chart(Flowable):
    """A chart, as wide as its place."""

    def __init__(self, svg: str) -> None:
        super().__init__()
        # Not from outside: the server's own charts.
        self._root = Xml.fromstring(svg)  # noqa: S314  # nosec B314
        _, _, self._wide, self._high = (float(number) for number in self._root.get("viewBox", "0 0 1 1").split())

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """In the chart's own proportion, and no higher than two lie on a page with their tables."""
        self._scale = min(available / self._wide, _HIGHEST / self._high)
        return available, self._high * self._scale

    def draw(self) -> None:
        """The first element first, so that later ones cover it."""
        with marked(self.canv, Tag("Figure", alternative=self._named())):
            self.canv.saveState()
            self.canv.scale(self._scale, self._scale)
            for child in self._root:
                self._element(child, _FALLBACK, 0)
            self.canv.restoreState()

    def _named(self) -> str:
        """The chart's title and its description."""
        named = (child.text or "" for child in self._root if child.tag.rsplit("}", 1)[-1] in {"title", "desc"})
        return ". ".join(filter(None, map(str.strip, named)))

    def _element(self, element: Xml.Element, colour: str, place: int) -> None:
        colour = element.get("data-colour") or colour
        kinds = (element.get("class") or "").split()
        place = next((int(kind.rsplit("-", 1)[1]) for kind in kinds if kind.startswith("chart-series-")), place)
        place = next((int(kind.rsplit("-", 1)[1]) for kind in kinds if kind.startswith("chart-heat-")), place)
        kind = kinds[0] if kinds else ""
        name = element.tag.rsplit("}", 1)[-1]
        painter = {
            "rect": self._rect,
            "line": self._line,
            "polyline": self._path,
            "polygon": self._path,
            "circle": self._circle,
            "text": self._text,
        }.get(name)
        if painter is not None:
            self.canv.saveState()
            surface, line = COLOURS.get(colour, COLOURS[_FALLBACK])
            is_line = kind in {"chart-line", "chart-dot"}
            painter(element, kind, HexColor(line if is_line else surface), place)
            self.canv.restoreState()
        elif name == "g":
            for child in element:
                self._element(child, colour, place)

    def _rect(self, element: Xml.Element, kind: str, colour: Color, place: int) -> None:
        x, y, width, height = (float(element.get(name, 0)) for name in ("x", "y", "width", "height"))
        fills = {"chart-goal": SHADE, "chart-cell": HexColor(HEAT[min(place, len(HEAT) - 1)])}
        self.canv.setFillColor(fills.get(kind, colour))
        self.canv.rect(x, self._high - y - height, width, height, stroke=0, fill=1)

    def _line(self, element: Xml.Element, kind: str, colour: Color, _place: int) -> None:
        x1, y1, x2, y2 = (float(element.get(name, 0)) for name in ("x1", "y1", "x2", "y2"))
        self.canv.setStrokeColor({"chart-grid": LINE, "chart-foot": INK}.get(kind, colour))
        self.canv.setLineWidth(1)
        self.canv.line(x1, self._high - y1, x2, self._high - y2)

    def _path(self, element: Xml.Element, kind: str, colour: Color, place: int) -> None:
        points = [tuple(map(float, pair.split(","))) for pair in (element.get("points") or "").split()]
        path = self.canv.beginPath()
        for index, (x, y) in enumerate(points):
            (path.lineTo if index else path.moveTo)(x, self._high - y)
        if kind == "chart-band":
            path.close()
            self.canv.setFillColor(_faded(colour, 0.18))
            self.canv.drawPath(path, stroke=0, fill=1)
            return
        self.canv.setStrokeColor(colour)
        self.canv.setLineWidth(2.5)
        # Black and white printers show no colours, so each line has its own dashes.
        self.canv.setDash(((), (8, 4), (3, 3), (10, 3, 2, 3))[min(place, 3)])
        self.canv.drawPath(path, stroke=1, fill=0)

    def _circle(self, element: Xml.Element, _kind: str, colour: Color, _place: int) -> None:
        x, y, radius = (float(element.get(name, 0)) for name in ("cx", "cy", "r"))
        self.canv.setFillColor(colour)
        self.canv.circle(x, self._high - y, radius * 0.8, stroke=0, fill=1)

    def _text(self, element: Xml.Element, kind: str, _colour: Color, place: int) -> None:
        is_on_dark = kind == "chart-value" and place >= 4
        align = {"middle": "centre", "end": "right"}.get(element.get("text-anchor", ""), "left")
        look = Look(_LETTERS, colour=HexColor("#ffffff") if is_on_dark else SOFT, align=align)
        block = said(element.text or "", look)
        _, height = block.wrap(self._wide, self._high)
        x = float(element.get("x", 0)) - {"left": 0, "centre": self._wide / 2, "right": self._wide}[align]
        # The y of a text is its baseline, which lies about a quarter of the size above the block's lower edge.
        y = self._high - float(element.get("y", 0)) - (height - _LETTERS) * 0.7 - _LETTERS * 0.05
        _draw(block, self.canv, x, y)


def _draw(block: Flowable, canvas: Canvas, x: float, y: float) -> None:
    block.drawOn(canvas, x, y)


def _faded(colour: Color, strength: float) -> Color:
    """The colour mixed with white; 1 is the colour itself."""
    return Color(*(1 - (1 - part) * strength for part in (colour.red, colour.green, colour.blue)))
