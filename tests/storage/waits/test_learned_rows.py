"""What departments have learned, and the waits that they promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import DutyState, Priority
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.learning import Awaited, Learning, Promise, RoomSeen, Told
from queue_server.domain.waits.pace import Learned, learn_consultation
from queue_server.domain.waits.recent import Recent
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import LearnedRow
from queue_server.storage.waits import learned_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import GENERAL, LABORATORY, an_entry

CLUES = Clues(60.0, 0.2, 1.0, 60.0, 60.0, 2.0, 3.0, 0.0, 0.0, 0.0, 1.25)


async def test_what_was_learned_is_read_as_it_was_saved(work: Transaction) -> None:
    learning = Learning(
        learned=learn_consultation(Learned(), "Doctor first", 300.0),
        joined={7: MORNING},
        rooms={"1": RoomSeen(7, MORNING, "Doctor first", None)},
        awaited={"Doctor second": Awaited(DutyState.ON_BREAK, MORNING + timedelta(minutes=15))},
        recent=Recent((1.0, 2.0), (60.0,), (3.0,)),
        last_at=MORNING,
    )
    assert await rows.read_learning(work.connection, GENERAL) is None

    await rows.save_learning(work, GENERAL, Learning(), 5)
    await rows.save_learning(work, GENERAL, learning, 9)

    found = await rows.read_learning(work.connection, GENERAL)
    assert found
    assert found[1] == 9
    assert found[0].learned.to_dict() == learning.learned.to_dict()
    assert replace(found[0], learned=learning.learned) == learning
    assert await rows.read_learning(work.connection, LABORATORY) is None


async def test_a_department_learns_from_its_own_lines_in_their_order(work: Transaction) -> None:
    for kind, department in (("issue", GENERAL), ("issue", LABORATORY), ("call", GENERAL)):
        work.record(Event(kind, MORNING, "kiosk:1", 1, department, {"room": "1"}))
    await work.finish()
    newest = await rows.lines_after(work.connection, GENERAL, 0)

    (first, issued), (last, called) = newest[-2:]

    assert (issued.kind, called.kind) == ("issue", "call")
    assert called == Event("call", MORNING, "kiosk:1", 1, GENERAL, {"room": "1"})
    assert await rows.lines_after(work.connection, GENERAL, first) == [(last, called)]


async def test_a_promise_stays_as_it_was_first_made(work: Transaction) -> None:
    entry = await an_entry(work, priority=Priority.EMERGENCY)
    first = Promise(entry.id, GENERAL, MORNING, Wait(60.0, 120.0, 300.0), CLUES)

    await rows.save_promises(work, [first])
    await rows.save_promises(work, [replace(first, wait=Wait(0.0, 0.0, 0.0))])

    assert await rows.told_to_tokens(work.connection, GENERAL, [entry.token_id]) == {
        entry.token_id: Told(CLUES, Wait(60.0, 120.0, 300.0), is_emergency=True)
    }
    assert await rows.told_to_tokens(work.connection, LABORATORY, [entry.token_id]) == {}


async def test_what_an_earlier_build_learned_otherwise_is_learned_anew_from_past_promises(work: Transaction) -> None:
    entry = await an_entry(work, called_at=MORNING + timedelta(minutes=10))
    await rows.save_promises(work, [Promise(entry.id, GENERAL, MORNING, Wait(60.0, 120.0, 300.0), CLUES)])
    await rows.save_learning(work, GENERAL, Learning(), 5)
    await forget_correction(work)

    found = await rows.read_learning(work.connection, GENERAL)

    assert found
    assert found[0].learned.correction != Learned().correction


async def forget_correction(work: Transaction) -> None:
    """What is stored is of a build that learned in another way."""
    state: Any = await work.connection.scalar(select(col(LearnedRow.state)))
    state = {**state, "learned": {**state["learned"], "correction": {}}}
    await work.connection.execute(update(LearnedRow).values(state=state))
