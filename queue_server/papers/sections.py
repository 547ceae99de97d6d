"""What a report consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what belongs under it; what is empty is left out, the rest stands in this order.

    Attributes:
        text: paragraphs.
        figures: label and value, side by side and large.
        chart: a picture of `queue_server.charts`.
        headings, rows: a table; its first column stands left, the others right.
    """

    heading: str
    text: str = ""
    figures: Sequence[tuple[str, str]] = ()
    chart: str = ""
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
