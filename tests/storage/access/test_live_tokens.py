"""A patient's token that is live."""

from sqlmodel import col

from queue_server.domain.queue.tokens import State
from queue_server.storage.access.live_tokens import any_live_token
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import QueueEntryRow
from tests.storage.rows import GENERAL, LABORATORY, a_patient, a_stay, a_token


async def test_a_patients_live_token_is_found_where_it_is_looked_for_and_none_that_is_over(work: Transaction) -> None:
    patient = await a_patient(work)
    token = await a_token(work, "G-001", key="a-key", patient_id=patient)
    await a_stay(work, token, State.ATTENDED)
    assert await any_live_token(work.connection, patient) is None

    await a_stay(work, token, State.WAITING, LABORATORY)

    assert await any_live_token(work.connection, patient) == (token, "a-key", "G-001")
    assert await any_live_token(work.connection, patient, col(QueueEntryRow.department_id) == GENERAL) is None
    assert await any_live_token(work.connection, patient + 1) is None
