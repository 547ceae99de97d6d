"""Tables whose lines and shades say nothing to a reader program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.platypus import Table

from kiosk.printing.scripts import LATIN
from queue_server.papers.tags import Tag, marked
from queue_server.papers.typefaces import name_of


class Grid(Table):
    """A table that sets blocks side by side, each of them read for itself. No cell asks for a font outside the file."""

    def __init__(self, data: Any, *given: Any, **options: Any) -> None:
        super().__init__(data, *given, **options)
        self.setStyle([("FONTNAME", (0, 0), (-1, -1), name_of(LATIN))])

    def _drawBkgrnd(self) -> None:  # noqa: N802 - ReportLab's name
        with marked(self.canv, None):
            super()._drawBkgrnd()  # type: ignore[misc]

    def _drawLines(self) -> None:  # noqa: N802 - ReportLab's name
        with marked(self.canv, None):
            super()._drawLines()  # type: ignore[misc]


def told(rows: Sequence[Sequence[Any]], heads: int) -> Sequence[Sequence[Any]]:
    """The rows, whose cells are read as those of a table; the first `heads` rows name the columns."""
    table = Tag("Table")
    columns = max(map(len, rows), default=0)
    for number, row in enumerate(rows):
        line = _added(table, Tag("TR"))
        for index, cell in enumerate(row, start=1):
            place = _added(line, Tag("TH" if number < heads else "TD"))
            if index == len(row):
                place.columns = columns - index + 1
            for block in cell if isinstance(cell, list) else [cell]:
                if (tag := getattr(block, "tag", None)) is not None:
                    _added(place, tag)
    return rows


def _added(parent: Tag, tag: Tag) -> Tag:
    tag.parent = parent
    parent.kids.append(tag)
    return tag
