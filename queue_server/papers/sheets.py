"""What all papers share: letterhead, head of the patient, foot with the code that verifies, "page 1 of 2"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from kiosk.printing.scripts import LATIN
from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.papers.blocks import ACCENT, LINE, SOFT, Look, said
from queue_server.papers.codes import draw_code
from queue_server.papers.finishing import finished
from queue_server.papers.grids import Grid
from queue_server.papers.tags import Tag, Tags, marked
from queue_server.papers.typefaces import name_of, written_in

# Binary streams: a fifth smaller than the letters that ReportLab writes otherwise.
rl_config.useA85 = 0

_CODE = 24 * mm
_LOGO_WIDTH, _LOGO_HEIGHT = 30 * mm, 17 * mm
_FOOT = Look(6.5, colour=SOFT)


@dataclass(frozen=True)
class Sheet:
    """One document's page: its size in points, what stands at its head and foot.

    `beside` stands to the right of the letterhead (the doctor), `below` under it on every page (the patient). `link` is
    what the code leads to, none for papers that nobody verifies; `foot` the lines beside it. `made_at` dates the file.
    `is_numbered`: pages say which of how many they are.
    """

    size: tuple[float, float]
    margin: float
    letterhead: Letterhead
    title: str
    language: str
    scale: float = 1
    beside: Sequence[Flowable] = ()
    below: Sequence[Flowable] = ()
    link: str | None = None
    foot: Sequence[str] = ()
    made_at: datetime | None = None
    is_numbered: bool = True

    @property
    def width(self) -> float:
        """Points between the margins."""
        return self.size[0] - 2 * self.margin

    def pdf(self, story: Sequence[Flowable]) -> bytes:
        """The finished file; the same content always gives the same bytes."""
        with written_in(self.language):
            return self._pdf(story)

    def _pdf(self, story: Sequence[Flowable]) -> bytes:
        head = [self._letterhead(), *self.below]
        foot = [said(line, _FOOT) for line in self.foot]
        tags = Tags()
        heights = [block.wrap(self.width, self.size[1])[1] for block in head]
        top = sum(heights) + 2 * mm
        bottom = (_CODE if self.link else 4 * mm) + 1 * mm

        def draw(canvas: Canvas, _document: BaseDocTemplate) -> None:
            y = self.size[1] - self.margin
            tags.part = tags.head
            for block, height in zip(head, heights, strict=True):
                y -= height
                block.wrap(self.width, self.size[1])
                block.drawOn(canvas, self.margin, y)
            tags.part = tags.foot
            self._draw_foot(canvas, foot)
            tags.part = tags.body

        area = self.size[1] - 2 * self.margin - top - bottom
        frame = Frame(self.margin, self.margin + bottom, self.width, area, 0, 0, 0, 0)
        written = BytesIO()
        document = BaseDocTemplate(
            written,
            pagesize=self.size,
            title=self.title,
            author=self.letterhead.name,
            lang=self.language,
            invariant=1,
            initialFontName=name_of(LATIN),
            pageTemplates=[PageTemplate(frames=[frame], onPage=draw)],
        )
        right = self.size[0] - self.margin if self.is_numbered else None
        numbered = partial(_Numbered, tags, right, self.margin)
        document.build(list(story), canvasmaker=numbered)
        return finished(written.getvalue(), tags.parts, self.made_at)

    def _letterhead(self) -> Grid:
        """Logo, clinic, doctor, and a line below."""
        logo = _Logo(self.letterhead.logo, self.letterhead.name) if self.letterhead.logo else None
        name = said(self.letterhead.name, Look(13 * self.scale, "Bold", ACCENT))
        lines = [said(line, Look(7.5 * self.scale, colour=SOFT)) for line in self.letterhead.lines]
        widths = [logo.width + 3 * mm] if logo else []
        rest = self.width - sum(widths)
        widths += [rest * 0.6, rest * 0.4] if self.beside else [rest]
        cells = [*([logo] if logo else []), [name, *lines], *([list(self.beside)] if self.beside else [])]
        style: list[tuple[Any, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ("LINEBELOW", (0, 0), (-1, -1), 1.2, ACCENT),
        ]
        return Grid([cells], colWidths=widths, style=style)

    def _draw_foot(self, canvas: Canvas, lines: Sequence[Flowable]) -> None:
        x, y = self.margin, self.margin
        if not self.link and not self.is_numbered:
            return
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.5)
        with marked(canvas, None):
            canvas.line(x, y + (_CODE if self.link else 4 * mm), x + self.width, y + (_CODE if self.link else 4 * mm))
        if not self.link:
            return
        with marked(canvas, Tag("Figure", alternative=self.link) if canvas.getPageNumber() == 1 else None):
            draw_code(canvas, self.link, x - 1.5 * mm, y - 1.5 * mm, _CODE)
        x += _CODE
        top = y + _CODE - 2 * mm
        for block in lines:
            _, height = block.wrap(self.width - _CODE, _CODE)
            top -= height
            block.drawOn(canvas, x, top)


class _Numbered(Canvas):
    """Writes "Page 1 of 2" when it knows how many there are. `tags` are those of what is drawn on it.

    `right` and `bottom`: where that ends; without `right` nothing is written.
    """

    def __init__(self, tags: Tags, right: float | None, bottom: float, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.tags = tags
        self._right, self._bottom = right, bottom
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """Keep the page for later."""
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        """Every page gets its number."""
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            if self._right is not None:
                self._write(self._right, f"Page {number} of {len(self._pages)}")
            super().showPage()
        super().save()

    def _write(self, right: float, text: str) -> None:
        self.setFont(name_of(LATIN), 7)
        self.setFillColor(SOFT)
        with marked(self, None):
            self.drawRightString(right, self._bottom, text)


class _Logo(Flowable):
    """The clinic's logo, as large as its place allows."""

    def __init__(self, png: bytes, clinic: str) -> None:
        super().__init__()
        self._tag: Tag | None = Tag("Figure", alternative=clinic)
        self._reader = ImageReader(BytesIO(png))
        width, height = self._reader.getSize()
        shrunk = min(_LOGO_WIDTH / width, _LOGO_HEIGHT / height)
        self.width, self.height = width * shrunk, height * shrunk

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Its size, whatever the place."""
        return self.width, self.height

    def draw(self) -> None:
        """Transparent places stay white."""
        with marked(self.canv, self._tag):
            self.canv.drawImage(self._reader, 0, 0, self.width, self.height, mask="auto")
        self._tag = None
