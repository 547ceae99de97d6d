"""A database that is at fault is told from a statement or a program that is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from queue_server.domain.errors import (
    DatabaseAway,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFault,
    DatabaseFull,
    DatabaseReadOnly,
)
from queue_server.storage.engine.faults import fault_of, named, reaching
from queue_server.storage.engine.sqlite_in_loop import as_sqlalchemy


@pytest.mark.parametrize(("pragma", "fault"), [("max_page_count=2", DatabaseFull), ("query_only=ON", DatabaseReadOnly)])
def test_what_sqlite_itself_says_is_named(tmp_path: Path, pragma: str, fault: type[DatabaseFault]) -> None:
    with closing(sqlite3.connect(tmp_path / "some.db")) as connection:
        connection.execute("CREATE TABLE line (who TEXT)")
        connection.execute(f"PRAGMA {pragma}")
        with pytest.raises(sqlite3.Error) as raised:
            connection.execute("INSERT INTO line VALUES (?)", ["x" * 10_000])

    assert type(fault_of(raised.value)) is fault
    assert type(fault_of(as_sqlalchemy(raised.value, "INSERT"))) is fault


def test_a_file_that_is_no_database_or_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"this is no database" * 1000)
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection, pytest.raises(DatabaseDamaged), named():
        connection.execute("SELECT * FROM line")
    with pytest.raises(DatabaseAway), named():
        sqlite3.connect(tmp_path / "nowhere" / "some.db")


def test_the_programs_own_mistakes_stay_what_they_are(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "some.db")) as connection, pytest.raises(sqlite3.Error), named():
        connection.execute("SELECT * FROM nothing")


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (asyncpg.ConnectionDoesNotExistError(""), DatabaseAway),
        (asyncpg.AdminShutdownError(""), DatabaseAway),
        (asyncpg.CannotConnectNowError(""), DatabaseAway),
        (asyncpg.ReadOnlySQLTransactionError(""), DatabaseReadOnly),
        (asyncpg.DiskFullError(""), DatabaseFull),
        (asyncpg.TooManyConnectionsError(""), DatabaseBusy),
        (asyncpg.DeadlockDetectedError(""), DatabaseBusy),
        (asyncpg.LockNotAvailableError(""), DatabaseBusy),
        (asyncpg.PostgresIOError(""), DatabaseDamaged),
        (PoolTimeout(), DatabaseBusy),
    ],
)
def test_what_postgresql_and_the_pool_say_is_named(error: Exception, fault: type[DatabaseFault]) -> None:
    assert type(fault_of(error)) is fault


@pytest.mark.parametrize("error", [asyncpg.UniqueViolationError(""), asyncpg.UndefinedTableError(""), ValueError()])
def test_whatever_else_is_no_fault(error: Exception) -> None:
    assert fault_of(error) is None


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), asyncpg.InvalidPasswordError("")])
def test_a_server_that_cannot_be_reached_is_away_for_whatever_reason(error: Exception) -> None:
    with pytest.raises(DatabaseAway), reaching():
        raise error
