"""SQLite in the event loop's own thread, where that is quick; in a thread of its own where it may wait.

A statement of ours takes SQLite some ten microseconds, and handing it to a thread and back ten times as long. What can
wait, for the disk or for another program's lock, still goes to a thread (see `group_commit`): the loop never stands
still for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import URL, CursorResult, Engine, Executable, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

#: Durable and concurrent. SQLAlchemy's own defaults hand out a number twice.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
#: Only one connection may write and checkpoint: SQLite up to 3.51.2 can corrupt the WAL otherwise.
ONLY_READING = ("wal_autocheckpoint=0", "query_only=ON")


class LoopConnection:
    """One connection, whose transactions begin and end with statements of their own on `driver`.

    It has those methods of SQLAlchemy's `AsyncConnection` that storage uses; they never suspend their caller.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect()
        self.driver = cast(sqlite3.Connection, self._connection.connection.driver_connection)
        self._cursor = sqlite3.Cursor(self.driver)

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """The statement has been executed, and its rows are fetched."""
        return cast(CursorResult[Any], self._connection.execute(statement, parameters))

    async def scalar(self, statement: Executable, parameters: Any = None) -> Any:
        """The first column of the first row; none without a row."""
        return self._connection.scalar(statement, parameters)

    async def exec_driver_sql(self, statement: str) -> CursorResult[Any]:
        """The statement has been executed as it is written."""
        return self._connection.exec_driver_sql(statement)

    def fetch(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows of a statement that is in the driver's own words; none where it gives none."""
        try:
            return self._cursor.execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise as_sqlalchemy(error, statement) from error

    def run_each(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """As `fetch`, once for each of these, of a statement that gives no rows."""
        try:
            self._cursor.executemany(statement, parameters)
        except sqlite3.Error as error:
            raise as_sqlalchemy(error, statement) from error

    def run(self, statement: str) -> None:
        """As `exec_driver_sql`, without a result."""
        self.fetch(statement, ())

    def close(self) -> None:
        """Close the connection; what was not committed is rolled back."""
        self._connection.close()


class _FetchingCursor(sqlite3.Cursor):
    """Fetches all rows at once: a change made while somebody goes through them does not show, nor a commit wait."""

    def execute(self, *arguments: Any) -> _FetchingCursor:
        super().execute(*arguments)
        self._rows: Iterator[Any] = iter(super().fetchall() if self.description else ())
        return self

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return list(islice(self._rows, size or self.arraysize))

    def fetchall(self) -> list[Any]:
        return list(self._rows)


class _Driver(sqlite3.Connection):
    def cursor(self, *_: Any) -> _FetchingCursor:  # type: ignore[override]
        return super().cursor(_FetchingCursor)


def loop_engine(url: URL, *, pragmas: tuple[str, ...] = (), timeout_s: float = 5.0) -> Engine:
    """Makes connections of the event loop; a statement waits `timeout_s` at most for another program's lock."""
    # Serialized, because the commits of a connection are another thread's.
    if sqlite3.threadsafety != 3:
        raise RuntimeError("This Python's SQLite is not built for use by several threads.")
    engine = create_engine(
        url.set(drivername="sqlite"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"factory": _Driver, "timeout": timeout_s, "check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (*PRAGMAS, *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def as_sqlalchemy(error: sqlite3.Error, statement: str) -> BaseException:
    """The driver's error as SQLAlchemy's, as everywhere else; it repeats no values."""
    return DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True)
