"""A poster on A5 for a counter: a code to scan, a picture of what to do, and a sentence in each language."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer

from kiosk.printing.scripts import LATIN
from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.papers.blocks import ACCENT, INK, SOFT, Look, said
from queue_server.papers.codes import draw_code
from queue_server.papers.poster_parts import Poster
from queue_server.papers.sheets import Sheet
from queue_server.papers.tags import Tag, marked
from queue_server.papers.typefaces import is_raster, name_of

_MARGIN = 9 * mm
_CODE = 64 * mm
_STEPS = 27 * mm
#: The more languages, the smaller the sentences, so that one page holds them.
_SIZES = ((2, 13.0), (4, 10.5), (6, 9.0), (99, 7.6))
#: So much smaller where a further sentence stands in each language.
_CLOSER = 0.8
#: A phone, in a field 20 wide and 32 high.
_PHONE_WIDTH, _PHONE_HEIGHT = 20.0, 32.0


def poster_pdf(poster: Poster, letterhead: Letterhead) -> bytes:
    """One page."""
    sheet = Sheet(A5, _MARGIN, letterhead, poster.title, poster.language, is_numbered=False)
    many = len(poster.sentences)
    size = next(size for most, size in _SIZES if many <= most) * (_CLOSER if poster.is_longer else 1)
    story: list[Flowable] = [
        Spacer(0, 1 * mm),
        said(poster.title, Look(19 if many < 5 else 16, "Bold", align="centre", is_fitted=True), "H1"),
        *(said(line, Look(12 if many < 5 else 8.5, "Bold", ACCENT, align="centre")) for line in _lines(poster.names)),
        _Code(poster.link),
        _Steps(poster.number),
        Spacer(0, 1.5 * mm),
    ]
    story += [said(text, Look(size, align="centre", space_before=size * 0.25)) for text in poster.sentences]
    return sheet.pdf(story)


def _lines(names: Sequence[str]) -> list[str]:
    """The names in one line, but for those that are set as a picture of their own."""
    beside = [name for name in names if not is_raster(name)]
    return [*([" · ".join(beside)] if beside else []), *(name for name in names if is_raster(name))]


class _Code(Flowable):
    """The code to scan, centred."""

    def __init__(self, link: str) -> None:
        super().__init__()
        self._link = link

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """As wide as the place."""
        self._width = available
        return available, _CODE

    def draw(self) -> None:
        """With its white edge."""
        with marked(self.canv, Tag("Figure", alternative=self._link)):
            draw_code(self.canv, self._link, (self._width - _CODE) / 2, 0, _CODE)


class _Steps(Flowable):
    """What to do without a word: hold the phone to the code, agree, have the number."""

    def __init__(self, number: str) -> None:
        super().__init__()
        self._number = number

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """As wide as the place."""
        self._width = available
        return available, _STEPS

    def draw(self) -> None:
        """Three phones, with arrows between them."""
        # The sentences below are read.
        with marked(self.canv, None):
            self.canv.saveState()
            scale = _STEPS / _PHONE_HEIGHT
            self.canv.translate(self._width / 2, 0)
            self.canv.scale(scale, scale)
            self._show(self.canv)
            self.canv.restoreState()

    def _show(self, canvas: Canvas) -> None:
        canvas.setStrokeColor(INK)
        canvas.setFillColor(INK)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        for x, draw in ((-60.0, _scanning), (-10.0, _agreeing), (40.0, self._numbered)):
            canvas.saveState()
            canvas.translate(x, 0)
            _phone(canvas)
            draw(canvas)
            canvas.restoreState()
        for x in (-33.0, 17.0):
            _arrow(canvas, x)

    def _numbered(self, canvas: Canvas) -> None:
        canvas.setFont(name_of(LATIN, "Bold"), 26 / max(4, len(self._number)))
        canvas.drawCentredString(_PHONE_WIDTH / 2, _PHONE_HEIGHT / 2 - 1.5, self._number)


def _phone(canvas: Canvas) -> None:
    canvas.setLineWidth(1.3)
    canvas.roundRect(0.7, 0.7, _PHONE_WIDTH - 1.4, _PHONE_HEIGHT - 1.4, 3, stroke=1, fill=0)
    canvas.line(8, 3.6, 12, 3.6)


def _scanning(canvas: Canvas) -> None:
    """The corners of a finder round a code."""
    canvas.setLineWidth(1.1)
    for x, y, right, up in ((4.5, 11.5, 1, 1), (15.5, 11.5, -1, 1), (4.5, 23.5, 1, -1), (15.5, 23.5, -1, -1)):
        canvas.line(x, y, x + 3 * right, y)
        canvas.line(x, y, x, y + 3 * up)
    for x, y in ((7, 14), (7, 18.5), (11, 18.5)):
        canvas.rect(x, y, 2.4, 2.4, stroke=0, fill=1)
    canvas.rect(11.6, 14.4, 1.4, 1.4, stroke=0, fill=1)


def _agreeing(canvas: Canvas) -> None:
    """A person, and a tick below."""
    canvas.setLineWidth(1.1)
    canvas.circle(10, 24, 2.1, stroke=1, fill=0)
    path = canvas.beginPath()
    path.arc(5.8, 12.6, 14.2, 21, startAng=0, extent=180)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.setLineWidth(1.7)
    tick = canvas.beginPath()
    tick.moveTo(6.4, 10.4)
    tick.lineTo(9, 7.8)
    tick.lineTo(13.8, 13)
    canvas.drawPath(tick, stroke=1, fill=0)


def _arrow(canvas: Canvas, x: float) -> None:
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(1.4)
    middle = _PHONE_HEIGHT / 2
    canvas.line(x, middle, x + 16, middle)
    canvas.line(x + 11.5, middle + 4, x + 16, middle)
    canvas.line(x + 11.5, middle - 4, x + 16, middle)
