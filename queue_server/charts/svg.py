"""What all charts are drawn with: elements, the frame of a picture, an axis with round numbers, a legend."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

#: Numbers to words, for axes and labels.
Words = Callable[[float], str]

WIDTH = 720.0
HEIGHT = 300.0
LEFT = 56.0
RIGHT = 12.0
TOP = 16.0
BOTTOM = 34.0
LEGEND = 26.0
#: About as wide as a letter of a chart is, in units of the view box.
_LETTER = 7.4


@dataclass(frozen=True, slots=True)
class Heading:
    """What a picture is called: `key` is unique on its page, `description` says in a sentence what is to be seen."""

    key: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one a label; None where there is none. `colour` is a department's, as in tokens.css."""

    name: str
    values: Sequence[float | None]
    colour: str = "slate"


def tag(name: str, *inside: str, **attributes: str | float | None) -> str:
    """The element with what is `inside`, which is SVG already. Attributes are escaped, those that are None left out.

    `class_` and `stroke_width` stand for `class` and `stroke-width`; numbers have one decimal at most.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(value if isinstance(value, str) else short(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def words(text: str) -> str:
    """The text, safe inside an element; control characters, which XML cannot hold, are left out."""
    return escape("".join(letter for letter in text if letter.isprintable()))


def label(text: str, x: float, y: float, anchor: str = "start", kind: str = "chart-label") -> str:
    """A line of text; `anchor` is start, middle or end."""
    return tag("text", words(text), class_=kind, x=x, y=y, text_anchor=anchor)


def short(number: float) -> str:
    """The number with one decimal at most: `12`, `12.5`."""
    return f"{round(number, 1):g}" if abs(number) < 1e5 else f"{number:.0f}"


def picture(heading: Heading, height: float, *inside: str) -> str:
    """The whole picture, `WIDTH` × `height`."""
    title, about = f"{heading.key}-title", f"{heading.key}-about"
    return tag(
        "svg",
        tag("title", words(heading.title) or " ", id=title),
        tag("desc", words(heading.description) or " ", id=about),
        *inside,
        class_="chart",
        viewBox=f"0 0 {short(WIDTH)} {short(height)}",
        role="img",
        aria_labelledby=f"{title} {about}",
    )


def round_steps(highest: float, most: int = 5) -> list[float]:
    """0 and up to `most` further round numbers with equal distances; the last is at least `highest`.

    Distances are 1, 2 or 5 times a power of ten, and at least 1.
    """
    step = max(10.0 ** math.floor(math.log10(max(highest, 1.0) / most)), 1.0)
    while step * most < highest:
        step *= 2.5 if f"{step:.0e}".startswith("2") else 2.0
    count = max(math.ceil(highest / step), 1)
    return [step * place for place in range(count + 1)]


def highest(series: Sequence[Sequence[float | None]]) -> float:
    """The largest of all numbers, 0 when there are none."""
    return max((value for values in series for value in values if value is not None), default=0.0)


def upright(steps: Sequence[float], in_words: Words, height: float) -> tuple[Callable[[float], float], str]:
    """How far down a value is drawn, and the axis: a line and its words for each of the steps."""
    bottom, top = height - BOTTOM, TOP

    def down(value: float) -> float:
        return bottom - (bottom - top) * min(max(value / steps[-1], 0.0), 1.0)

    drawn = [
        tag("line", class_="chart-grid", x1=LEFT, x2=WIDTH - RIGHT, y1=down(step), y2=down(step))
        + label(in_words(step), LEFT - 8, down(step) + 4, "end")
        for step in steps
    ]
    return down, tag("g", *drawn, aria_hidden="true")


def below(labels: Sequence[str], middles: Sequence[float], height: float) -> str:
    """The labels under their places; as many are left out as must be for the others not to touch."""
    if not labels:
        return ""
    widest = max(len(text) for text in labels) * _LETTER + 8
    room = (WIDTH - LEFT - RIGHT) / len(labels)
    every = max(math.ceil(widest / room), 1)
    drawn = [
        label(text, middle, height - BOTTOM + 20, "middle")
        for place, (text, middle) in enumerate(zip(labels, middles, strict=True))
        if place % every == 0
    ]
    return tag("g", *drawn, aria_hidden="true") if drawn else ""


def legend(series: Sequence[Series], height: float) -> str:
    """The names of the series with their colours, in one line at the foot; nothing for a single series."""
    if len(series) < 2:
        return ""
    drawn, x = [], LEFT
    for place, one in enumerate(series):
        drawn.append(
            tag(
                "g",
                tag("rect", class_="chart-fill", x=x, y=height - 14, width=12.0, height=12.0, rx=2.0),
                label(one.name, x + 18, height - 4),
                class_=f"chart-series chart-series-{place}",
                data_colour=one.colour,
            )
        )
        x += 18 + len(one.name) * _LETTER + 24
    return tag("g", *drawn, aria_hidden="true")
