"""How a unit of work gets its connection, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from queue_server import sources
from queue_server.storage.engine.databases import Database, PostgresDatabase, SqliteDatabase
from queue_server.storage.engine.engines import database_url as parsed
from queue_server.storage.engine.group_commit import Commit

COUNT = text("SELECT count(*) FROM revision")
ADD = text("INSERT INTO revision (source, rev) VALUES (:source, 1)")


@pytest.fixture
async def published() -> list[Commit]:
    """What was published, in order."""
    return []


@pytest.fixture
async def database(clinic_url: str, published: list[Commit]) -> AsyncIterator[Database]:
    """A database of each kind."""
    kind = PostgresDatabase if clinic_url.startswith("postgresql") else SqliteDatabase
    made: Database = kind(parsed(clinic_url), published.append)
    yield made
    async with made.writing() as (connection, _):
        await connection.execute(text("DELETE FROM revision WHERE source LIKE 'of this test%'"))
    await made.close()


async def count(database: Database) -> int:
    """How many rows a reader sees."""
    async with database.reading() as connection:
        return int((await connection.execute(COUNT)).scalar_one())


async def test_what_is_noted_is_published_after_the_commit(database: Database, published: list[Commit]) -> None:
    before = await count(database)
    async with database.writing() as (connection, commit):
        await connection.execute(ADD, {"source": "of this test"})
        commit.changed[sources.CLINIC] = 5
        meanwhile = (await count(database), list(published))

    assert meanwhile == (before, [])
    assert await count(database) == before + 1
    assert [one.changed for one in published if one.changed] == [{sources.CLINIC: 5}]


async def test_of_a_unit_that_raises_nothing_is_kept_or_published(database: Database, published: list[Commit]) -> None:
    before = await count(database)

    async def fail() -> None:
        async with database.writing() as (connection, commit):
            await connection.execute(ADD, {"source": "of this test"})
            if isinstance(database, PostgresDatabase):  # on SQLite, others may be in the same commit
                commit.changed[sources.CLINIC] = 5
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await count(database) == before
    assert [one.changed for one in published if one.changed] == []


async def test_readers_wait_neither_for_a_writer_nor_for_one_another(database: Database) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database.writing())
        readers = [await stack.enter_async_context(database.reading()) for _ in range(3)]

        found = await asyncio.gather(*((reader.execute(COUNT)) for reader in readers))

    assert len({result.scalar_one() for result in found}) == 1


async def test_after_a_crowd_of_readers_the_next_one_is_served(database: Database) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(8 if isinstance(database, PostgresDatabase) else 20):
            await stack.enter_async_context(database.reading())

    assert await count(database) >= 0


async def test_a_survey_sees_what_is_committed_and_changes_nothing_on_sqlite(database: Database) -> None:
    async with database.surveying() as connection:
        assert (await connection.execute(COUNT)).scalar_one() == await count(database)
        if isinstance(database, SqliteDatabase):
            with pytest.raises(DBAPIError):
                await connection.execute(ADD, {"source": "of this test"})
