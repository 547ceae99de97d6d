"""Waits that were promised, beside those that came true."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.queue.tokens import State
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.learning import Promise, Score
from queue_server.storage.engine.store import Transaction
from queue_server.storage.waits import learned_rows
from queue_server.storage.waits.promise_rows import newest, promised_and_waited
from tests.clinics import MORNING
from tests.storage.rows import DAY, GENERAL, LABORATORY, an_entry

MINUTE = timedelta(minutes=1)
CLUES = Clues(60.0, 0.2, 1.0, 60.0, 60.0)


async def promised(work: Transaction, number: str, called_after: timedelta | None, **more: object) -> None:
    """A token that was promised a wait and called after another."""
    called_at = None if called_after is None else MORNING + called_after
    entry = await an_entry(work, number, State.CALLED, called_at=called_at, **more)
    promise = Promise(entry.id, entry.department_id, MORNING, Wait(60.0, 120.0, 300.0), CLUES)
    await learned_rows.save_promises(work, [promise])


async def test_a_promise_is_put_beside_the_wait_that_came_of_it(work: Transaction) -> None:
    await promised(work, "G-001", 3 * MINUTE)
    await promised(work, "G-002", None)
    await an_entry(work, "G-003", State.CALLED, called_at=MORNING)

    found = await promised_and_waited(work.connection, [GENERAL, LABORATORY], DAY, MORNING)

    assert found == {GENERAL: [Score(60.0, 120.0, 300.0, 180.0)]}


async def test_the_newest_promises_that_came_out_are_read_with_their_clues(work: Transaction) -> None:
    await promised(work, "G-001", MINUTE)
    await promised(work, "G-002", 2 * MINUTE)
    await promised(work, "G-003", None)

    found = await newest(work.connection, DAY, DAY, 5)

    assert [(one.number, one.waited_s, one.clues) for one in found] == [("G-002", 120.0, CLUES), ("G-001", 60.0, CLUES)]
    assert [one.number for one in await newest(work.connection, DAY, DAY, 1)] == ["G-002"]
    assert await newest(work.connection, DAY + timedelta(days=1), DAY + timedelta(days=1), 5) == []


async def test_only_calls_since_a_moment_of_the_day_in_the_departments_asked_for_count(work: Transaction) -> None:
    await promised(work, "G-001", MINUTE)
    await promised(work, "G-002", 5 * MINUTE)
    await promised(work, "L-001", 5 * MINUTE, department_id=LABORATORY)

    async def waited(*departments: int, since: timedelta = 2 * MINUTE, day: int = 0) -> dict[int, list[float]]:
        moment, on = MORNING + since, DAY + timedelta(days=day)
        found = await promised_and_waited(work.connection, departments, on, moment)
        return {department: [score.waited_s for score in scores] for department, scores in found.items()}

    assert await waited(GENERAL) == {GENERAL: [300.0]}
    assert await waited(GENERAL, since=timedelta(0)) == {GENERAL: [300.0, 60.0]}
    assert await waited(GENERAL, LABORATORY) == {GENERAL: [300.0], LABORATORY: [300.0]}
    assert await waited(GENERAL, day=1) == {}
