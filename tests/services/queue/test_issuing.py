"""Tokens are distinct, complete, and given once."""

import asyncio
from itertools import chain

import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.errors import BadInput, DepartmentClosed, KeyReused, UnknownDepartment
from queue_server.domain.queue.tokens import Priority
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, Clinic


async def test_numbers_count_from_one_without_gaps(clinic: Clinic) -> None:
    numbers = [(await clinic.issue()).number for _ in range(3)]

    assert numbers == ["G-001", "G-002", "G-003"]


async def test_each_department_counts_for_itself(clinic: Clinic) -> None:
    await clinic.issue("GEN")

    assert (await clinic.issue("LAB")).number == "L-001"


async def test_a_new_service_day_starts_at_one_again(clinic: Clinic) -> None:
    yesterday = await clinic.issue()

    clinic.clock.forward(days=1)
    today = await clinic.issue()

    assert (yesterday.number, today.number) == ("G-001", "G-001")


async def test_half_past_three_at_night_still_belongs_to_yesterday(clinic: Clinic) -> None:
    await clinic.issue()

    clinic.clock.forward(hours=17, minutes=30)

    assert (await clinic.issue()).number == "G-002"


async def test_eight_kiosks_at_once_give_out_distinct_numbers(clinic: Clinic) -> None:
    async def kiosk() -> list[str]:
        return [(await clinic.issue()).number for _ in range(6)]

    numbers = list(chain.from_iterable(await asyncio.gather(*(kiosk() for _ in range(8)))))

    assert sorted(numbers) == [f"G-{counter:03d}" for counter in range(1, 49)]


async def test_the_same_press_gives_the_same_token(clinic: Clinic) -> None:
    first = await clinic.issue(key="press 1")
    again = await clinic.issue(key="press 1")

    assert again == first
    assert await clinic.order() == ["G-001"]


async def test_presses_that_arrive_together_with_one_key_give_one_token(clinic: Clinic) -> None:
    issued = await asyncio.gather(*(clinic.issue(key="double tap") for _ in range(5)))

    assert len({token.token_id for token in issued}) == 1


async def test_a_key_with_another_request_is_refused(clinic: Clinic) -> None:
    await clinic.issue("GEN", key="press 1")

    with pytest.raises(KeyReused):
        await clinic.issue("LAB", key="press 1")


async def test_an_unknown_department_changes_nothing(clinic: Clinic) -> None:
    with pytest.raises(UnknownDepartment, match="'XYZ'"):
        await clinic.issue("XYZ")

    assert "issue" not in await clinic.kinds()


async def test_a_closed_department_issues_nothing_until_it_opens(clinic: Clinic) -> None:
    await clinic.services.clinic.departments.change("GEN", {"is_open": False}, by=SYSTEM)

    with pytest.raises(DepartmentClosed):
        await clinic.issue()

    await clinic.services.clinic.departments.change("GEN", {"is_open": True}, by=SYSTEM)
    assert (await clinic.issue()).number == "G-001"


@pytest.mark.parametrize("priority", [Priority.URGENT, Priority.EMERGENCY])
async def test_who_goes_before_others_needs_a_reason(clinic: Clinic, priority: Priority) -> None:
    request = IssueRequest("GEN", priority, " \u200b ")

    with pytest.raises(BadInput) as raised:
        await clinic.services.queue.issuing.issue(request, by=KIOSK)

    assert raised.value.details["field"] == "reason"


async def test_a_slip_says_how_many_are_ahead(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.issue()
    request = IssueRequest("GEN", language="hi", place="entrance")

    await clinic.services.queue.issuing.issue(request, by=KIOSK)
    (job,) = await clinic.services.devices.printing.open_jobs(KIOSK)
    slip = await clinic.services.devices.printing.compose(job)

    assert slip["number"] == "G-003"
    assert "2" in slip["ahead_text"]
    assert slip["department"] == "सामान्य"
    assert slip["url"].startswith("http://queue.test/t/")


async def test_a_link_key_has_enough_randomness_and_differs(clinic: Clinic) -> None:
    keys = {(await clinic.issue()).key for _ in range(5)}

    assert len(keys) == 5
    assert all(len(key) * 6 >= 128 for key in keys)
