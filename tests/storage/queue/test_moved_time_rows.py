"""What a doubted clock has written is moved to the right time."""

from datetime import timedelta

from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import counter_rows, queue_rows
from queue_server.storage.queue.moved_time_rows import Move, move
from tests.clinics import MORNING
from tests.storage.rows import DAY, FIRST_OF_ALL, GENERAL, a_token, department

A_MONTH = timedelta(days=30)


async def _waiting(work: Transaction, number: str) -> int:
    token = await a_token(work, number, issued_at=work.now)
    await queue_rows.add_entry(work, token, await department(work), DAY, "normal")  # type: ignore[arg-type]
    return token


async def test_tokens_since_then_are_of_the_new_day_in_their_order_and_numbers_go_on_above(work: Transaction) -> None:
    for _ in range(2):
        await counter_rows.next_counter(work, GENERAL, DAY, FIRST_OF_ALL)
    early = await _waiting(work, "G-001")
    work.now = MORNING + timedelta(minutes=5)
    late = await _waiting(work, "G-002")

    staying = await move(work, Move(MORNING + timedelta(minutes=1), A_MONTH, DAY, DAY + A_MONTH))

    assert staying == []
    live = await queue_rows.live_entries(work.connection, GENERAL, DAY + A_MONTH)
    assert [(one.entry.token_id, one.entry.joined_at) for one in live.values()] == [
        (late, MORNING + timedelta(minutes=5) + A_MONTH)
    ]
    assert [one.token_id for one in await queue_rows.entries_before(work.connection, DAY + A_MONTH)] == [early]
    assert (await counter_rows.next_counter(work, GENERAL, DAY + A_MONTH, FIRST_OF_ALL))[0] == 3


async def test_a_number_that_the_new_day_has_already_stays_and_is_named(work: Transaction) -> None:
    await a_token(work, "G-001", DAY - A_MONTH, key="other")
    await _waiting(work, "G-001")

    assert await move(work, Move(MORNING, -A_MONTH, DAY, DAY - A_MONTH)) == ["G-001"]
