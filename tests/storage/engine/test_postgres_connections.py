"""Connections to PostgreSQL: kept, not asked whether they are there, and never taken for whole when they are not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from unittest.mock import AsyncMock

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from queue_server.domain.errors import DatabaseAway, DatabaseBusy
from queue_server.storage.engine.engines import database_url
from queue_server.storage.engine.faults import named
from queue_server.storage.engine.postgres_connections import PostgresConnection, PostgresConnections
from tests.postgres import PostgresServer
from tests.waiting import until

pytestmark = pytest.mark.postgres

ADD = "INSERT INTO revision (source, rev) VALUES ($1, 1)"
COUNT = "SELECT count(*) FROM revision"
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
async def connections(migrated_postgres_url: str) -> AsyncIterator[PostgresConnections]:
    """Two are kept, four are open at most."""
    made = PostgresConnections(database_url(migrated_postgres_url), size=2)
    yield made
    await made.close()


@pytest.fixture
async def other(migrated_postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Another program on the same database."""
    made = await asyncpg.connect(migrated_postgres_url)
    yield made
    await made.close()


async def add(connections: PostgresConnections, *sources: str) -> None:
    """One transaction, which writes these."""
    async with connections.transaction() as connection:
        for source in sources:
            await connection.fetch(ADD, [source])


async def test_nothing_is_sent_but_what_is_asked_and_its_frame(connections: PostgresConnections) -> None:
    await add(connections, "a")
    sent: list[str] = []
    async with connections.transaction() as connection:
        connection._driver.add_query_logger(lambda record: sent.append(record.query))  # noqa: SLF001

    await add(connections, "b")
    async with connections.transaction():
        pass

    await until(lambda: len(sent) >= 6)
    assert sent == ["COMMIT", "BEGIN", ADD, "COMMIT", "BEGIN", "COMMIT"]


async def test_who_raises_has_written_nothing_and_the_next_one_has_the_same_connection(
    connections: PostgresConnections, other: asyncpg.Connection
) -> None:
    used: list[PostgresConnection] = []

    async def fail() -> None:
        async with connections.transaction() as connection:
            used.append(connection)
            await connection.fetch(ADD, ["a"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with connections.transaction() as connection:
        used.append(connection)

    assert used[0] is used[1]
    assert await other.fetchval(COUNT) == 0


async def test_connections_that_were_lost_while_nobody_used_them_are_not_noticed(
    connections: PostgresConnections, other: asyncpg.Connection
) -> None:
    async with connections.transaction(), connections.transaction():
        pass
    await other.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")

    await add(connections, "a")

    assert await other.fetchval(COUNT) == 1


async def test_a_connection_that_is_lost_in_the_middle_is_said_once_and_the_next_one_is_served(
    connections: PostgresConnections, other: asyncpg.Connection
) -> None:
    async def is_cut_off() -> None:
        async with connections.transaction() as connection:
            await connection.fetch(ADD, ["a"])
            await other.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")
            await connection.fetch(ADD, ["b"])

    with pytest.raises(DatabaseAway), named():
        await is_cut_off()
    await add(connections, "c")

    assert await other.fetchval("SELECT string_agg(source, '') FROM revision") == "c"


async def test_a_driver_that_has_lost_track_of_its_connection_has_no_database(
    connections: PostgresConnections, other: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_confused() -> None:
        async with connections.transaction() as connection:
            error = asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")
            monkeypatch.setattr(asyncpg.Connection, "fetch", AsyncMock(side_effect=error))
            await connection.fetch(ADD, ["a"])

    with pytest.raises(DatabaseAway), named():
        await is_confused()
    monkeypatch.undo()
    await add(connections, "b")

    assert await other.fetchval("SELECT string_agg(source, '') FROM revision") == "b"


async def test_a_look_by_a_driver_that_has_lost_track_of_its_connection_is_made_anew(
    connections: PostgresConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")
    await add(connections, "a")
    answers = AsyncMock(side_effect=[error, [(1,)]])
    monkeypatch.setattr(asyncpg.Connection, "fetch", answers)

    assert await connections.glance(lambda one: one.fetch(COUNT, ())) == [(1,)]


async def test_without_a_server_the_database_is_away_and_afterwards_all_goes_on(
    migrated_postgres_url: str, postgres_server: PostgresServer
) -> None:
    connections = PostgresConnections(database_url(migrated_postgres_url), size=2)
    await add(connections, "a")

    with postgres_server.stopped(), pytest.raises(DatabaseAway):
        await add(connections, "b")
    await add(connections, "c")

    await connections.close()


async def test_who_finds_no_free_connection_is_told_that_the_database_is_busy(
    connections: PostgresConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queue_server.storage.engine.postgres_connections.PATIENCE_S", 0.01)
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(connections.transaction())
        with pytest.raises(DatabaseBusy):
            await add(connections, "a")

    await add(connections, "b")


async def test_whoever_is_cancelled_while_waiting_for_a_lock_has_written_nothing_and_leaves_a_whole_connection(
    connections: PostgresConnections, other: asyncpg.Connection
) -> None:
    async with other.transaction():
        await other.execute("LOCK revision")
        waiting = asyncio.create_task(add(connections, "a"))
        await until(partial(other.fetchval, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted"))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert waiting.cancelled()
    await add(connections, "b")
    assert await other.fetchval("SELECT string_agg(source, '') FROM revision") == "b"


async def test_errors_are_as_everywhere_else_and_repeat_no_values(connections: PostgresConnections) -> None:
    await add(connections, "Asha")

    with pytest.raises(IntegrityError) as refused:
        await add(connections, "Asha")

    assert "Asha" not in str(refused.value)


async def test_statements_of_sqlalchemy_are_in_the_same_transaction(
    connections: PostgresConnections, other: asyncpg.Connection
) -> None:
    async with connections.transaction() as connection:
        await connection.fetch(ADD, ["a"])
        seen = (await connection.scalar(text(COUNT)), await other.fetchval(COUNT))

    assert seen == (1, 0)


async def test_a_connection_in_use_is_closed_when_it_is_given_back(
    connections: PostgresConnections, other: asyncpg.Connection
) -> None:
    async with connections.transaction():
        await connections.close()

    await until(partial(other.fetchval, f"SELECT count(*) = 0 {OTHERS} AND backend_type = 'client backend'"))


async def count(connections: PostgresConnections) -> int:
    """What one glance finds."""
    (row,) = await connections.glance(lambda one: one.fetch(COUNT, ()))
    return int(row[0])


async def test_a_glance_sends_nothing_but_what_it_asks(connections: PostgresConnections) -> None:
    sent: list[str] = []
    async with connections.transaction() as connection:
        connection._driver.add_query_logger(lambda record: sent.append(record.query))  # noqa: SLF001

    assert await count(connections) == 0

    await until(lambda: len(sent) >= 2)
    assert sent == ["COMMIT", COUNT]


async def test_a_glance_does_not_notice_that_connections_were_lost_while_nobody_used_them(
    connections: PostgresConnections, other: asyncpg.Connection
) -> None:
    async with connections.transaction(), connections.transaction():
        pass
    await other.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")

    assert await count(connections) == 0


async def test_a_glance_whose_statement_is_wrong_leaves_a_whole_connection(connections: PostgresConnections) -> None:
    await add(connections, "a")
    with pytest.raises(DBAPIError):
        await connections.glance(lambda one: one.fetch("SELECT nonsense", ()))

    assert await count(connections) == 1


async def test_whoever_is_cancelled_in_a_glance_leaves_room_for_the_next(
    connections: PostgresConnections, other: asyncpg.Connection
) -> None:
    async with other.transaction():
        await other.execute("LOCK revision")
        waiting = [asyncio.create_task(count(connections)) for _ in range(4)]
        await until(partial(other.fetchval, "SELECT count(*) = 4 FROM pg_locks WHERE NOT granted"))
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    assert await count(connections) == 0


async def test_what_a_rush_has_opened_is_used_again_and_closed_when_nobody_has_needed_it(
    connections: PostgresConnections, other: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rush() -> set[int]:
        async with (
            connections.transaction() as one,
            connections.transaction() as two,
            connections.transaction() as three,
        ):
            found = [await each.fetch("SELECT pg_backend_pid()", ()) for each in (one, two, three)]
        return {row[0] for (row,) in found}

    assert await rush() == await rush()
    monkeypatch.setattr("queue_server.storage.engine.postgres_connections._SPARE_FOR_S", -1.0)
    await count(connections)

    await until(partial(other.fetchval, f"SELECT count(*) = 2 {OTHERS} AND backend_type = 'client backend'"))
