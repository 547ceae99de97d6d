"""A report on A4: headings, figures, charts and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.papers.blocks import ACCENT, LINE, SHADE, SOFT, Look, said
from queue_server.papers.drawings import Chart
from queue_server.papers.grids import Grid, told
from queue_server.papers.report_parts import Section
from queue_server.papers.sheets import Sheet

_MARGIN = 16 * mm
_FIGURES_A_ROW = 4
#: Tables are set smaller the more columns they have.
_WIDE_TABLE = 8


def report_pdf(
    title: str, sections: Sequence[Section], letterhead: Letterhead, subtitle: str, language: str, made_at: datetime
) -> bytes:
    """The report on as many pages as it needs; a table that goes on repeats its headings."""
    sheet = Sheet(A4, _MARGIN, letterhead, title, language, scale=1.1, made_at=made_at.astimezone(letterhead.zone))
    story: list[Flowable] = [Spacer(0, 4 * mm), said(title, Look(17, "Bold"), "H1")]
    if subtitle:
        story.append(said(subtitle, Look(10, colour=SOFT)))
    for section in sections:
        story += _section(section, sheet.width)
    return sheet.pdf(story)


def _section(section: Section, width: float) -> list[Flowable]:
    heading = [Spacer(0, 5 * mm), said(section.heading, Look(12.5, "Bold", ACCENT), "H2"), Spacer(0, 1.5 * mm)]
    blocks: list[Flowable] = [said(section.text, Look(9.5)), Spacer(0, 1.5 * mm)] if section.text else []
    if section.figures:
        blocks.append(_figures(section.figures, width))
    if section.chart:
        blocks += [Chart(section.chart), Spacer(0, 2 * mm)]
    # A heading is never the last thing on a page.
    together: list[Flowable] = [CondPageBreak(45 * mm), KeepTogether([*heading, *blocks])]
    if section.rows:
        together.append(_table(section, width))
    return together


def _figures(figures: Sequence[tuple[str, str]], width: float) -> Grid:
    cells = [
        [said(label, Look(8, colour=SOFT)), said(value, Look(16, "Bold", is_fitted=True))] for label, value in figures
    ]
    rows: list[list[Any]] = [cells[at : at + _FIGURES_A_ROW] for at in range(0, len(cells), _FIGURES_A_ROW)]
    rows[-1] += [""] * (_FIGURES_A_ROW - len(rows[-1]))
    style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    return Grid(rows, colWidths=[width / _FIGURES_A_ROW] * _FIGURES_A_ROW, style=style)


def _table(section: Section, width: float) -> Grid:
    columns = max(len(section.headings), *(len(row) for row in section.rows))
    size = 8.5 if columns < _WIDE_TABLE else 7
    first = width * max(0.22, 1 / columns)
    widths = [first, *[(width - first) / max(1, columns - 1)] * (columns - 1)]

    def cells(texts: Sequence[str], weight: str) -> list[Any]:
        looks = [Look(size, weight, align="right" if at else "left", is_fitted=True) for at in range(columns)]
        padded = [*texts, *[""] * (columns - len(texts))]
        return [said(text, look) for text, look in zip(padded, looks, strict=True)]

    head = [cells(section.headings, "Bold")] if section.headings else []
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), SHADE))
    rows = [cells(row, "Regular") for row in section.rows]
    return Grid(told([*head, *rows], len(head)), colWidths=widths, repeatRows=len(head), style=style)
