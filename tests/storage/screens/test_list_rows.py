"""Lists for other programs."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.people.patients import PatientRecord, Person
from queue_server.domain.queue.tokens import State
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.screens import list_rows as rows
from tests.storage.rows import DAY, GENERAL, LABORATORY, a_patient, a_stay, a_token, an_entry


async def test_tokens_are_listed_a_page_at_a_time_each_with_its_newest_stay(work: Transaction) -> None:
    token = await a_token(work, "G-001")
    await a_stay(work, token, State.TRANSFERRED)
    await a_stay(work, token, State.WAITING, LABORATORY)
    second = (await an_entry(work, "G-002", State.ATTENDED)).token_id
    yesterday = DAY - timedelta(days=1)
    await a_stay(work, await a_token(work, "G-009", yesterday), day=yesterday)

    first_page = await rows.tokens(work.connection, DAY, 0, 1)
    next_page = await rows.tokens(work.connection, DAY, first_page[-1].id, 9)

    assert [(one.id, one.department_id, one.state) for one in first_page] == [(token, LABORATORY, State.WAITING)]
    assert [(one.id, one.department_id, one.state) for one in next_page] == [(second, GENERAL, State.ATTENDED)]
    assert await rows.tokens(work.connection, DAY, 0, 9, LABORATORY) == first_page


async def test_patients_are_listed_a_page_at_a_time_without_erased_ones(work: Transaction) -> None:
    asha, gone, ravi = [await a_patient(work, name) for name in ("Asha", "Gone", "Ravi")]
    await patient_rows.erase_patient(work, gone)

    page = await rows.patients(work.connection, 0, 1)

    assert page == [PatientRecord(asha, Person("Asha", 1992), "+918123456789")]
    assert [one.id for one in await rows.patients(work.connection, asha, 9)] == [ravi]
    assert [one.id for one in await rows.patients(work.connection, 0, 9, ravi)] == [ravi]
    assert await rows.patients(work.connection, 0, 9, gone) == []
