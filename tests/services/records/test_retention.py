"""What is kept for how long, and the daily removal of what is older."""

from __future__ import annotations

import pytest

from queue_server.domain.errors import BadInput, UnknownDocument
from queue_server.domain.records.retention import RetentionPeriods
from tests.clinics import ADMIN, Clinic
from tests.services.records.test_documents import SECRET, add, patient, read, visit


async def test_what_is_too_old_goes_once_a_day_and_is_reported(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    old = await add(clinic, token)
    await read(clinic, old, patient(login))
    await clinic.services.records.retention.save_retention(RetentionPeriods(3, 4, 3), by=ADMIN)
    assert (await clinic.services.records.retention.daily() or {})["removed"]["documents"] == 0
    clinic.clock.forward(days=3 * 366)
    new = await add(clinic, token)

    report = await clinic.services.records.retention.daily()
    again = await clinic.services.records.retention.daily()

    assert report is not None
    assert report["removed"] == {"documents": 1, "records": 0, "visits": 0, "reads": 1}
    assert again is None
    assert [one["removed"]["documents"] for one in await clinic.services.records.retention.reports()] == [1, 0]
    with pytest.raises(UnknownDocument):
        await read(clinic, old, clinic.doctors[0])
    assert await read(clinic, new, clinic.doctors[0]) == SECRET
    assert "retention" in await clinic.kinds()


async def test_after_the_years_a_visit_is_nobodys(clinic: Clinic) -> None:
    login, _ = await visit(clinic)
    await clinic.services.records.retention.save_retention(RetentionPeriods(3, 3, 3), by=ADMIN)
    clinic.clock.forward(days=4 * 366)

    report = await clinic.services.records.retention.daily()

    assert report is not None
    assert report["removed"]["visits"] == 1
    assert (await clinic.services.records.histories.read(patient(login).id)).visits == ()


async def test_a_visit_is_kept_for_all_of_its_years_where_the_clinic_lies_far_west(clinic: Clinic) -> None:
    await clinic.in_zone("America/Los_Angeles", at="2026-11-23T09:00:00-08:00")
    await visit(clinic)
    await clinic.services.records.retention.save_retention(RetentionPeriods(3, 3, 3), by=ADMIN)

    await clinic.in_zone("America/Los_Angeles", at="2029-11-23T18:00:00-08:00")
    on_the_day = await clinic.services.records.retention.daily()
    await clinic.in_zone("America/Los_Angeles", at="2029-11-24T18:00:00-08:00")
    a_day_later = await clinic.services.records.retention.daily()

    assert [report and report["removed"]["visits"] for report in (on_the_day, a_day_later)] == [0, 1]


@pytest.mark.parametrize("years", [0, 2, 101])
async def test_less_than_the_law_asks_cannot_be_chosen(clinic: Clinic, years: int) -> None:
    with pytest.raises(BadInput) as refused:
        await clinic.services.records.retention.save_retention(RetentionPeriods(documents=years), by=ADMIN)

    assert refused.value.details["field"] == "documents"
