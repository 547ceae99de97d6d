"""SQLite beside the event loop: what is quick in the loop's thread, what may wait in another, never both at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from queue_server.storage.engine.sqlite_in_loop import BEGIN_WRITING, WritingConnection, connect


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[WritingConnection]:
    """The writing connection."""
    connection = await connect(WritingConnection, str(tmp_path / "queue.db"), timeout=30)
    assert isinstance(connection, WritingConnection)
    yield connection
    await connection.close()


@pytest.fixture
def other(writer: WritingConnection, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another program, which is writing."""
    with closing(sqlite3.connect(tmp_path / "queue.db", isolation_level=None)) as connection:
        connection.execute(BEGIN_WRITING)
        yield connection


async def test_a_connection_is_not_closed_under_what_its_thread_still_does(
    writer: WritingConnection, other: sqlite3.Connection
) -> None:
    beginning = asyncio.create_task(writer.execute(BEGIN_WRITING))  # type: ignore[arg-type]
    await asyncio.sleep(0.05)
    beginning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beginning

    closing_it = asyncio.create_task(writer.close())
    for _ in range(20):
        await asyncio.sleep(0.01)

    assert not closing_it.done()
    other.execute("COMMIT")
    await asyncio.wait_for(closing_it, 10)


async def test_once_the_thread_is_done_statements_are_quick_again(
    writer: WritingConnection, other: sqlite3.Connection
) -> None:
    beginning = asyncio.create_task(writer.execute(BEGIN_WRITING))  # type: ignore[arg-type]
    await asyncio.sleep(0.05)
    other.execute("COMMIT")
    await beginning

    assert not writer._in_thread
    async with writer.execute("SELECT 1") as rows:
        assert await rows.fetchone() == (1,)
    await writer.rollback()
