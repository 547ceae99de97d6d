"""A heat map: the darker a field, the more there is; the number stands in it."""

from __future__ import annotations

from collections.abc import Sequence

from queue_server.charts.svg import WIDTH, Heading, Words, highest, label, picture, short, tag, words

CELL = 34.0
NAMES = 110.0
TOP = 24.0
SHADES = 5


def heat(
    heading: Heading,
    names: Sequence[str],
    labels: Sequence[str],
    values: Sequence[Sequence[float | None]],
    in_words: Words = short,
) -> str:
    """One row a name, one column a label; `values[row][column]`. None and 0 are empty fields."""
    most = highest(values)
    wide = (WIDTH - NAMES) / max(len(labels), 1)
    heads = [label(text, NAMES + wide * (place + 0.5), TOP - 8, "middle") for place, text in enumerate(labels)]
    drawn = [tag("g", *heads, aria_hidden="true")] if heads else []
    for row, (name, line) in enumerate(zip(names, values, strict=True)):
        y = TOP + row * CELL
        drawn.append(label(name, NAMES - 10, y + CELL / 2 + 5, "end"))
        for column, value in enumerate(line):
            x = NAMES + wide * column
            shade = _shade(value, most)
            box = tag("rect", class_="chart-cell", x=x + 1, y=y + 1, width=wide - 2, height=CELL - 2, rx=3.0)
            said = label(in_words(value), x + wide / 2, y + CELL / 2 + 5, "middle", "chart-value") if value else ""
            whole = words(f"{name}, {labels[column]}: {in_words(value or 0.0)}")
            drawn.append(tag("g", tag("title", whole), box, said, class_=f"chart-heat chart-heat-{shade}"))
    return picture(heading, TOP + max(len(names), 1) * CELL, *drawn)


def _shade(value: float | None, most: float) -> int:
    """0 for nothing, else 1 to `SHADES` in equal steps."""
    if not value or most <= 0:
        return 0
    return min(int(value / most * SHADES) + 1, SHADES)
