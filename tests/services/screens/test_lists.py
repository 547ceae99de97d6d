"""What other programs read in pages."""

from __future__ import annotations

import pytest

from queue_server.domain.errors import UnknownDepartment, UnknownPatient, UnknownRoom
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, PROGRAM, Clinic


async def test_tokens_are_listed_once_each_in_pages(clinic: Clinic) -> None:
    first = await clinic.issue()
    await clinic.issue("LAB")
    third = await clinic.issue()
    await clinic.next()
    await clinic.services.queue.calling.transfer(first.token_id, "LAB", by=PROGRAM)

    lookups = clinic.services.screens.lists
    page, after = await lookups.tokens(None, None, 0, 2)
    rest, end = await lookups.tokens(None, None, after or 0, 2)
    in_laboratory, _ = await lookups.tokens(None, "LAB", 0, 10)

    assert [(one["number"], one["department"], one["state"]) for one in [*page, *rest]] == [
        ("G-001", "LAB", "waiting"),
        ("L-001", "LAB", "waiting"),
        ("G-002", "GEN", "waiting"),
    ]
    assert (rest[0]["id"], end) == (third.token_id, None)
    assert [one["number"] for one in in_laboratory] == ["G-001", "L-001"]


async def test_a_patient_is_read_by_token_and_the_reading_is_noted(clinic: Clinic) -> None:
    login = await clinic.register()
    assert login.patient is not None
    token = await clinic.services.queue.issuing.issue(IssueRequest("GEN", patient_id=login.patient.id), by=KIOSK)
    walk_in = await clinic.issue()

    found = await clinic.services.screens.lists.patient_of_token(token.token_id, by=PROGRAM)

    assert (found["id"], found["name"]) == (login.patient.id, "Asha")
    reads = await clinic.services.records.histories.reads(login.patient.id)
    assert [(str(read.reader), read.what) for read in reads] == [("program:1", "profile")]
    with pytest.raises(UnknownPatient):
        await clinic.services.screens.lists.patient_of_token(walk_in.token_id, by=PROGRAM)


async def test_departments_and_rooms_come_in_pages_without_gaps(clinic: Clinic) -> None:
    lists = clinic.services.screens.lists

    departments, after = await lists.departments(0, 1)
    more, end = await lists.departments(after or 0, 1)
    rooms, last = await lists.rooms(0, 2)
    others, over = await lists.rooms(last or 0, 2)

    assert [(one["code"], one["rooms"]) for one in [*departments, *more]] == [("GEN", ["1", "2"]), ("LAB", ["3"])]
    assert [one["code"] for one in [*rooms, *others]] == ["1", "2", "3"]
    assert (end, over) == (None, None)
    assert await lists.department("LAB") == more[0]


async def test_programs_are_told_a_newcomers_wait_in_seconds(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    await clinic.issue()
    await clinic.issue()

    general = await clinic.services.screens.lists.department("GEN")
    laboratory = await clinic.services.screens.lists.department("LAB")

    assert general["wait"] is not None
    assert 0 <= general["wait"]["low_s"] < general["wait"]["likely_s"] < general["wait"]["high_s"]
    assert laboratory["wait"] is None


async def test_one_room_shows_who_is_on_duty_and_who_is_there(clinic: Clinic) -> None:
    await clinic.on_duty(1, "2")
    token = await clinic.issue()
    await clinic.next("2")

    room = await clinic.services.screens.lists.room("2")

    assert room["duty"] is not None
    assert (room["duty"]["doctor"], room["duty"]["state"]) == ("Doctor second", "on_duty")
    assert room["token"] == {"id": token.token_id, "number": "G-001", "state": "called"}


async def test_tokens_of_another_day_are_listed_when_it_is_asked_for(clinic: Clinic) -> None:
    await clinic.issue()
    yesterday = await clinic.services.clinic.queues.day()
    clinic.clock.forward(days=1)

    today, _ = await clinic.services.screens.lists.tokens(None, None, 0, 10)
    before, _ = await clinic.services.screens.lists.tokens(yesterday, None, 0, 10)

    assert (today, [one["number"] for one in before]) == ([], ["G-001"])


async def test_every_patient_of_a_page_is_noted_as_read(clinic: Clinic) -> None:
    logins = [await clinic.register(), await clinic.register("Ravi", phone="+91 98765 43210")]
    patients = [login.patient.id for login in logins if login.patient]

    page, after = await clinic.services.screens.lists.patients(0, 1, by=PROGRAM)

    assert ([one["id"] for one in page], after) == (patients[:1], patients[0])
    reads = [await clinic.services.records.histories.reads(patient) for patient in patients]
    assert [len(found) for found in reads] == [1, 0]


async def test_what_is_not_there_is_named(clinic: Clinic) -> None:
    lists = clinic.services.screens.lists

    for answer, error in (
        (lists.tokens(None, "NOPE", 0, 1), UnknownDepartment),
        (lists.department("NOPE"), UnknownDepartment),
        (lists.room("99"), UnknownRoom),
        (lists.patient(99, by=PROGRAM), UnknownPatient),
    ):
        with pytest.raises(error):
            await answer


async def test_doctors_are_listed_with_the_room_that_they_have(clinic: Clinic) -> None:
    await clinic.on_duty(1, "2")

    listed = await clinic.services.screens.lists.doctors()

    assert [(one["name"], one["room"], one["state"]) for one in listed] == [
        ("Doctor first", None, None),
        ("Doctor second", "2", "on_duty"),
    ]
