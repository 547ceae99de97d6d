"""Settings, departments and rooms."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from queue_server.domain.clinic.clinic import Clinic, Room
from queue_server.domain.clinic.configuration import DepartmentPlan, HolidayPlan
from queue_server.domain.errors import UnknownDepartment, UnknownRoom
from queue_server.storage.clinic import clinic_rows, configuration_rows
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Transaction
from tests.storage.rows import GENERAL, LABORATORY, ROOM_1, ROOM_2, ROOM_3


async def codes(work: Transaction, *, with_removed: bool = False) -> list[str]:
    """The departments in their order."""
    return [one.code for one in await clinic_rows.departments(work.connection, with_removed=with_removed)]


async def test_settings_that_were_never_set_have_their_defaults(work: Transaction) -> None:
    await setting_rows.save_setting(work, "name", "Sunrise Clinic")
    await setting_rows.save_setting(work, "roll_over", "05:30")

    assert await clinic_rows.clinic(work.connection) == Clinic(
        "Sunrise Clinic", ZoneInfo("Asia/Kolkata"), time(5, 30), ("en", "hi"), "IN"
    )


@pytest.mark.parametrize(("hour", "day"), [(22, date(2026, 11, 22)), (23, date(2026, 11, 23))])
async def test_a_service_day_begins_at_the_clinics_own_roll_over(work: Transaction, hour: int, day: date) -> None:
    # 04:00 in Asia/Kolkata is 22:30 in UTC.
    moment = datetime(2026, 11, 22, hour, 0, tzinfo=UTC)

    assert await clinic_rows.service_day_at(work.connection, moment) == day


async def test_departments_come_in_their_order_and_removed_ones_only_when_asked_for(work: Transaction) -> None:
    await configuration_rows.save_department(work, GENERAL, position=9)
    assert await codes(work) == ["LAB", "GEN"]

    await configuration_rows.remove_department(work, LABORATORY)

    assert await codes(work) == ["GEN"]
    assert await codes(work, with_removed=True) == ["LAB", "GEN"]


async def test_a_holiday_is_of_one_department_or_of_all(work: Transaction) -> None:
    await configuration_rows.add_holiday(work, HolidayPlan("2026-12-25", "Christmas", None), None)
    await configuration_rows.add_holiday(work, HolidayPlan("2026-11-23", "Stocktaking", "LAB"), LABORATORY)

    found = {one.code: one.holidays for one in await clinic_rows.departments(work.connection)}

    christmas, stocktaking = date(2026, 12, 25), date(2026, 11, 23)
    assert found == {"GEN": {christmas}, "LAB": {christmas, stocktaking}}


async def test_a_department_is_read_as_it_was_planned(work: Transaction) -> None:
    plan = DepartmentPlan(
        "DEN",
        "D",
        {"en": "Dental"},
        private_names={"en": "Door A"},
        credits={"normal": 0, "assisted": 10, "urgent": 20},
        hours={"mon": (("09:00", "13:00"), ("14:00", "17:00"))},
        daily_quota=40,
    )

    id_ = await configuration_rows.add_department(work, plan)

    found = await clinic_rows.department(work.connection, id_)
    assert {name: getattr(found, name) for name in DepartmentPlan.__dataclass_fields__} == {
        name: getattr(plan, name) for name in DepartmentPlan.__dataclass_fields__
    }


async def test_a_department_is_locked_by_its_code_unless_it_is_removed(work: Transaction) -> None:
    assert (await clinic_rows.lock_department(work, "LAB")).id == LABORATORY
    await configuration_rows.remove_department(work, LABORATORY)

    with pytest.raises(UnknownDepartment):
        await clinic_rows.lock_department(work, "LAB")
    with pytest.raises(UnknownDepartment):
        await clinic_rows.department(work.connection, 99)


async def test_only_where_several_write_may_somebody_have_changed_the_queues_before_the_lock(work: Transaction) -> None:
    assert await clinic_rows.lock_departments(work, [LABORATORY, GENERAL, GENERAL]) is work.is_postgres


async def test_rooms_are_found_by_department_and_by_code_unless_removed(work: Transaction) -> None:
    await configuration_rows.remove_rooms(work, [ROOM_1])

    assert await clinic_rows.rooms(work.connection) == [Room(ROOM_2, "2", GENERAL), Room(ROOM_3, "3", LABORATORY)]
    assert await clinic_rows.rooms(work.connection, LABORATORY) == [Room(ROOM_3, "3", LABORATORY)]
    assert await clinic_rows.room(work.connection, "2") == Room(ROOM_2, "2", GENERAL)
    with pytest.raises(UnknownRoom):
        await clinic_rows.room(work.connection, "1")
