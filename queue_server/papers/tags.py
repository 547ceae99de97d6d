"""What a reader program is told of a page: which of its marks are a heading, a cell, a picture, and which nothing.

A block has a `Tag`; drawing it between `marked` joins its marks on the page to the tag. Nothing of this can be seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Mark(NamedTuple):
    """Something drawn: its page from 1, and its number on that page."""

    page: int
    number: int


@dataclass(eq=False, slots=True)
class Tag:
    """An element of PDF's structure (ISO 32000-1, 14.8.4): `P`, `H1`, `Table`, `TH`, `Figure` …

    `alternative`: what stands for a picture; `text`: what its marks say, where the marks themselves cannot tell.
    """

    kind: str
    parent: Tag | None = None
    alternative: str = ""
    text: str = ""
    language: str = ""
    columns: int = 1
    kids: list[Tag | Mark] = field(default_factory=list)


class Tags:
    """The tags of one document; what is drawn first is read first, within the `part` that is set."""

    def __init__(self) -> None:
        self.head, self.body, self.foot = (Tag("Sect") for _ in range(3))
        self.part = self.body
        #: Whether something is being drawn that has its tag already.
        self.is_inside = False
        self._marks: Counter[int] = Counter()

    @property
    def parts(self) -> Sequence[Tag]:
        """What the document consists of, in the order in which it is read."""
        return [part for part in (self.head, self.body, self.foot) if part.kids]

    def mark(self, tag: Tag, page: int) -> int:
        """The number of a new mark of this tag on the page."""
        top = tag
        while top.parent is not None and top.parent not in {self.head, self.body, self.foot}:
            top = top.parent
        if top.parent is None:
            top.parent = self.part
            self.part.kids.append(top)
        number = self._marks[page]
        self._marks[page] += 1
        tag.kids.append(Mark(page, number))
        return number


@contextmanager
def marked(canvas: Any, tag: Tag | None) -> Iterator[None]:
    """What is drawn inside belongs to the tag; without one it says nothing, as a line or a repeated heading."""
    tags: Tags = canvas.tags
    if tags.is_inside:
        yield
        return
    number = None if tag is None else tags.mark(tag, canvas.getPageNumber())
    _put(canvas, "/Artifact BMC" if tag is None else f"/{tag.kind} <</MCID {number}>> BDC")
    tags.is_inside = True
    try:
        yield
    finally:
        tags.is_inside = False
        _put(canvas, "EMC")


def spoken(text: str) -> str:
    """The operator behind which what is drawn reads as this text, until `EMC`."""
    return f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex()}>>> BDC"


def _put(canvas: Any, operator: str) -> None:
    canvas._code.append(operator)  # noqa: SLF001 - ReportLab has no other way to mark content
