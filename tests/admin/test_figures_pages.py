"""The pages of figures: a past that was seeded, looked at over HTTP."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import fromstring

import httpx2
import pytest
from pikepdf import Pdf

from queue_server.domain.analytics.tallies import Part
from queue_server.domain.errors import Conflict
from queue_server.simulation import seeded_history
from tests.clinics import Clinic, a_clinic
from tests.running import Running

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 21)
WEEK = f"from={FIRST}&to={LAST}"


@pytest.fixture
async def running(running: Running) -> Running:
    """With a week's past of twenty patients a day."""
    await seeded_history.seed(running.services, 6, 20, until=LAST)
    await running.services.analytics.tallies.keep()
    return running


def lines_of(answer: httpx2.Response) -> list[list[str]]:
    """The lines of a CSV file."""
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def test_the_analytics_show_any_days_with_pictures_and_tables(running: Running, boss: httpx2.AsyncClient) -> None:
    whole = await running.services.analytics.tallies.of(FIRST, LAST)
    joined = sum(tally.joined for (_, part, _), tally in whole.items() if part is Part.ALL)

    page = await boss.get(f"/admin/analytics?{WEEK}")

    assert page.status_code == 200
    assert f"<dd>{joined}</dd>" in page.text
    pictures = re.findall(r"<svg class=\"chart\".*?</svg>", page.text, re.DOTALL)
    assert len(pictures) >= 8
    for picture in pictures:
        assert fromstring(picture).get("role") == "img"  # noqa: S314 - it is our own
    assert page.text.count("<table") >= len(pictures)
    assert "style=" not in page.text


async def test_one_department_can_be_chosen_and_a_table_taken_away(boss: httpx2.AsyncClient) -> None:
    every = lines_of(await boss.get(f"/admin/analytics/tables/departments?{WEEK}"))
    one = lines_of(await boss.get(f"/admin/analytics/tables/departments?{WEEK}&department=LAB"))
    all_tables = lines_of(await boss.get(f"/admin/analytics/tables/all?{WEEK}"))

    assert [row[0] for row in every] == ["Department", "General", "Laboratory", "All"]
    assert [row[0] for row in one] == ["Department", "Laboratory", "All"]
    assert int(every[3][1]) == int(every[1][1]) + int(every[2][1])
    assert ["Longest waits"] in all_tables
    assert (await boss.get(f"/admin/analytics/tables/nonsense?{WEEK}")).status_code == 404
    workbook = await boss.get(f"/admin/analytics/tables/all?{WEEK}&as=xlsx")
    assert workbook.headers["content-disposition"] == f'attachment; filename="all-{FIRST}-{LAST}.xlsx"'
    assert workbook.content.startswith(b"PK")


async def test_a_name_in_a_table_is_no_formula(running: Running, boss: httpx2.AsyncClient) -> None:
    async with running.services.store.transaction() as work:
        await work.connection.exec_driver_sql("UPDATE staff SET name = '=1+1' WHERE role = 'doctor'")

    doctors = lines_of(await boss.get(f"/admin/analytics/tables/doctors?{WEEK}"))

    assert {row[0] for row in doctors[1:]} == {"'=1+1"}


async def test_todays_figures_are_counted_as_they_come(running: Running, boss: httpx2.AsyncClient) -> None:
    before = await boss.get("/admin/analytics?from=2026-11-22")
    await running.issue()

    after = await boss.get("/admin/analytics?from=2026-11-22")

    assert "<dt>Patients</dt><dd>0</dd>" in before.text
    assert "<dt>Patients</dt><dd>1</dd>" in after.text
    assert 'data-live="yes"' in after.text
    assert 'data-live="no"' in (await boss.get(f"/admin/analytics?{WEEK}")).text


@pytest.mark.parametrize(
    "query", ["from=never", "from=2026-11-21&to=2026-11-20", "from=1990-01-01&to=2026-11-22", "to=2026-13-01"]
)
async def test_days_that_make_no_range_are_said_to_be_wrong(query: str, boss: httpx2.AsyncClient) -> None:
    for path in ("/admin/analytics", "/admin/accuracy"):
        page = await boss.get(f"{path}?{query}")

        assert page.status_code == 422
        assert "These dates are not a valid range." in page.text


async def test_the_accuracy_is_told_by_department_and_week(boss: httpx2.AsyncClient) -> None:
    page = await boss.get(f"/admin/accuracy?{WEEK}")

    weeks = page.text.split('id="weeks"')[1].split("</section>")[0]
    assert page.status_code == 200
    assert '<th scope="row">16 Nov 2026</th><td class="amount">General</td>' in weeks
    assert "chart-goal" in weeks
    for part in ("ahead", "hour", "priority", "doctor", "newest"):
        assert f'id="accuracy-{part}"' in page.text
    assert "line " in page.text.split('id="accuracy-newest"')[1]


async def test_the_pages_are_there_in_hindi(boss: httpx2.AsyncClient) -> None:
    for path in ("/admin/analytics", "/admin/accuracy"):
        page = await boss.get(f"{path}?{WEEK}&lang=hi")

        assert page.status_code == 200
        assert "सामान्य" in page.text


async def test_the_report_is_there_as_a_pdf(boss: httpx2.AsyncClient) -> None:
    paper = await boss.get(f"/admin/analytics/paper?{WEEK}")

    assert paper.headers["content-type"] == "application/pdf"
    with Pdf.open(io.BytesIO(paper.content)) as read:
        assert len(read.pages) >= 3


async def test_the_daily_report_has_recipients(running: Running, boss: httpx2.AsyncClient) -> None:
    kept = await boss.post("/admin/analytics/recipients", data={"to": "one@example.org, two@example.org"})
    page = await boss.get("/admin/analytics")
    wrong = await boss.post("/admin/analytics/recipients", data={"to": "one@example.org, nobody"})

    assert kept.status_code == 303
    assert 'value="one@example.org, two@example.org"' in page.text
    assert "This server cannot send e-mail yet." in page.text
    assert wrong.status_code == 422
    assert "Please give e-mail addresses" in wrong.text
    assert await running.services.analytics.daily_report.recipients() == ["one@example.org", "two@example.org"]


async def test_a_past_is_invented_only_where_there_is_none(clinic_with_past: Clinic) -> None:
    with pytest.raises(Conflict):
        await seeded_history.seed(clinic_with_past.services, 1, 10)

    bad, good = await clinic_with_past.services.programs.journal.first_bad_line()
    assert bad is None
    assert good > 3 * 20


@pytest.fixture
async def clinic_with_past(tmp_path: Path) -> AsyncIterator[Clinic]:
    """A clinic with two days' past."""
    async with a_clinic(f"sqlite:///{tmp_path}/queue.db") as clinic:
        assert await seeded_history.seed(clinic.services, 2, 20) > 20
        yield clinic
