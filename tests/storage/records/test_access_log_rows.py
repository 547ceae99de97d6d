"""Who may read a patient's records, and who did."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.queue.tokens import State
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.records import access_log_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import DAY, FIRST, LABORATORY, SECOND, a_patient, a_stay, a_token, later

BOSS = "admin:7"


async def test_a_family_shares_its_phone_until_one_is_erased(work: Transaction) -> None:
    asha, ravi = await a_patient(work, "Asha"), await a_patient(work, "Ravi")
    await a_patient(work, "Stranger", "+918123456780")
    assert await rows.family(work.connection, asha) == {asha, ravi}

    await patient_rows.erase_patient(work, ravi)

    assert await rows.family(work.connection, asha) == {asha}
    assert await rows.family(work.connection, ravi) == set()


@pytest.mark.parametrize("state", State)
async def test_a_doctor_has_attended_whom_he_called_unless_nobody_came(work: Transaction, state: State) -> None:
    token = await a_token(work)
    await a_stay(work, token, state, doctor_id=FIRST)

    found = await rows.doctors_of_token(work.connection, token)

    came = {State.CALLED, State.SERVING, State.HELD, State.ATTENDED, State.TRANSFERRED}
    assert found == ({FIRST} if state in came else set())


async def test_a_doctor_to_whom_a_token_was_sent_may_read_it_before_it_comes(work: Transaction) -> None:
    token = await a_token(work)
    await a_stay(work, token, State.TRANSFERRED, doctor_id=FIRST)
    await a_stay(work, token, State.WAITING, LABORATORY, for_doctor_id=SECOND)

    assert await rows.doctors_of_token(work.connection, token) == {FIRST, SECOND}


async def test_the_doctors_of_a_patient_are_those_of_the_day(work: Transaction) -> None:
    asha = await a_patient(work)
    for day, doctor in ((DAY, FIRST), (DAY - timedelta(days=1), SECOND)):
        token = await a_token(work, day=day, patient_id=asha)
        await a_stay(work, token, State.ATTENDED, day=day, doctor_id=doctor)

    assert await rows.doctors_of_patient(work.connection, asha, DAY) == {FIRST}


async def test_an_administrators_reason_counts_for_one_patient_and_some_time(work: Transaction) -> None:
    asha, ravi = await a_patient(work, "Asha"), await a_patient(work, "Ravi")
    await rows.note(work, BOSS, "reason", asha, reason="a complaint")
    await rows.note(work, "admin:8", "history", asha)

    assert await rows.admins_with_reason(work.connection, asha, MORNING) == {Actor(ActorKind.ADMIN, 7)}
    assert await rows.admins_with_reason(work.connection, ravi, MORNING) == set()
    assert await rows.admins_with_reason(work.connection, asha, MORNING + timedelta(seconds=1)) == set()


async def test_the_same_reader_of_the_same_is_known_since_a_moment(work: Transaction) -> None:
    asha = await a_patient(work)
    await rows.note(work, BOSS, "history", asha)

    async def has_read(reader: str = BOSS, what: str = "history", after_s: float = 0) -> bool:
        since = MORNING + timedelta(seconds=after_s)
        return await rows.has_read(work.connection, reader, what, asha, since)

    assert await has_read()
    assert not await has_read(reader="admin:8")
    assert not await has_read(what="document")
    assert not await has_read(after_s=1)


async def test_a_patient_sees_who_looked_newest_first_with_their_names(work: Transaction) -> None:
    asha, token = await a_patient(work), await a_token(work)
    await rows.note(work, f"doctor:{FIRST}", "history", asha, token_id=token)
    at = later(work, minutes=1)
    await rows.note(work, BOSS, "reason", asha, reason="a complaint")

    newest, first = await rows.reads(work.connection, asha)

    assert (newest.at, newest.what, newest.reader.name, newest.reason) == (at, "reason", "", "a complaint")
    assert (first.at, first.reader.name, first.token_id, first.reason) == (MORNING, "Doctor first", token, None)
    assert await rows.reads(work.connection, asha, limit=1) == [newest]
