"""Visits and documents of a patient, for whoever may read them, and who looked, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, UnknownDocument, UnknownPatient, UnknownToken
from queue_server.domain.queue.tokens import Action
from queue_server.domain.records.documents import Document, DocumentKind
from queue_server.services.records.medical_history import LONGEST_REASON, SAME_LOOK, unique_names
from tests.clinics import ADMIN, MORNING, PHONE, PROGRAM, Clinic
from tests.services.records.test_documents import add, patient, visit


async def readers(clinic: Clinic, patient_id: int) -> list[str]:
    """Who looked, oldest first."""
    return [str(one.reader) for one in reversed(await clinic.services.records.histories.reads(patient_id))]


async def test_a_history_has_the_newest_visit_first_with_its_departments_and_doctors(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    document = await add(clinic, token)
    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=PROGRAM)
    clinic.clock.forward(days=1)
    assert login.patient is not None
    later = await clinic.services.screens.own_tokens.take(login.patient, "GEN")

    history = await clinic.services.records.histories.of_patient(login.patient.id, by=patient(login))

    assert [one.token_id for one in history.visits] == [later.token_id, token.token_id]
    assert [one["en"] for one in history.visits[1].departments] == ["General", "Laboratory"]
    assert history.visits[1].doctors == ("Doctor first",)
    assert [one.id for one in history.documents] == [document]


async def test_each_look_of_staff_is_noted_and_the_patients_own_once_in_a_while(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    me, histories = patient(login), clinic.services.records.histories

    for _ in range(2):
        await histories.of_patient(me.id, by=me)
        await histories.of_token(token.token_id, by=clinic.doctors[0])
    clinic.clock.moment += SAME_LOOK * 2
    await histories.of_patient(me.id, by=me)

    doctor = str(clinic.doctors[0])
    assert await readers(clinic, me.id) == [str(me), doctor, doctor, str(me)]


async def test_whoever_may_not_read_sees_nothing_and_leaves_no_look(clinic: Clinic) -> None:
    login, _ = await visit(clinic)
    me = patient(login)

    for stranger in (clinic.doctors[1], ADMIN, Actor(ActorKind.PATIENT, me.id + 1)):
        with pytest.raises(UnknownDocument):
            await clinic.services.records.histories.of_patient(me.id, by=stranger)

    assert await readers(clinic, me.id) == []


async def test_of_a_walk_in_there_are_the_tokens_own_documents(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    token = await clinic.issue()
    await clinic.services.queue.calling.call_next("1", by=clinic.doctors[0])
    document = await add(clinic, token)

    history, filed = await clinic.services.records.histories.of_token(token.token_id, by=clinic.doctors[0])

    assert (history, [one.document.id for one in filed]) == (None, [document])
    with pytest.raises(UnknownDocument):
        await clinic.services.records.histories.of_token(token.token_id, by=clinic.doctors[1])


async def test_an_administrator_with_a_reason_reads_for_half_an_hour(clinic: Clinic) -> None:
    login, _ = await visit(clinic)
    me, histories = patient(login), clinic.services.records.histories

    await histories.state_reason(me.id, " the insurance  asks ", by=ADMIN)
    await histories.of_patient(me.id, by=ADMIN)
    clinic.clock.forward(minutes=31)

    with pytest.raises(UnknownDocument):
        await histories.of_patient(me.id, by=ADMIN)
    assert [one.reason for one in await histories.reads(me.id)] == [None, "the insurance asks"]


@pytest.mark.parametrize("reason", ["", "  why ", "x" * (LONGEST_REASON + 1), "because\0of"])
async def test_a_reason_says_something(clinic: Clinic, reason: str) -> None:
    login, _ = await visit(clinic)

    with pytest.raises(BadInput):
        await clinic.services.records.histories.state_reason(patient(login).id, reason, by=ADMIN)

    assert await readers(clinic, patient(login).id) == []


async def test_a_patient_is_found_by_phone_and_by_todays_number(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    histories = clinic.services.records.histories
    walk_in = await clinic.issue()
    expected = [(patient(login).id, "Asha", 1992)]

    assert await histories.sought(PHONE) == expected
    assert await histories.sought(f" {token.number.lower()} ") == expected
    for nobody in (walk_in.number, "G-999", "+91 98765 43210", ""):
        assert await histories.sought(nobody) == []


async def test_a_doctor_writes_for_whoever_is_in_the_room_or_was_today(clinic: Clinic) -> None:
    _, token = await visit(clinic)
    histories, (first, second) = clinic.services.records.histories, clinic.doctors
    rooms = {room.code: room.id for room in await clinic.services.clinic.queues.rooms()}

    await histories.check_writer(token.token_id, rooms["1"], by=second)
    await clinic.act(token, Action.ATTEND)

    await histories.check_writer(token.token_id, rooms["1"], by=first)
    with pytest.raises(UnknownToken):
        await histories.check_writer(token.token_id, rooms["2"], by=second)


async def test_an_erased_patient_has_no_history_and_was_there(clinic: Clinic) -> None:
    login, _ = await visit(clinic)
    me, records = patient(login), clinic.services.records
    await records.personal_data.erase(me.id, by=me)

    with pytest.raises(UnknownPatient):
        await records.histories.read(me.id)
    assert await records.histories.is_patient(me.id)
    assert not await records.histories.is_patient(99)


async def test_an_open_page_hears_of_a_new_document(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    histories, me = clinic.services.records.histories, patient(login)
    before = await histories.live(me.id)
    revision = clinic.services.clinic.queues.rev_of(next(iter(before.sources)))

    document = await add(clinic, token)

    assert (before.data, (await histories.live(me.id)).data) == ({"documents": []}, {"documents": [document]})
    assert clinic.services.clinic.queues.rev_of(next(iter(before.sources))) > revision


def test_names_within_an_archive_are_told_apart() -> None:
    document = Document(1, 7, None, DocumentKind.REPORT, "", "application/pdf", 0, "doctor:1", MORNING)
    named = [replace(document, name=name) for name in ("Blood.pdf", "blood.PDF", "Blood.pdf", "Bone.pdf")]

    assert unique_names(named, {7: date(2026, 11, 22)}) == [
        "2026-11-22 Blood.pdf",
        "2026-11-22 blood (2).PDF",
        "2026-11-22 Blood (3).pdf",
        "2026-11-22 Bone.pdf",
    ]
