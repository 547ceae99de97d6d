"""What is read from the database: little, never something old, and nobody waits for it."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from queue_server.domain.queue.tokens import Action, QueueEntry, State
from queue_server.storage.queue import queue_rows
from tests.clinics import PROGRAM, Clinic, a_clinic
from tests.statements import statements


async def test_a_change_costs_the_same_reads_however_many_phones_watch(clinic: Clinic) -> None:
    keys = [(await clinic.issue()).key for _ in range(30)]
    await clinic.next()
    for key in keys:
        await clinic.services.screens.token_pages.phone(key)

    costs = []
    for watching in (keys[-3:], keys[3:]):
        await clinic.next()
        with statements() as run:
            for key in watching:
                await clinic.services.screens.token_pages.phone(key)
        costs.append(len(run))

    assert costs[0] == costs[1] < 12


async def test_a_press_asks_the_database_little_and_no_more_when_many_wait(clinic: Clinic) -> None:
    presses: dict[str, Callable[[], Awaitable[object]]] = {
        "issue": clinic.issue,
        "next": clinic.next,
        "undo": lambda: clinic.services.queue.calling.undo("1", by=PROGRAM),
        "next again": clinic.next,
        "miss": lambda: clinic.act(first, Action.MISS),
    }
    await clinic.services.clinic.queues.rooms()  # read once, at whatever comes first
    costs = []
    for waiting in (3, 30):
        first, *_ = [await clinic.issue() for _ in range(waiting)]
        cost = {}
        for name, press in presses.items():
            with statements() as run:
                await press()
            cost[name] = len(run)
        costs.append(cost)
        while await clinic.next():
            pass

    # PostgreSQL has locks and notices as well, seals its journal later, and is asked some of it together.
    together = {"issue": 5, "next": 6, "next again": 6, "miss": 6}
    most = together if clinic.services.store.is_postgres else {"issue": 9}
    assert all(cost <= most.get(name, 12) for name, cost in costs[0].items()), costs
    assert costs[0] == costs[1]


async def test_an_entry_that_takes_the_id_of_one_that_was_unmade_is_not_mistaken_for_it(clinic: Clinic) -> None:
    first, second = await clinic.issue(), await clinic.issue()
    await clinic.services.queue.calling.transfer(first.token_id, "LAB", by=PROGRAM, room_code="1")
    before = await clinic.order("LAB")
    await clinic.services.queue.calling.undo("1", by=PROGRAM)

    await clinic.services.queue.calling.transfer(second.token_id, "LAB", by=PROGRAM, room_code="1")

    assert (before, await clinic.order("LAB")) == ([first.number], [second.number])


async def hold_and_fail(clinic: Clinic, entry: QueueEntry) -> None:
    """The entry is held, somebody in the same transaction looks at the queue, and then everything is rolled back."""
    day = await clinic.services.clinic.queues.day()
    async with clinic.services.store.transaction() as work:
        await queue_rows.save_entry(work, replace(entry, state=State.HELD))
        looked = await clinic.services.clinic.queues.live(work.connection, entry.department_id, day)
        assert [seen.state for seen in looked] == [State.HELD]
        raise RuntimeError("the power went")


async def test_what_was_rolled_back_is_never_shown(clinic: Clinic) -> None:
    token = await clinic.issue()
    (entry,) = (await clinic.services.clinic.queues.of(1)).entries
    with pytest.raises(RuntimeError, match="the power went"):
        await hold_and_fail(clinic, entry)

    await clinic.next()

    assert await clinic.state(token) == "called"


async def test_the_others_are_served_while_a_writer_waits_for_another_program(tmp_path: Path) -> None:
    async with a_clinic(f"sqlite:///{tmp_path}/queue.db") as clinic:
        other = sqlite3.connect(tmp_path / "queue.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        issuing = asyncio.create_task(clinic.issue())
        for _ in range(100):
            await asyncio.sleep(0)
            assert await clinic.services.store.revisions()
        was_waiting = not issuing.done()
        other.execute("COMMIT")
        other.close()

        assert ((await issuing).number, was_waiting) == ("G-001", True)


async def test_going_through_much_holds_nobody_up(clinic: Clinic) -> None:
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT count(*) FROM n"
    turns = 0

    async def survey() -> int:
        async with clinic.services.store.surveying() as connection:
            return int((await connection.exec_driver_sql(count)).scalar_one())

    going = asyncio.create_task(survey())
    while not going.done():
        turns += 1
        await asyncio.sleep(0)

    assert await going == 500_000
    assert turns > 100
