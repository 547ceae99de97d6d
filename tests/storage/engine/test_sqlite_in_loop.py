"""SQLite in the event loop's own thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from queue_server.storage.engine.engines import database_url
from queue_server.storage.engine.sqlite_in_loop import ONLY_READING, LoopConnection, loop_engine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with three rows."""
    file = tmp_path / "queue.db"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE number (value INTEGER)")
        made.executemany("INSERT INTO number VALUES (?)", [(1,), (2,), (3,)])
    made.close()
    return file


@pytest.fixture
def connection(path: Path) -> Iterator[LoopConnection]:
    """A writer's connection."""
    made = LoopConnection(loop_engine(database_url(f"sqlite:///{path}"), timeout_s=0))
    yield made
    made.close()


def test_a_connection_is_durable_and_keeps_its_references(connection: LoopConnection) -> None:
    found = [connection.fetch(f"PRAGMA {name}", ())[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")]

    assert found == ["wal", 2, 1]


async def test_rows_are_fetched_at_once_and_do_not_change_while_somebody_goes_through_them(
    connection: LoopConnection,
) -> None:
    seen = []

    for row in await connection.execute(text("SELECT value FROM number")):
        seen.append(row.value)
        await connection.exec_driver_sql("DELETE FROM number")

    assert seen == [1, 2, 3]
    assert await connection.scalar(text("SELECT count(*) FROM number")) == 0


async def test_rows_may_be_taken_one_by_one_some_or_all(connection: LoopConnection) -> None:
    result = await connection.execute(text("SELECT value FROM number"))

    taken = (result.fetchone(), result.fetchmany(1), result.fetchall(), result.fetchone())

    assert [tuple(row) for row in (taken[0], *taken[1], *taken[2]) if row] == [(1,), (2,), (3,)]
    assert taken[3] is None


def test_a_statement_in_the_drivers_own_words_gives_its_rows_or_none(connection: LoopConnection) -> None:
    assert connection.fetch("SELECT value FROM number WHERE value > ?", [1]) == [(2,), (3,)]
    assert connection.fetch("UPDATE number SET value = 0", []) == []


def test_what_was_not_committed_is_gone_with_its_connection(connection: LoopConnection, path: Path) -> None:
    connection.run("BEGIN IMMEDIATE")
    connection.run("DELETE FROM number")

    connection.close()

    again = LoopConnection(loop_engine(database_url(f"sqlite:///{path}")))
    assert again.fetch("SELECT count(*) FROM number", ()) == [(3,)]
    again.close()


def test_an_error_of_the_driver_is_told_as_sqlalchemys_and_repeats_no_values(connection: LoopConnection) -> None:
    with pytest.raises(DBAPIError) as refused:
        connection.fetch("INSERT INTO nowhere VALUES (?)", ["Asha"])

    assert isinstance(refused.value, OperationalError)
    assert "Asha" not in str(refused.value)


def test_another_programs_lock_is_not_waited_for_longer_than_was_said(connection: LoopConnection, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(OperationalError, match="locked"):
        connection.run("BEGIN IMMEDIATE")

    other.close()


def test_who_only_reads_changes_nothing(path: Path) -> None:
    reader = LoopConnection(loop_engine(database_url(f"sqlite:///{path}"), pragmas=ONLY_READING))

    with pytest.raises(OperationalError, match="readonly"):
        reader.run("DELETE FROM number")

    reader.close()
