"""Numbers that were given out, and how many wait in front of a place."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.queue.ordering import in_order
from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import counter_rows, queue_rows
from tests.storage.rows import DAY, FIRST_OF_ALL, GENERAL, LABORATORY, an_entry, later

YESTERDAY = DAY - timedelta(days=1)


async def test_numbers_count_from_one_for_each_department_and_day(work: Transaction) -> None:
    counted = [
        (await counter_rows.next_counter(work, department_id, day, FIRST_OF_ALL))[0]
        for department_id, day in ((GENERAL, DAY), (GENERAL, DAY), (LABORATORY, DAY), (GENERAL, YESTERDAY))
    ]

    assert counted == [1, 2, 1, 1]
    assert await counter_rows.counter(work.connection, GENERAL, DAY) == 2
    assert await counter_rows.counter(work.connection, LABORATORY, YESTERDAY) == 0


async def test_with_a_number_it_is_told_how_many_wait_in_front_of_the_place(work: Transaction) -> None:
    for number in ("G-001", "G-002", "G-003"):
        await an_entry(work, number)
        later(work, minutes=1)
    line = await queue_rows.live_entries(work.connection, GENERAL, DAY)

    ranks = [entry.rank for entry in in_order(known.entry for known in line.values())]

    assert [await counter_rows.next_counter(work, GENERAL, DAY, rank) for rank in ranks] == [(1, 0), (2, 1), (3, 2)]
    assert [await counter_rows.count_ahead(work.connection, GENERAL, DAY, rank) for rank in ranks] == [0, 1, 2]
