"""Statements that are compiled once say the same on the driver itself as through SQLAlchemy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from queue_server.domain.queue.tokens import State
from queue_server.storage.engine.statements import Statement, one_of
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import QueueEntryRow, RevisionRow, SettingRow
from tests.clinics import MORNING
from tests.storage.rows import an_entry

PUT = Statement(
    lambda insert: (
        insert(RevisionRow)
        .values(source=bindparam("source"), rev=bindparam("rev", 7))
        .on_conflict_do_update(index_elements=["source"], set_={"rev": bindparam("rev", 7)})
        .returning(col(RevisionRow.rev))
    )
)
GET = Statement(select(col(RevisionRow.source), col(RevisionRow.rev)).where(col(RevisionRow.source) == bindparam("of")))


async def test_a_parameter_that_is_not_given_has_its_default(work: Transaction) -> None:
    assert [await PUT.scalar(work.connection, source="x", **given) for given in ({}, {"rev": 9})] == [7, 9]


async def test_rows_have_their_columns_as_attributes(work: Transaction) -> None:
    await PUT.rows(work.connection, source="x")

    (row,) = await GET.rows(work.connection, of="x")

    assert (row.source, row.rev, tuple(row)) == ("x", 7, ("x", 7))
    assert await GET.first(work.connection, of="x") == row
    assert await GET.scalar(work.connection, of="x") == "x"


async def test_a_statement_is_run_for_each_of_many_values_in_their_order(work: Transaction) -> None:
    put = Statement(lambda insert: insert(RevisionRow).values(source=bindparam("source"), rev=bindparam("rev", 7)))

    await put.each(work.connection, [{"source": "x"}, {"source": "y", "rev": 9}])
    await put.each(work.connection, [])

    assert [(await GET.first(work.connection, of=source)).rev for source in "xy"] == [7, 9]
    with pytest.raises(IntegrityError):
        await put.each(work.connection, [{"source": "x"}])


async def test_where_there_is_no_row_there_is_none(work: Transaction) -> None:
    assert list(await GET.rows(work.connection, of="unknown")) == []
    assert await GET.first(work.connection, of="unknown") is None
    assert await GET.scalar(work.connection, of="unknown") is None


async def test_a_statement_that_gives_no_rows_gives_none(work: Transaction) -> None:
    await PUT.rows(work.connection, source="x")
    change = Statement(update(RevisionRow).where(col(RevisionRow.source) == bindparam("of")).values(rev=1))
    remove = Statement(delete(RevisionRow).where(col(RevisionRow.source) == bindparam("of")))

    assert list(await change.rows(work.connection, of="x")) == []
    assert (await GET.first(work.connection, of="x")).rev == 1
    assert list(await remove.rows(work.connection, of="x")) == []
    assert await GET.first(work.connection, of="x") is None


async def test_words_times_and_json_come_back_as_what_they_are(work: Transaction) -> None:
    entry = await an_entry(work, state=State.HELD)
    look = Statement(
        select(col(QueueEntryRow.state), col(QueueEntryRow.joined_at), col(QueueEntryRow.called_at)).where(
            col(QueueEntryRow.joined_at) == bindparam("at"), col(QueueEntryRow.id) == bindparam("of")
        )
    )
    put = Statement(lambda insert: insert(SettingRow).values(name=bindparam("name"), value=bindparam("value")))
    get = Statement(select(col(SettingRow.value)).where(col(SettingRow.name) == bindparam("of")))
    value: dict[str, Any] = {"a": [1, None, "आशा"]}

    await put.rows(work.connection, name="x", value=value)

    elsewhere = MORNING.astimezone(ZoneInfo("Asia/Kolkata"))
    row = await look.first(work.connection, at=elsewhere, of=entry.id)
    assert (row.state, row.joined_at, row.called_at) == (State.HELD, MORNING, None)
    assert row.joined_at.utcoffset() == timedelta(0)
    assert await get.scalar(work.connection, of="x") == value


async def test_one_of_some_values_is_any_of_them_and_no_other(work: Transaction) -> None:
    entries = {state: await an_entry(work, f"G-{place:03d}", state) for place, state in enumerate(State)}
    wanted = {State.CALLED, State.SERVING}
    query = Statement(select(col(QueueEntryRow.id)).where(one_of(col(QueueEntryRow.state), wanted)))

    found = {row.id for row in await query.rows(work.connection)}

    assert found == {entries[state].id for state in wanted}
