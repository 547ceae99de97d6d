"""The tables of the set-up as plans."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from queue_server.domain.clinic.clinic import Duty
from queue_server.domain.clinic.configuration import ClinicPlan, DepartmentPlan, DisplayPlan, HolidayPlan, ShiftPlan
from queue_server.domain.clinic.letterhead import Heading
from queue_server.domain.clinic.rooms import RoomPlan as Room
from queue_server.domain.queue.tokens import DutyState, State
from queue_server.storage.clinic import configuration_rows as rows
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import staff_rows
from queue_server.storage.queue import duty_rows
from tests.clinics import MORNING
from tests.storage.rows import DAY, FIRST, GENERAL, LABORATORY, ROOM_1, ROOM_2, ROOM_3, SECOND, a_token, an_entry

DENTAL = DepartmentPlan("DEN", "D", {"en": "Dental"})


async def test_the_clinics_settings_are_read_as_they_were_saved(work: Transaction) -> None:
    plan = ClinicPlan("Sunrise Clinic", "Europe/London", "03:30", ("hi", "en"), "GB")

    await rows.save_clinic(work, plan)

    assert await rows.clinic_plan(work.connection) == plan


async def test_a_letterhead_is_read_as_it_was_saved(work: Transaction) -> None:
    heading = Heading("Sunrise Clinic", ("12 Station Road",), {"hi": "नमस्ते"}, is_logo_on_slips=False)

    await rows.save_heading(work, heading)

    assert await rows.heading(work.connection, ["en", "hi"]) == heading


@pytest.mark.parametrize("stored", [5, ["x"], {"name": 5, "lines": ["x"], "slip_texts": 7, "of_later": 1}])
async def test_a_letterhead_that_makes_no_sense_fails_no_paper(work: Transaction, stored: object) -> None:
    await setting_rows.save_setting(work, "letterhead", stored)

    assert await rows.heading(work.connection, ["en"]) == Heading()


async def test_a_new_department_is_the_last_one(work: Transaction) -> None:
    id_ = await rows.add_department(work, DENTAL)

    assert [plan.code for plan in (await rows.departments(work.connection)).values()] == ["GEN", "LAB", "DEN"]
    assert (await rows.departments(work.connection))[id_] == DENTAL


async def test_a_removed_department_takes_its_rooms_holidays_and_shifts_along(work: Transaction) -> None:
    await rows.add_holiday(work, HolidayPlan("2026-12-25", "Christmas", "LAB"), LABORATORY)
    await rows.add_shift(work, ShiftPlan("first", "3", "mon", "09:00", "13:00"), FIRST, ROOM_3)

    await rows.remove_department(work, LABORATORY)

    assert list(await rows.departments(work.connection)) == [GENERAL]
    assert list(await rows.departments(work.connection, removed=True)) == [LABORATORY]
    assert [plan.code for plan in (await rows.rooms(work.connection)).values()] == ["1", "2"]
    assert (await rows.holidays(work.connection), await rows.shifts(work.connection)) == ({}, {})


async def test_who_waits_counts_where_they_are_and_where_they_will_come_back_to(work: Transaction) -> None:
    await an_entry(work, "G-001")
    await an_entry(work, "G-002", State.MISSED)
    await an_entry(work, "G-003", State.ATTENDED)
    await an_entry(work, "G-004", department_id=LABORATORY, return_to=ROOM_1)
    await an_entry(work, "G-005", day=DAY - timedelta(days=2))

    assert await rows.waiting(work.connection, DAY) == Counter({GENERAL: 3, LABORATORY: 1})


async def test_a_prefix_belongs_to_who_has_given_out_numbers_with_it_on_the_day(work: Transaction) -> None:
    await a_token(work, "G-001")
    await a_token(work, "GX-001", DAY - timedelta(days=1))

    assert await rows.prefix_of_others(work, "G", LABORATORY, DAY)
    assert await rows.prefix_of_others(work, "G", None, DAY)
    assert not await rows.prefix_of_others(work, "G", GENERAL, DAY)
    assert not await rows.prefix_of_others(work, "GX", LABORATORY, DAY)
    assert not await rows.prefix_of_others(work, "_", LABORATORY, DAY)


async def test_a_room_is_needed_by_who_is_there_who_comes_back_or_who_works_there(work: Transaction) -> None:
    assert await rows.room_in_use(work.connection, ROOM_1) is None

    await duty_rows.add(work, Duty(FIRST, "Doctor first", ROOM_1, DutyState.ON_BREAK, MORNING))
    await duty_rows.add(work, Duty(SECOND, "Doctor second", ROOM_2, DutyState.EXPECTED, MORNING))
    by_doctors = [await rows.room_in_use(work.connection, room) for room in (ROOM_1, ROOM_2)]
    await an_entry(work, "G-001", State.SERVING, room_id=ROOM_1)
    await an_entry(work, "G-002", department_id=LABORATORY, return_to=ROOM_2)
    by_patients = [await rows.room_in_use(work.connection, room) for room in (ROOM_1, ROOM_2)]

    assert (by_doctors, by_patients) == (["Doctor first", None], ["G-001", "G-002"])


async def test_a_room_that_was_removed_is_there_again_with_its_history(work: Transaction) -> None:
    await rows.remove_rooms(work, [ROOM_1])

    await rows.put_room(work, Room("1", "LAB"), LABORATORY)

    assert (await rows.rooms(work.connection))[ROOM_1] == Room("1", "LAB")


async def test_rooms_come_in_the_order_in_which_people_count(work: Transaction) -> None:
    for code in ("10", "2b"):
        await rows.put_room(work, Room(code, "GEN"), GENERAL)
    await rows.save_room(work, ROOM_1, code="1a")

    assert [plan.code for plan in (await rows.rooms(work.connection)).values()] == ["2", "3", "10", "1a", "2b"]


async def test_nobody_is_expected_in_a_room_that_was_removed(work: Transaction) -> None:
    await rows.add_shift(work, ShiftPlan("first", "1", "mon", "09:00", "13:00"), FIRST, ROOM_1)
    await duty_rows.add(work, Duty(FIRST, "Doctor first", ROOM_1, DutyState.EXPECTED, MORNING))

    await rows.remove_rooms(work, [ROOM_1])
    await rows.save_room(work, ROOM_1, is_removed=False)

    assert await rows.shifts(work.connection) == {}
    assert await rows.room_in_use(work.connection, ROOM_1) is None


async def test_holidays_come_in_the_order_of_days_and_go_one_by_one_or_all(work: Transaction) -> None:
    plans = [HolidayPlan("2026-12-25", "Christmas", None), HolidayPlan("2026-12-01", "Stocktaking", "LAB")]
    for plan, id_ in zip(plans, (None, LABORATORY), strict=True):
        await rows.add_holiday(work, plan, id_)
    known = await rows.holidays(work.connection)
    assert list(known.values()) == [plans[1], plans[0]]

    await rows.remove_holiday(work, next(iter(known)))
    assert list((await rows.holidays(work.connection)).values()) == [plans[0]]

    await rows.remove_holiday(work, None)
    assert await rows.holidays(work.connection) == {}


async def test_the_roster_comes_in_the_order_of_the_week_without_doctors_whose_account_ended(work: Transaction) -> None:
    friday = ShiftPlan("first", "1", "fri", "09:00", "13:00")
    monday = ShiftPlan("first", "2", "mon", "14:00", "17:00")
    gone = ShiftPlan("second", "3", "mon", "09:00", "17:00")
    for plan, doctor, room in ((friday, FIRST, ROOM_1), (monday, FIRST, ROOM_2), (gone, SECOND, ROOM_3)):
        await rows.add_shift(work, plan, doctor, room)
    await staff_rows.change_staff(work, SECOND, is_active=False)

    known = await rows.shifts(work.connection)
    assert list(known.values()) == [monday, friday]
    assert await rows.doctors(work.connection) == {FIRST: ("first", "Doctor first")}

    await rows.remove_shift(work, next(iter(known)))
    assert list((await rows.shifts(work.connection)).values()) == [friday]


async def test_the_main_display_is_always_there_and_the_first(work: Transaction) -> None:
    upstairs = DisplayPlan(
        "a-hall", "Hall", ("GEN",), "calls", 12, 55, ("hi",), 40, (("20:00", "07:00"),), {"en": "Welcome"}
    )
    await rows.put_display(work, upstairs)
    await rows.put_display(work, DisplayPlan("main", volume=10))

    found = await rows.displays(work.connection)
    assert list(found) == ["main", "a-hall"]
    assert (found["a-hall"], found["main"].volume) == (upstairs, 10)

    await rows.remove_display(work, "main")
    assert (await rows.displays(work.connection))["main"] == DisplayPlan("main")


async def test_no_display_shows_a_department_that_is_gone(work: Transaction) -> None:
    await rows.put_display(work, DisplayPlan("hall", departments=("GEN", "LAB"), abha_code="GEN"))

    await rows.delete_department(work, "GEN")

    assert (await rows.displays(work.connection))["hall"] == DisplayPlan("hall", departments=("LAB",))
