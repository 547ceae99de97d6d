"""Pictures of numbers, whatever the numbers and the words are."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.charts import Heading, Series, bars, heat, lines, rows
from queue_server.charts.svg import round_steps

SVG = "{http://www.w3.org/2000/svg}"
HEADING = Heading("waits", "Waits", "How long people waited.")
numbers = st.one_of(st.none(), st.floats(0, 1e7), st.integers(0, 50))
texts = st.text(max_size=30)


@st.composite
def some_series(draw: st.DrawFn) -> tuple[list[str], list[Series]]:
    """Labels, and up to four series that fit them."""
    labels = draw(st.lists(texts, max_size=30))
    count = len(labels)
    values = st.lists(numbers, min_size=count, max_size=count)
    return labels, [Series(draw(texts), draw(values)) for _ in range(draw(st.integers(1, 4)))]


def parsed(svg: str) -> Element:
    """The picture, which is well-formed XML without scripts, styles and numbers that are none."""
    root = fromstring(svg)  # noqa: S314 - it is our own
    assert "style" not in svg
    assert "<script" not in svg
    assert not re.search(r'="(nan|inf|-inf|[^"]*e\+)', svg)
    return root


def boxes(root: Element, kind: str) -> list[dict[str, Any]]:
    """Place and size of every element of this class."""
    found = [element.attrib for element in root.iter() if element.get("class") == kind]
    return [{name: float(box[name]) for name in ("x", "y", "width", "height")} for box in found]


def inside(root: Element, kind: str) -> bool:
    """Whether all boxes of this class lie in the picture."""
    _, _, width, height = map(float, root.get("viewBox", "").split())
    return all(
        box["x"] >= -0.2
        and box["y"] >= -0.2
        and box["x"] + box["width"] <= width + 0.2
        and box["y"] + box["height"] <= height + 0.2
        for box in boxes(root, kind)
    )


@settings(deadline=None)
@given(some_series())
def test_bars_are_a_picture_of_any_numbers(given_: tuple[list[str], list[Series]]) -> None:
    labels, series = given_

    root = parsed(bars(HEADING, labels, series))

    assert len(boxes(root, "chart-fill")) - (len(series) if len(series) > 1 else 0) == sum(
        bool(value) for one in series for value in one.values
    )
    assert inside(root, "chart-fill") or len(series) > 1


@settings(deadline=None)
@given(some_series(), st.booleans())
def test_lines_are_a_picture_of_any_numbers(given_: tuple[list[str], list[Series]], has_goal: bool) -> None:
    labels, series = given_
    band = [None if value is None else (value, value * 2) for value in series[0].values]

    root = parsed(lines(HEADING, labels, series, band=band, goal=(75, 85) if has_goal else None))

    dots = [element for element in root.iter() if element.get("class") == "chart-dot"]
    assert len(dots) == sum(value is not None for one in series for value in one.values)


@settings(deadline=None)
@given(some_series())
def test_rows_and_heat_maps_are_pictures_of_any_numbers(given_: tuple[list[str], list[Series]]) -> None:
    labels, series = given_

    lying = parsed(rows(HEADING, labels, series[0]))
    warm = parsed(heat(HEADING, [one.name for one in series], labels, [one.values for one in series]))

    assert inside(lying, "chart-fill")
    assert inside(warm, "chart-cell")
    assert len(boxes(warm, "chart-cell")) == len(labels) * len(series)


def test_a_picture_says_what_it_is() -> None:
    root = parsed(bars(HEADING, ["<b>&"], [Series("a & b", [3.0])]))

    named = (root.get("aria-labelledby") or "").split()
    texts_of = {element.get("id"): element.text for element in root}
    assert root.get("role") == "img"
    assert [texts_of[key] for key in named] == ["Waits", "How long people waited."]
    assert "<b>&, a & b: 3" in {element.text for element in root.iter("title")}


def test_a_bar_is_as_high_as_its_number() -> None:
    root = parsed(bars(HEADING, ["8", "9"], [Series("General", [10.0, 20.0])]))

    low, high = boxes(root, "chart-fill")

    assert high["height"] == pytest.approx(2 * low["height"], abs=0.2)
    assert high["y"] + high["height"] == pytest.approx(low["y"] + low["height"], abs=0.2)


def test_a_line_has_a_gap_where_there_is_no_number() -> None:
    root = parsed(lines(HEADING, ["1", "2", "3", "4", "5"], [Series("x", [1.0, 2.0, None, 4.0, 5.0])]))

    assert len([element for element in root.iter() if element.get("class") == "chart-line"]) == 2


def test_the_fullest_field_is_the_darkest_and_an_empty_one_has_no_shade() -> None:
    root = parsed(heat(HEADING, ["Mon"], ["8", "9", "10"], [[10.0, 1.0, None]]))

    shades = [element.get("class") for element in root.iter() if "chart-heat " in (element.get("class") or "")]
    assert shades == ["chart-heat chart-heat-5", "chart-heat chart-heat-1", "chart-heat chart-heat-0"]


@given(st.floats(0, 1e9))
def test_the_steps_of_an_axis_are_few_round_and_reach_the_top(top: float) -> None:
    steps = round_steps(top)

    assert steps[0] == 0
    assert steps[-1] >= top
    assert 2 <= len(steps) <= 6
    assert steps[1].is_integer()
    assert f"{steps[1]:.0e}"[0] in "125"
