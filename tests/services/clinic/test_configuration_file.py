"""Setting the clinic up, on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import (
    BadFields,
    ChangedMeanwhile,
    OutsideHours,
    StillInUse,
    UnknownDepartment,
    UnknownRoom,
)
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import Action, DutyState
from queue_server.services.clinic.configuration_file import BadFile
from tests.clinics import Clinic, a_clinic

BOSS = Actor(ActorKind.ADMIN, 9)
DENTAL = {"code": "den", "prefix": "D", "names": {"en": "Dental"}, "rooms": ["7"]}


def fields(error: Any) -> dict[str, str]:
    """Field → rule."""
    return {problem.field: problem.rule for problem in error.value.problems}


async def test_a_new_department_gives_out_numbers_at_once(clinic: Clinic) -> None:
    await clinic.services.clinic.departments.add(DENTAL, by=BOSS)

    assert (await clinic.issue("DEN")).number == "D-001"
    assert await clinic.next("7") == "D-001"


async def test_code_prefix_and_room_in_use_are_named_together(clinic: Clinic) -> None:
    with pytest.raises(BadFields) as error:
        await clinic.services.clinic.departments.add({**DENTAL, "code": "GEN", "prefix": "L", "rooms": ["1"]}, by=BOSS)

    assert fields(error) == {"code": "in_use", "prefix": "in_use", "rooms": "in_use"}
    assert [row["code"] for row in await clinic.services.clinic.departments.all()] == ["GEN", "LAB"]


async def test_who_edits_what_somebody_else_has_changed_is_told_what(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    seen = await departments.one("GEN")
    await departments.save("GEN", {**seen, "pace_s": 300}, seen, by=BOSS)

    with pytest.raises(ChangedMeanwhile) as error:
        await departments.save("GEN", {**seen, "prefix": "X"}, seen, by=BOSS)

    assert error.value.details["changed"] == [{"field": "pace_s", "was": 180, "now": 300}]
    assert (await departments.one("GEN"))["prefix"] == "G"


async def test_a_department_with_waiting_tokens_is_not_removed(clinic: Clinic) -> None:
    token = await clinic.issue("LAB")

    with pytest.raises(StillInUse) as error:
        await clinic.services.clinic.departments.remove("LAB", by=BOSS)
    assert error.value.details["waiting"] == 1

    await clinic.act(token, Action.CANCEL)
    await clinic.services.clinic.departments.remove("LAB", by=BOSS)
    with pytest.raises(UnknownDepartment):
        await clinic.issue("LAB")
    with pytest.raises(UnknownRoom):
        await clinic.next("3")


async def test_a_removed_department_keeps_its_prefix_and_can_be_restored(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    await clinic.issue("LAB")
    await clinic.next("3")
    await clinic.next("3")
    await departments.remove("LAB", by=BOSS)

    with pytest.raises(BadFields) as error:
        await departments.add({**DENTAL, "prefix": "L"}, by=BOSS)
    assert fields(error) == {"prefix": "in_use_removed"}
    await departments.restore("LAB", by=BOSS)

    assert (await clinic.issue("LAB")).number == "L-002"


async def test_numbers_of_today_keep_their_prefix_to_themselves(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    await clinic.issue("GEN")
    await departments.save("GEN", {**await departments.one("GEN"), "prefix": "A"}, None, by=BOSS)
    assert (await clinic.issue("GEN")).number == "A-002"

    with pytest.raises(BadFields) as error:
        await departments.add({**DENTAL, "prefix": "G"}, by=BOSS)

    assert fields(error) == {"prefix": "in_use"}


async def test_a_prefix_of_yesterdays_numbers_is_free_today(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    await clinic.issue("GEN")
    await departments.save("GEN", {**await departments.one("GEN"), "prefix": "A"}, None, by=BOSS)
    clinic.clock.forward(days=1)
    await clinic.services.queue.day_end.expire_leftovers()

    await departments.add({**DENTAL, "prefix": "G"}, by=BOSS)

    assert (await clinic.issue("DEN")).number == "G-001"


async def test_who_was_left_on_the_last_service_day_still_counts_where_the_clinic_lies_far_west(clinic: Clinic) -> None:
    await clinic.in_zone("America/Los_Angeles", at="2026-11-23T18:00:00-08:00")
    await clinic.issue()
    await clinic.in_zone("America/Los_Angeles", at="2026-11-25T02:00:00-08:00")

    with pytest.raises(StillInUse):
        await clinic.services.clinic.departments.remove("GEN", by=BOSS)
    counts = {row["code"]: row["waiting"] for row in await clinic.services.clinic.departments.all()}

    assert counts == {"GEN": 1, "LAB": 0}


async def test_departments_are_shown_in_the_order_that_was_chosen(clinic: Clinic) -> None:
    await clinic.services.clinic.departments.move("LAB", -1, by=BOSS)

    assert [department.code for department in await clinic.services.clinic.queues.departments()] == ["LAB", "GEN"]


async def test_a_room_is_renamed_moved_and_removed_only_when_nobody_is_there(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    ids = {room["code"]: room["id"] for room in await departments.rooms()}
    await clinic.on_duty(0, "1")

    with pytest.raises(StillInUse):
        await departments.remove_room(ids["1"], by=BOSS)
    with pytest.raises(StillInUse):
        await departments.save_room(ids["1"], {"code": "9", "department": "GEN"}, None, by=BOSS)
    await departments.save_room(ids["2"], {"code": "2b", "department": "LAB"}, None, by=BOSS)
    await departments.remove_room(ids["3"], by=BOSS)
    await departments.add_room({"code": "3", "department": "GEN"}, by=BOSS)

    found = [(room["code"], room["department"]) for room in await departments.rooms()]
    assert found == [("1", "GEN"), ("3", "GEN"), ("2b", "LAB")]


async def test_on_a_holiday_the_kiosk_gives_out_no_numbers(clinic: Clinic) -> None:
    roster = clinic.services.clinic.roster
    await roster.add_holiday({"day": "2026-11-22", "name": "Festival", "department": "LAB"}, by=BOSS)

    with pytest.raises(OutsideHours):
        await clinic.issue("LAB")
    await clinic.issue("GEN")
    (holiday,) = await roster.holidays()
    await roster.remove_holiday(holiday["id"], by=BOSS)
    assert (await clinic.issue("LAB")).number == "L-001"


async def test_a_holiday_twice_or_in_the_past_is_refused(clinic: Clinic) -> None:
    roster = clinic.services.clinic.roster
    await roster.add_holiday({"day": "2026-12-25", "name": "Christmas"}, by=BOSS)

    for sent, rule in (
        ({"day": "2026-12-25", "name": "Again", "department": "GEN"}, "twice"),
        ({"day": "2026-11-21", "name": "Yesterday"}, "past"),
    ):
        with pytest.raises(BadFields) as error:
            await roster.add_holiday(sent, by=BOSS)
        assert fields(error) == {"day": rule}


async def test_whom_the_roster_expects_is_shown_as_expected_until_the_doctor_comes(clinic: Clinic) -> None:
    roster = clinic.services.clinic.roster
    shift = {"doctor": "first", "room": "1", "weekday": "sun", "begins": "11:00", "ends": "13:00"}
    await roster.add_shift(shift, by=BOSS)

    board: Any = (await clinic.services.screens.boards.board("main")).data
    (duty,) = board["doctors"]
    assert (duty["state"], duty["back_at"], duty["room"]) == ("expected", "2026-11-22T05:30:00Z", "1")

    with pytest.raises(BadFields) as error:
        await roster.add_shift({**shift, "doctor": "second"}, by=BOSS)
    assert fields(error) == {"room": "clash"}
    await clinic.on_duty(0, "1")
    clinic.clock.forward(hours=5)
    await roster.keep()
    (queue,) = [queue for queue in await clinic.services.clinic.queues.all() if queue.department.code == "GEN"]
    assert [duty.state for duty in queue.duties] == [DutyState.ON_DUTY]


async def test_who_does_not_come_is_no_longer_expected(clinic: Clinic) -> None:
    shift = {"doctor": "first", "room": "1", "weekday": "sun", "begins": "09:00", "ends": "11:00"}
    await clinic.services.clinic.roster.add_shift(shift, by=BOSS)
    clinic.clock.forward(hours=1)

    await clinic.services.clinic.roster.keep()

    assert not [duty for queue in await clinic.services.clinic.queues.all() for duty in queue.duties]


async def test_a_wall_shows_its_own_departments_names_and_volume(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    general = await departments.one("GEN")
    await departments.save("GEN", {**general, "private_names": {"en": "Door A"}}, None, by=BOSS)
    wall = {
        "name": "Upstairs",
        "departments": ["GEN"],
        "volume": "40",
        "quiet": [["20:00", "07:00"]],
        "languages": ["hi"],
    }

    assert await clinic.services.clinic.displays.add(wall, by=BOSS) == "upstairs"

    day = (await clinic.services.screens.boards.board("upstairs")).data
    clinic.clock.moment += timedelta(hours=12)
    night = (await clinic.services.screens.boards.board("upstairs")).data
    assert [one["names"] for one in day["departments"]] == [{"en": "Door A"}]  # type: ignore[attr-defined]
    assert (day["volume"], night["volume"], day["languages"]) == (40, 0, ["hi"])
    kiosk = await clinic.services.screens.boards.departments()
    assert kiosk[0]["names"] == {"en": "General", "hi": "सामान्य"}


async def test_the_whole_set_up_moves_to_another_clinic_and_back(clinic: Clinic, tmp_path: Path) -> None:
    services = clinic.services
    await services.clinic.departments.add(
        {**DENTAL, "hours": {"mon": [["09:00", "13:00"]]}, "daily_quota": 40}, by=BOSS
    )
    await services.clinic.roster.add_holiday({"day": "2026-12-25", "name": "Christmas", "department": "DEN"}, by=BOSS)
    await services.clinic.roster.add_shift(
        {"doctor": "first", "room": "7", "weekday": "mon", "begins": "9", "ends": "13"}, by=BOSS
    )
    await services.clinic.displays.add({"name": "hall", "departments": ["DEN"], "notices": {"en": "Welcome"}}, by=BOSS)
    await services.clinic.departments.remove("LAB", by=BOSS)
    text = await services.clinic.configuration.export()

    async with a_clinic(f"sqlite:///{tmp_path}/other.db") as other:
        await other.services.clinic.configuration.load(text, by=BOSS)
        assert await other.services.clinic.configuration.export() == text
        assert (await other.issue("GEN")).number == "G-001"
    await services.clinic.configuration.load(text, by=BOSS)
    assert await services.clinic.configuration.export() == text


async def test_of_a_file_with_a_bad_line_nothing_is_taken_over(clinic: Clinic) -> None:
    await clinic.issue("LAB")
    before = await clinic.services.clinic.configuration.export()
    lines = before.replace('"Test clinic"', '"Other"').splitlines()
    without_laboratory = "\n".join(line for line in lines if "LAB" not in line)
    bad = without_laboratory.replace('"volume": 100', '"volume": 1000').replace("},\n  ]", "}\n  ]")

    for text, rules in ((bad, {"out_of_range"}), (bad.replace("1000", "10"), {"still_waiting"})):
        with pytest.raises(BadFile) as error:
            await clinic.services.clinic.configuration.load(text, by=BOSS)
        assert {problem.rule for _, problem in error.value.lines} == rules
    assert await clinic.services.clinic.configuration.export() == before


async def test_departments_may_swap_their_prefixes_in_a_file(clinic: Clinic) -> None:
    text = await clinic.services.clinic.configuration.export()
    swapped = text.replace('"prefix": "G"', '"prefix": "?"').replace('"prefix": "L"', '"prefix": "G"')

    await clinic.services.clinic.configuration.load(swapped.replace('"prefix": "?"', '"prefix": "L"'), by=BOSS)

    assert (await clinic.issue("GEN")).number == "L-001"


async def test_a_file_gives_no_prefix_away_under_which_numbers_were_given_out_today(clinic: Clinic) -> None:
    await clinic.issue("GEN")
    text = await clinic.services.clinic.configuration.export()
    swapped = text.replace('"prefix": "G"', '"prefix": "?"').replace('"prefix": "L"', '"prefix": "G"')

    with pytest.raises(BadFile) as refused:
        await clinic.services.clinic.configuration.load(swapped.replace('"prefix": "?"', '"prefix": "L"'), by=BOSS)

    assert [(problem.field, problem.rule) for _, problem in refused.value.lines] == [
        ("departments[2].prefix", "in_use")
    ]
    assert (await clinic.issue("GEN")).number == "G-002"


async def test_what_is_left_out_of_a_change_stays(clinic: Clinic) -> None:
    known = clinic.services.clinic.departments
    before = await known.one("GEN")

    await known.change("GEN", {"is_open": False, "daily_quota": 5}, by=BOSS)

    assert await known.one("GEN") == before | {"is_open": False, "daily_quota": 5}
    with pytest.raises(BadFields):
        await known.change("GEN", {"daily_quota": 0}, by=BOSS)


async def test_a_doctor_whose_account_ended_is_expected_nowhere(clinic: Clinic) -> None:
    await clinic.services.people.accounts.create("third", "correct horse", Role.DOCTOR, "Third", cost=4)
    logins = [login for login, _ in await clinic.services.clinic.roster.doctors()]

    assert logins == ["first", "second", "third"]
