"""Lines, with a band round the first of them where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from queue_server.charts.svg import (
    HEIGHT,
    LEFT,
    LEGEND,
    RIGHT,
    WIDTH,
    Heading,
    Series,
    Words,
    below,
    highest,
    legend,
    picture,
    round_steps,
    short,
    tag,
    upright,
    words,
)

#: Two numbers a label, the band's lower and upper edge; None where there is none.
Band = Sequence[tuple[float, float] | None]
Item = TypeVar("Item")


def lines(
    heading: Heading,
    labels: Sequence[str],
    series: Sequence[Series],
    in_words: Words = short,
    *,
    band: Band = (),
    goal: tuple[float, float] | None = None,
    most: float = 0.0,
) -> str:
    """One line a series through its numbers; a missing number leaves a gap. `goal`: a range that is marked across.

    The axis reaches from 0 to the largest number, and at least to `most`.
    """
    edges = [edge for pair in band if pair is not None for edge in pair]
    top = max(highest([*(one.values for one in series), edges, goal or ()]), most)
    down, axis = upright(round_steps(top), in_words, HEIGHT)
    room = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    across = [LEFT + room * (place + 0.5) for place in range(len(labels))]
    drawn = [axis]
    if goal is not None:
        low, high = down(goal[1]), down(goal[0])
        box = {"x": LEFT, "y": low, "width": WIDTH - LEFT - RIGHT, "height": high - low}
        drawn.append(tag("rect", class_="chart-goal", **box))
    drawn.extend(_band(band, across, [(down(pair[0]), down(pair[1])) if pair else None for pair in band], series))
    for place, one in enumerate(series):
        drawn.append(
            _line(
                place, one, [None if value is None else down(value) for value in one.values], across, labels, in_words
            )
        )
    height = HEIGHT + (LEGEND if len(series) > 1 else 0.0)
    return picture(heading, height, *drawn, below(labels, across, HEIGHT), legend(series, height))


def _line(
    place: int,
    series: Series,
    heights: Sequence[float | None],
    across: Sequence[float],
    labels: Sequence[str],
    in_words: Words,
) -> str:
    drawn = []
    points = [None if y is None else (x, y) for x, y in zip(across, heights, strict=True)]
    for part in _together(points):
        if len(part) > 1:
            path = " ".join(f"{short(x)},{short(y)}" for x, y in part)
            drawn.append(tag("polyline", class_="chart-line", points=path))
    for text, value, point in zip(labels, series.values, points, strict=True):
        if value is not None and point is not None:
            said = tag("title", words(f"{text}, {series.name}: {in_words(value)}"))
            drawn.append(tag("circle", said, class_="chart-dot", cx=point[0], cy=point[1], r=4.0))
    return tag("g", *drawn, class_=f"chart-series chart-series-{place}", data_colour=series.colour)


def _band(
    band: Band, across: Sequence[float], heights: Sequence[tuple[float, float] | None], series: Sequence[Series]
) -> Iterator[str]:
    points = [None if pair is None else (x, pair) for x, pair in zip(across, heights, strict=False)] if band else []
    for part in _together(points):
        under = [(x, pair[0]) for x, pair in part]
        over = [(x, pair[1]) for x, pair in reversed(part)]
        path = " ".join(f"{short(x)},{short(y)}" for x, y in [*under, *over])
        yield tag("polygon", class_="chart-band", points=path, data_colour=series[0].colour if series else None)


def _together(points: Sequence[Item | None]) -> Iterator[list[Item]]:
    for is_there, part in groupby(points, key=lambda point: point is not None):
        if is_there:
            yield [point for point in part if point is not None]
