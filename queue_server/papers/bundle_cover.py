"""What the first page of a bundle of documents says; all texts are ready to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CoverRow:
    """One document: its day, what it is, and what a reader must know of it (may be empty)."""

    day: str
    name: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """`made` is `made_at` in words. `headings`: of the columns day, document, page.

    `missing` stands for the page of what could not be opened.
    """

    title: str
    patient: str
    made: str
    headings: tuple[str, str, str]
    rows: tuple[CoverRow, ...]
    missing: str
    language: str
    made_at: datetime
