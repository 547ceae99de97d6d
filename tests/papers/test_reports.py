"""Reports on A4."""

from __future__ import annotations

import re

from queue_server import papers
from queue_server.charts import Heading, Series, bars, heat, lines, rows
from queue_server.papers import Section
from queue_server.papers.drawings import COLOURS, HEAT
from queue_server.paths import STATIC
from tests.papers.examples import LETTERHEAD, NOW
from tests.papers.pictures import ink, pages, texts

HOURS = [f"{hour}:00" for hour in range(8, 17)]
COUNTS = Series("General", [4, 18, 31, 22, 15, 9, 4, 3, 1], "teal")
MORE = Series("Dental", [1, 5, 9, 8, 4, 3, 2, 1, None], "amber")
HEADING = Heading("by-hour", "Patients by hour", "Most come between nine and eleven.")
CHARTS = {
    "bars": bars(HEADING, HOURS, [COUNTS, MORE]),
    "lines": lines(HEADING, HOURS, [COUNTS, MORE], band=[(value or 0, (value or 0) + 6) for value in COUNTS.values]),
    "heat": heat(HEADING, ["Mon", "Tue"], HOURS, [COUNTS.values, MORE.values]),
    "rows": rows(HEADING, ["Dr. A. Example", "सामान्य विभाग"], Series("Minutes", [12, 7.5], "blue")),
}


async def test_a_report_shows_figures_charts_and_tables() -> None:
    sections = [Section("Today", "Quiet.", [("Patients", "206"), ("Median wait", "24 min")])]
    sections += [Section(name, chart=chart) for name, chart in CHARTS.items()]
    sections += [Section("By hour", headings=["Hour", "General"], rows=[[hour, "12"] for hour in HOURS])]

    pdf = await papers.report("Daily report", sections, LETTERHEAD, "22 November 2026", made_at=NOW)

    read = "\n".join(texts(pdf))
    for words in (
        "Sunrise Clinic",
        "Daily report",
        "22 November 2026",
        "206",
        "Median wait",
        "16:00",
        "Dr. A. Example",
    ):
        assert words in read


async def test_every_chart_is_drawn_between_the_margins() -> None:
    plain = await papers.report("Report", [Section("Chart")], LETTERHEAD, made_at=NOW)
    (empty,) = pages(plain, scale=1)

    for chart in CHARTS.values():
        (page,) = pages(
            await papers.report("Report", [Section("Chart", chart=chart)], LETTERHEAD, made_at=NOW), scale=1
        )
        dark = sum(page.point(lambda grey: grey < 250).histogram()[1:])
        assert dark > sum(empty.point(lambda grey: grey < 250).histogram()[1:]) + 2000
        left, _, right, _ = ink(page)
        assert left >= 40
        assert right <= page.width - 40


async def test_a_long_table_repeats_its_headings() -> None:
    rows_ = [[f"Day {number}", "12", "24 min"] for number in range(120)]
    pdf = await papers.report(
        "Year", [Section("Days", headings=["Day", "Patients", "Wait"], rows=rows_)], LETTERHEAD, made_at=NOW
    )

    read = texts(pdf)

    assert len(read) > 2
    assert all("Patients" in text and f"of {len(read)}" in text for text in read)


async def test_a_report_of_nothing_is_still_one() -> None:
    pdf = await papers.report("", [Section("")], LETTERHEAD, made_at=NOW)

    assert len(texts(pdf)) == 1


def test_charts_have_the_colours_of_the_screens() -> None:
    tokens, charts = ((STATIC / "css" / name).read_text() for name in ("tokens.css", "charts.css"))
    colours = r'\[data-colour="(\w+)"\] \{\s*--dept: (#\w+);[^}]*?--dept-text: (#\w+);'

    assert {name: (surface, line) for name, surface, line in re.findall(colours, tokens)}.items() >= COLOURS.items()
    assert tuple(re.findall(r"\.chart-heat-\d \.chart-cell \{\s*fill: (#\w+);", charts)) == HEAT[1:]
