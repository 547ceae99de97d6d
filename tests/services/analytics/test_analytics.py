"""Reports for whoever runs the clinic, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from queue_server.analytics.report import Report
from queue_server.domain.errors import BadInput, UnknownDepartment
from queue_server.locale import texts
from queue_server.services.analytics.analytics import LONGEST, check
from tests.clinics import Clinic

ENGLISH = texts("en")


async def report(clinic: Clinic, first: date, last: date, code: str | None = None) -> Report:
    """The report of these days."""
    return await clinic.services.analytics.reports.report(first, last, code, ENGLISH)


def figures(found: Report) -> dict[str, tuple[str, str, str]]:
    """Label → now, before, change."""
    return {one.label: (one.value, one.before, one.change) for one in found.figures}


async def two_days(clinic: Clinic) -> date:
    """One patient yesterday; three today, of whom one is seen and one waits at the laboratory. Returns today."""
    await clinic.issue()
    clinic.clock.forward(days=1)
    await clinic.services.queue.day_end.expire_leftovers()
    await clinic.issue()
    await clinic.issue()
    await clinic.issue("LAB")
    clinic.clock.forward(minutes=10)
    await clinic.next()
    clinic.clock.forward(minutes=5)
    await clinic.next()
    return await clinic.services.clinic.queues.day()


async def test_the_days_stand_beside_the_same_number_of_days_before(clinic: Clinic) -> None:
    today = await two_days(clinic)

    told = figures(await report(clinic, today, today))

    assert told["Patients"] == ("3", "1", "+200 %")
    assert told["Seen"][:2] == ("1", "0")
    assert told["Never called"][1] == "100 %"


async def test_one_department_is_told_alone(clinic: Clinic) -> None:
    today = await two_days(clinic)

    told = figures(await report(clinic, today, today, "LAB"))

    assert told["Patients"][:2] == ("1", "0")


async def test_days_without_anybody_are_told_with_dashes(clinic: Clinic) -> None:
    day = await clinic.services.clinic.queues.day()

    told = figures(await report(clinic, day, day))

    assert told["Patients"] == ("0", "0", "")
    assert told["Called, did not come"][:2] == ("–", "–")


async def test_a_report_on_paper_has_a_page_in_every_case(clinic: Clinic) -> None:
    today = await two_days(clinic)
    reports = clinic.services.analytics.reports

    for found, code in (
        (await report(clinic, today, today), None),
        (await report(clinic, today - timedelta(days=1), today, "GEN"), "GEN"),
        (await reports.accuracy(today, today, ENGLISH), None),
    ):
        assert (await reports.paper(found, "Report", code, ENGLISH)).startswith(b"%PDF-")


async def test_an_unknown_department_is_named(clinic: Clinic) -> None:
    day = await clinic.services.clinic.queues.day()

    with pytest.raises(UnknownDepartment):
        await report(clinic, day, day, "NOPE")


@pytest.mark.parametrize("length", [timedelta(days=-1), LONGEST + timedelta(days=1)])
def test_a_range_runs_forwards_and_has_an_end(length: timedelta) -> None:
    first = date(2016, 1, 1)

    with pytest.raises(BadInput) as refused:
        check(first, first + length)

    assert refused.value.details["field"] == "to"
    check(first, first + LONGEST)
    check(first, first)


async def test_every_chart_and_every_figure_says_what_it_counts(clinic: Clinic) -> None:
    today = await two_days(clinic)
    reports = clinic.services.analytics.reports

    found = [await report(clinic, today - timedelta(days=1), today), await reports.accuracy(today, today, ENGLISH)]

    pictures = [section for one in found for section in one.sections if section.svg]
    assert len(pictures) >= 6
    units = ("number", "minutes", "patients", "share", "per cent")
    for section in pictures:
        assert any(unit in section.note for unit in units), section.key
    assert all(any(unit in figure.about for unit in (*units, "consultations")) for figure in found[0].figures)
