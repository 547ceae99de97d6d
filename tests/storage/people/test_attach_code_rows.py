"""Codes with which a patient's phone says whose a token is."""

from __future__ import annotations

from datetime import timedelta

from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import attach_code_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import a_patient, later

SOON = MORNING + timedelta(minutes=10)


async def test_a_code_says_once_whose_it_is(work: Transaction) -> None:
    patient = await a_patient(work)
    await rows.replace(work, patient, "a hash", SOON)

    assert [await rows.take(work, "a hash") for _ in range(2)] == [patient, None]
    assert await rows.take(work, "another hash") is None


async def test_a_patient_has_one_code_and_others_keep_theirs(work: Transaction) -> None:
    asha, ravi = await a_patient(work, "Asha"), await a_patient(work, "Ravi")
    await rows.replace(work, ravi, "Ravi's", SOON)
    for code in ("old", "new"):
        await rows.replace(work, asha, code, SOON)

    assert [await rows.take(work, code) for code in ("old", "new", "Ravi's")] == [None, asha, ravi]


async def test_a_code_that_has_run_out_says_nothing_and_is_swept_away(work: Transaction) -> None:
    asha, ravi = await a_patient(work, "Asha"), await a_patient(work, "Ravi")
    await rows.replace(work, asha, "old", SOON)
    later(work, minutes=10)
    assert await rows.take(work, "old") is None

    await rows.replace(work, ravi, "new", SOON + timedelta(minutes=10))
    work.now = MORNING

    assert await rows.take(work, "old") is None
