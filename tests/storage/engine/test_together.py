"""Statements that are run together give what they give one by one, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from queue_server.domain.queue.tokens import State
from queue_server.storage.engine.statements import Statement, one_of
from queue_server.storage.engine.store import Transaction
from queue_server.storage.engine.together import IdOf, ask, together
from queue_server.storage.queue import queue_statements as of_queue
from queue_server.storage.tables import RevisionRow, SettingRow
from tests.clinics import MORNING
from tests.statements import statements
from tests.storage.rows import an_entry

PUT = Statement(lambda insert: insert(RevisionRow).values(source=bindparam("source"), rev=bindparam("rev", 7)))
CHANGE = Statement(
    update(RevisionRow)
    .where(col(RevisionRow.source) == bindparam("of"))
    .values(rev=col(RevisionRow.rev) + bindparam("by"))
    .returning(col(RevisionRow.rev))
)
GET = Statement(
    select(col(RevisionRow.source), col(RevisionRow.rev))
    .where(one_of(col(RevisionRow.source), ["x", "y"]))
    .order_by(col(RevisionRow.source))
)
SET = Statement(lambda insert: insert(SettingRow).values(name=bindparam("name"), value=bindparam("value")))
SETTINGS = Statement(select(col(SettingRow.value)).where(col(SettingRow.name) == "a"))


async def test_each_gives_its_own_rows_in_the_order_of_the_asking(work: Transaction) -> None:
    for source in ("y", "x"):
        await PUT.rows(work.connection, source=source)

    none, changed, rows = await together(
        work.connection, ask(SET, name="a", value=1), ask(CHANGE, of="unknown", by=1), ask(GET)
    )

    assert (list(none), list(changed)) == ([], [])
    assert [(row.source, row.rev) for row in rows] == [("x", 7), ("y", 7)]


async def test_all_of_them_have_their_effect(work: Transaction) -> None:
    await PUT.rows(work.connection, source="x")

    _, (changed,), _ = await together(
        work.connection, ask(PUT, source="y", rev=1), ask(CHANGE, of="x", by=2), ask(SET, name="a", value=["आशा", None])
    )

    assert changed.rev == 9
    assert [tuple(row) for row in await GET.rows(work.connection)] == [("x", 9), ("y", 1)]
    assert await SETTINGS.scalar(work.connection) == ["आशा", None]


async def test_words_times_and_json_come_back_as_from_one_alone(work: Transaction) -> None:
    entry = await an_entry(work, state=State.HELD)
    value: dict[str, Any] = {"a": [1, None, "आशा"]}
    await SET.rows(work.connection, name="a", value=value)
    alone = await of_queue.NEWEST_ENTRY.rows(work.connection, token_id=entry.token_id)

    found, (setting,), again = await together(
        work.connection,
        ask(of_queue.NEWEST_ENTRY, token_id=entry.token_id),
        ask(SETTINGS),
        ask(of_queue.ENTRIES_BY_ID, **of_queue.these([entry.id])),
    )

    assert found == again == alone
    assert (found[0].state, found[0].joined_at, found[0].called_at) == (State.HELD, MORNING, None)
    assert found[0].joined_at.utcoffset() == timedelta(0)
    assert setting.value == value


async def test_a_row_may_name_the_id_of_one_that_is_made_with_it(work: Transaction) -> None:
    entry = await an_entry(work)
    call = {"department_id": 1, "number": "G-001", "at": MORNING, "is_recall": False, "is_withdrawn": False}
    token = {"key": "k", "department_id": 1, "service_day": MORNING.date(), "number": "G-002", "language": "en"}
    token |= {"channel": "kiosk", "issued_at": MORNING, "ahead_at_issue": 0, "is_deleted": False}
    joins = {"department_id": 1, "service_day": MORNING.date(), "state": State.WAITING, "priority": entry.priority}
    joins |= {"joined_at": MORNING, "rank_at": MORNING, "rank_after": 0}

    (made,), (joined,), _ = await together(
        work.connection,
        ask(of_queue.ADD_TOKEN, **token),
        ask(of_queue.ADD_ENTRY, token_id=IdOf(0), **joins),
        ask(of_queue.ADD_CALL, entry_id=IdOf(1), room="1", **call),
    )

    newest = await of_queue.NEWEST_ENTRY.first(work.connection, token_id=made.id)
    assert (newest.id, newest.number) == (joined.id, "G-002")


async def test_where_one_fails_all_fail(work: Transaction) -> None:
    await PUT.rows(work.connection, source="x")

    with pytest.raises(IntegrityError):
        await together(work.connection, ask(SET, name="a", value=1), ask(PUT, source="x"))


async def test_postgresql_is_asked_once(work: Transaction) -> None:
    with statements() as run:
        await together(work.connection, ask(GET), ask(SETTINGS), ask(SET, name="a", value=1))
        await together(work.connection, ask(GET))
        await together(work.connection)

    assert len(run) == (2 if work.is_postgres else 4)
