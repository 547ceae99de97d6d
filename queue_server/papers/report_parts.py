"""What a report consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what belongs under it; what is empty is left out, the rest stands in this order."""

    heading: str
    #: Paragraphs.
    text: str = ""
    #: Label and value, side by side and large.
    figures: Sequence[tuple[str, str]] = ()
    #: A picture of `queue_server.charts`.
    chart: str = ""
    #: `headings`, `rows`: a table; its first column stands left, the others right.
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
