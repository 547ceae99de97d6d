"""Departments and rooms are added, changed, removed and restored while the queues go on."""

from __future__ import annotations

from typing import Any

import pytest

from queue_server.domain.errors import (
    BadFields,
    ChangedMeanwhile,
    StillInUse,
    UnknownDepartment,
    UnknownRoom,
)
from queue_server.domain.queue.tokens import Action
from tests.clinics import ADMIN, Clinic

DENTAL = {"code": "den", "prefix": "D", "names": {"en": "Dental"}, "rooms": ["7"]}


def fields(error: Any) -> dict[str, str]:
    """Field → rule."""
    return {problem.field: problem.rule for problem in error.value.problems}


async def test_a_new_department_gives_out_numbers_at_once(clinic: Clinic) -> None:
    await clinic.services.clinic.departments.add(DENTAL, by=ADMIN)

    assert (await clinic.issue("DEN")).number == "D-001"
    assert await clinic.next("7") == "D-001"


async def test_code_prefix_and_room_in_use_are_named_together(clinic: Clinic) -> None:
    with pytest.raises(BadFields) as error:
        await clinic.services.clinic.departments.add({**DENTAL, "code": "GEN", "prefix": "L", "rooms": ["1"]}, by=ADMIN)

    assert fields(error) == {"code": "in_use", "prefix": "in_use", "rooms": "in_use"}
    assert [row["code"] for row in await clinic.services.clinic.departments.all()] == ["GEN", "LAB"]


async def test_who_edits_what_somebody_else_has_changed_is_told_what(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    seen = await departments.one("GEN")
    await departments.save("GEN", {**seen, "pace_s": 300}, seen, by=ADMIN)

    with pytest.raises(ChangedMeanwhile) as error:
        await departments.save("GEN", {**seen, "prefix": "X"}, seen, by=ADMIN)

    assert error.value.details["changed"] == [{"field": "pace_s", "was": 180, "now": 300}]
    assert (await departments.one("GEN"))["prefix"] == "G"


async def test_a_department_with_waiting_tokens_is_not_removed(clinic: Clinic) -> None:
    token = await clinic.issue("LAB")

    with pytest.raises(StillInUse) as error:
        await clinic.services.clinic.departments.remove("LAB", by=ADMIN)
    assert error.value.details["waiting"] == 1

    await clinic.act(token, Action.CANCEL)
    await clinic.services.clinic.departments.remove("LAB", by=ADMIN)
    with pytest.raises(UnknownDepartment):
        await clinic.issue("LAB")
    with pytest.raises(UnknownRoom):
        await clinic.next("3")


async def test_a_removed_department_keeps_its_prefix_and_can_be_restored(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    await clinic.issue("LAB")
    await clinic.next("3")
    await clinic.next("3")
    await departments.remove("LAB", by=ADMIN)

    with pytest.raises(BadFields) as error:
        await departments.add({**DENTAL, "prefix": "L"}, by=ADMIN)
    assert fields(error) == {"prefix": "in_use_removed"}
    await departments.restore("LAB", by=ADMIN)

    assert (await clinic.issue("LAB")).number == "L-002"


async def test_numbers_of_today_keep_their_prefix_to_themselves(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    await clinic.issue("GEN")
    await departments.save("GEN", {**await departments.one("GEN"), "prefix": "A"}, None, by=ADMIN)
    assert (await clinic.issue("GEN")).number == "A-002"

    with pytest.raises(BadFields) as error:
        await departments.add({**DENTAL, "prefix": "G"}, by=ADMIN)

    assert fields(error) == {"prefix": "in_use"}


async def test_a_prefix_of_yesterdays_numbers_is_free_today(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    await clinic.issue("GEN")
    await departments.save("GEN", {**await departments.one("GEN"), "prefix": "A"}, None, by=ADMIN)
    clinic.clock.forward(days=1)
    await clinic.services.queue.day_end.expire_leftovers()

    await departments.add({**DENTAL, "prefix": "G"}, by=ADMIN)

    assert (await clinic.issue("DEN")).number == "G-001"


async def test_who_was_left_on_the_last_service_day_still_counts_where_the_clinic_lies_far_west(clinic: Clinic) -> None:
    await clinic.in_zone("America/Los_Angeles", at="2026-11-23T18:00:00-08:00")
    await clinic.issue()
    await clinic.in_zone("America/Los_Angeles", at="2026-11-25T02:00:00-08:00")

    with pytest.raises(StillInUse):
        await clinic.services.clinic.departments.remove("GEN", by=ADMIN)
    counts = {row["code"]: row["waiting"] for row in await clinic.services.clinic.departments.all()}

    assert counts == {"GEN": 1, "LAB": 0}


async def test_departments_are_shown_in_the_order_that_was_chosen(clinic: Clinic) -> None:
    await clinic.services.clinic.departments.move("LAB", -1, by=ADMIN)

    assert [department.code for department in await clinic.services.clinic.queues.departments()] == ["LAB", "GEN"]


async def test_a_room_is_renamed_moved_and_removed_only_when_nobody_is_there(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    ids = {room["code"]: room["id"] for room in await departments.rooms()}
    await clinic.on_duty(0, "1")

    with pytest.raises(StillInUse):
        await departments.remove_room(ids["1"], by=ADMIN)
    with pytest.raises(StillInUse):
        await departments.save_room(ids["1"], {"code": "9", "department": "GEN"}, None, by=ADMIN)
    await departments.save_room(ids["2"], {"code": "2b", "department": "LAB"}, None, by=ADMIN)
    await departments.remove_room(ids["3"], by=ADMIN)
    await departments.add_room({"code": "3", "department": "GEN"}, by=ADMIN)

    found = [(room["code"], room["department"]) for room in await departments.rooms()]
    assert found == [("1", "GEN"), ("3", "GEN"), ("2b", "LAB")]


async def test_what_is_left_out_of_a_change_stays(clinic: Clinic) -> None:
    known = clinic.services.clinic.departments
    before = await known.one("GEN")

    await known.change("GEN", {"is_open": False, "daily_quota": 5}, by=ADMIN)

    assert await known.one("GEN") == before | {"is_open": False, "daily_quota": 5}
    with pytest.raises(BadFields):
        await known.change("GEN", {"daily_quota": 0}, by=ADMIN)
