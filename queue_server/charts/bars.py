"""Bars: upright ones that stand on one another, and lying ones with a name before each."""

from __future__ import annotations

from collections.abc import Sequence

from queue_server.charts.svg import (
    BOTTOM,
    HEIGHT,
    LEFT,
    LEGEND,
    RIGHT,
    WIDTH,
    Heading,
    Series,
    Words,
    below,
    label,
    legend,
    picture,
    round_steps,
    short,
    tag,
    upright,
    words,
)

ROW = 34.0
NAMES = 190.0
VALUES = 130.0
LONGEST_NAME = 26


def bars(heading: Heading, labels: Sequence[str], series: Sequence[Series], in_words: Words = short) -> str:
    """One bar a label; the series stand on one another in their order, so that the whole bar is their sum."""
    sums = [sum(one.values[place] or 0.0 for one in series) for place in range(len(labels))]
    down, axis = upright(round_steps(max(sums, default=0.0)), in_words, HEIGHT)
    room = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    thick = min(room * 0.72, 60.0)
    middles = [LEFT + room * (place + 0.5) for place in range(len(labels))]
    standing = [0.0] * len(labels)
    groups = []
    for place, one in enumerate(series):
        drawn = []
        for at, value in enumerate(one.values):
            if value:
                top, bottom = down(standing[at] + value), down(standing[at])
                said = tag("title", words(f"{labels[at]}, {one.name}: {in_words(value)}"))
                box = {"x": middles[at] - thick / 2, "y": top, "width": thick, "height": bottom - top}
                drawn.append(tag("rect", said, class_="chart-fill", **box))
                standing[at] += value
        groups.append(tag("g", *drawn, class_=f"chart-series chart-series-{place}", data_colour=one.colour))
    height = HEIGHT + (LEGEND if len(series) > 1 else 0.0)
    foot = tag("line", class_="chart-foot", x1=LEFT, x2=WIDTH - RIGHT, y1=HEIGHT - BOTTOM, y2=HEIGHT - BOTTOM)
    return picture(heading, height, axis, *groups, foot, below(labels, middles, HEIGHT), legend(series, height))


def rows(
    heading: Heading, labels: Sequence[str], series: Series, in_words: Words = short, colours: Sequence[str] = ()
) -> str:
    """One lying bar a label, its value in words behind it. `colours`: each bar's own, else that of the series."""
    longest = max((value for value in series.values if value), default=1.0)
    drawn = []
    for place, (text, value) in enumerate(zip(labels, series.values, strict=True)):
        y = place * ROW
        length = (WIDTH - NAMES - VALUES) * (value or 0.0) / longest
        name = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
        drawn.append(
            tag(
                "g",
                label(name, NAMES - 10, y + ROW / 2 + 5, "end"),
                tag("rect", class_="chart-fill", x=NAMES, y=y + 5, width=max(length, 1.0), height=ROW - 10, rx=3.0),
                label("–" if value is None else in_words(value), NAMES + max(length, 1.0) + 8, y + ROW / 2 + 5),
                class_="chart-series chart-series-0",
                data_colour=colours[place] if colours else series.colour,
            )
        )
    return picture(heading, max(len(labels), 1) * ROW, *drawn)
