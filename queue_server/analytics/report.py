"""A report: figures and sections in the reader's words, each section a picture and the table of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from queue_server.domain.analytics.quantile_sketch import Sketch, quantile
from queue_server.locale import Texts

#: What stands where there is no number.
NONE = "–"
#: From so many minutes on nobody wants to read tenths.
_WHOLE_FROM = 10.0


@dataclass(frozen=True, slots=True)
class Section:
    """A picture (SVG; empty where a table says it better) and the table of its numbers.

    `rows` have as many cells as there are headings; the first cell is the row's name. `note` says how to read it; with
    a picture it is never missing, and says what is counted and in which unit.
    """

    key: str
    title: str
    svg: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def plain(key: str, title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Section:
    """A list without a picture."""
    return Section(key, title, "", headings, rows)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, what it was in the time before, and the change in per cent where that can be said.

    `about` says what is counted, and of what.
    """

    label: str
    value: str
    before: str
    about: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the days from `first` to `last` amount to, beside as many days before them."""

    first: date
    last: date
    figures: Sequence[Figure]
    sections: Sequence[Section]


def minutes(words: Texts, seconds: float | None) -> str:
    """`2.4 min`, `35 min`, `-3.0 min`; a dash for none."""
    if seconds is None:
        return NONE
    told = seconds / 60
    number = f"{told:.0f}" if abs(told) >= _WHOLE_FROM else f"{told:.1f}"
    return words.gettext("%(minutes)s min", minutes=number.replace("-", "−"))


def told(words: Texts, counted: Sketch, share: float) -> str:
    """This quantile of the durations in minutes."""
    return minutes(words, quantile(counted, share))


def percent(part: float, whole: float) -> str:
    """`80 %`; a dash where there is nothing to be part of."""
    return f"{100 * part / whole:.0f} %" if whole else NONE


def change(now: float | None, before: float | None) -> str:
    """`+12 %`, `−3 %`, or nothing where there was nothing before."""
    if not before or now is None:
        return ""
    per_cent = round(100 * (now - before) / before)
    return f"{'+' if per_cent > 0 else '−' if per_cent < 0 else '±'}{abs(per_cent)} %"


def day_in_words(words: Texts, day: date) -> str:
    """`22 Nov 2026`."""
    return format_date(day, "d MMM y", locale=words.language)
