"""A patient's visits as rows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queue_server.domain.people.patients import Patient, Person
from queue_server.domain.queue.tokens import State
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.records import medical_history_rows as rows
from tests.storage.rows import DAY, FIRST, GENERAL, LABORATORY, ROOM_1, ROOM_2, SECOND, a_patient, a_stay, a_token

YESTERDAY = DAY - timedelta(days=1)


async def test_a_visit_tells_where_it_went_in_order_and_who_saw_the_patient(work: Transaction) -> None:
    token = await a_token(work, patient_id=await a_patient(work))
    await a_stay(work, token, State.TRANSFERRED, doctor_id=SECOND)
    await a_stay(work, token, State.MISSED, LABORATORY, doctor_id=FIRST)
    await a_stay(work, token, State.ATTENDED, doctor_id=SECOND)

    (visit,) = await rows.visits(work.connection, await the_patient(work, token))

    assert (visit.departments, visit.doctors, visit.state) == ([GENERAL, LABORATORY], ["Doctor second"], State.ATTENDED)


async def the_patient(work: Transaction, token: int) -> int:
    """Whose the token is."""
    patient = await patient_rows.patient_of_token(work.connection, token)
    assert patient is not None
    return patient


async def test_visits_come_newest_first_without_deleted_tokens(work: Transaction) -> None:
    asha = await a_patient(work)
    for number, day, more in (
        ("G-005", YESTERDAY, {}),
        ("G-001", DAY, {}),
        ("G-002", DAY, {"is_deleted": True}),
        ("G-003", DAY, {}),
    ):
        await a_token(work, number, day, patient_id=asha, **more)

    found = await rows.visits(work.connection, asha)

    assert [visit.number for visit in found] == ["G-003", "G-001", "G-005"]
    assert await rows.visits(work.connection, asha, limit=1) == found[:1]


async def test_an_erased_patient_is_known_to_have_been_there_and_nothing_else(work: Transaction) -> None:
    asha = await a_patient(work)
    assert await rows.patient(work.connection, asha) == Patient(asha, Person("Asha", 1992))

    await patient_rows.erase_patient(work, asha)

    assert await rows.patient(work.connection, asha) is None
    assert await rows.is_patient(work.connection, asha)
    assert not await rows.is_patient(work.connection, asha + 1)


@pytest.mark.parametrize(
    ("state", "in_the_room", "with_the_doctor"),
    [
        (State.WAITING, False, False),
        (State.CALLED, True, True),
        (State.SERVING, True, True),
        (State.HELD, False, True),
        (State.MISSED, False, False),
        (State.ATTENDED, False, True),
        (State.TRANSFERRED, False, True),
        (State.CANCELLED, False, False),
    ],
)
async def test_a_token_is_with_a_room_while_it_is_there_and_with_a_doctor_for_the_day(
    work: Transaction, state: State, in_the_room: bool, with_the_doctor: bool
) -> None:
    token = await a_token(work)
    await a_stay(work, token, state, room_id=ROOM_1, doctor_id=FIRST)

    async def is_with(room: int | None, doctor: int | None, day_offset: int = 0) -> bool:
        day = DAY + timedelta(days=day_offset)
        return await rows.is_with(work.connection, token, day, room_id=room, doctor_id=doctor)

    assert await is_with(ROOM_1, None) is in_the_room
    assert await is_with(None, FIRST) is with_the_doctor
    assert not await is_with(ROOM_2, SECOND)
    assert not await is_with(ROOM_1, FIRST, day_offset=1)
