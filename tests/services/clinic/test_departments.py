"""Departments and rooms are added, changed, removed and restored while the queues go on."""

from __future__ import annotations

from typing import Any

import pytest

from queue_server.domain.clinic.configuration import DisplayPlan, written
from queue_server.domain.clinic.rooms import MOST_AT_ONCE
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


async def test_a_room_has_a_name_that_people_read_and_a_code_that_stays(clinic: Clinic) -> None:
    departments, screens = clinic.services.clinic.departments, clinic.services.screens
    await departments.add({**DENTAL, "rooms": ["7", "Pharmacy window", "Room 5 upstairs"]}, by=ADMIN)
    token = await clinic.issue("DEN")
    assert await clinic.next("PW") == "D-001"

    shown: Any = (await screens.boards.board("main")).data
    in_each = [dict.fromkeys(("en", "hi"), name) for name in ("Pharmacy window", "Room 5 upstairs")]
    assert shown["room_names"] == dict(zip(("PW", "R5U"), in_each, strict=True))
    assert [call["room"] for call in shown["calls"]] == ["PW"]
    assert shown["calls"][0]["say"][0]["text"] == "Token D, zero zero one. Please go to: Pharmacy window."
    assert (await screens.token_pages.phone(token.key))["room_names"] == {"en": "Pharmacy window"}
    assert (await screens.token_pages.program(token.token_id))["room"] == "PW"

    # Somebody is in the room: it may be called something else, and stays where it is.
    [room] = [room for room in await departments.rooms() if room["code"] == "PW"]
    sent = {"code": "PW", "department": "DEN", "names": {"en": "Medicines"}}
    await departments.save_room(room["id"], sent, None, by=ADMIN)
    assert (await screens.token_pages.phone(token.key))["room_names"] == {"en": "Medicines"}
    with pytest.raises(StillInUse):
        await departments.save_room(room["id"], {**sent, "department": "LAB"}, None, by=ADMIN)


async def test_a_room_is_shown_and_called_in_each_language_by_its_name_there(clinic: Clinic) -> None:
    departments, screens = clinic.services.clinic.departments, clinic.services.screens
    names = {"hi": "दवा की खिड़की", "ta": "மருந்து சாளரம்"}
    await departments.add_room({"code": "PW", "names": names, "department": "GEN"}, by=ADMIN)
    token = await clinic.issue("GEN")
    await clinic.next("PW")

    look = written(DisplayPlan("main", languages=("ta", "en")))
    await clinic.services.clinic.displays.save("main", look, None, by=ADMIN)
    shown: Any = (await screens.boards.board("main")).data

    # Nobody has written the English name: the first that there is stands in for it.
    assert shown["room_names"]["PW"] == {"ta": "மருந்து சாளரம்", "en": "दवा की खिड़की"}
    in_tamil, in_english = shown["calls"][0]["say"]
    assert in_tamil["words"][-1] == "மருந்து சாளரம்"
    assert in_english["text"].endswith("Please go to: दवा की खिड़की.")
    assert (await screens.token_pages.phone(token.key))["room_names"] == names


async def test_a_display_without_a_name_in_its_languages_shows_the_one_there_is_and_never_a_hidden_one(
    clinic: Clinic,
) -> None:
    await clinic.services.clinic.departments.change(
        "LAB", {"names": {"en": "HIV tests"}, "private_names": {"hi": "कमरा सात"}}, by=ADMIN
    )
    look = written(DisplayPlan("main", languages=("en", "ta"), notices={"hi": "कल छुट्टी है।"}))
    await clinic.services.clinic.displays.save("main", look, None, by=ADMIN)

    shown: Any = (await clinic.services.screens.boards.board("main")).data

    [laboratory] = [one for one in shown["departments"] if one["code"] == "LAB"]
    assert laboratory["names"] == {"en": "कमरा सात", "ta": "कमरा सात"}
    assert shown["notices"] == {"hi": "कल छुट्टी है।"}


async def test_a_department_gets_no_more_rooms_at_once_than_anybody_has(clinic: Clinic) -> None:
    plan = {"code": "NEW", "prefix": "N", "names": {"en": "New"}, "rooms": ["A b"] * (MOST_AT_ONCE + 1)}

    with pytest.raises(BadFields) as refused:
        await clinic.services.clinic.departments.add(plan, by=ADMIN)

    assert fields(refused) == {"rooms": "too_many"}


async def test_a_room_without_a_code_gets_one(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    for _ in range(2):
        await departments.add_room({"code": "", "name": "Pharmacy window", "department": "GEN"}, by=ADMIN)

    assert {"PW", "PW-2"} <= {room["code"] for room in await departments.rooms()}
