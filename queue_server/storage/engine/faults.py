"""Which of the drivers' errors mean that the database itself is at fault: one place for both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from queue_server.domain.errors import (
    DatabaseAway,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFault,
    DatabaseFull,
    DatabaseReadOnly,
)

_Faults = Mapping[int, type[DatabaseFault]]

#: SQLite's primary result codes (sqlite.org/rescode.html).
_SQLITE: _Faults = {
    sqlite3.SQLITE_BUSY: DatabaseBusy,
    sqlite3.SQLITE_LOCKED: DatabaseBusy,
    sqlite3.SQLITE_FULL: DatabaseFull,
    sqlite3.SQLITE_READONLY: DatabaseReadOnly,
    sqlite3.SQLITE_IOERR: DatabaseDamaged,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
    sqlite3.SQLITE_NOTADB: DatabaseDamaged,
    sqlite3.SQLITE_CANTOPEN: DatabaseAway,
}
#: How the file that readers share grows; on a full disk it cannot.
_NO_ROOM_TO_SHARE = sqlite3.SQLITE_IOERR_SHMSIZE

#: The beginnings of PostgreSQL's SQLSTATEs (appendix A of its manual), longer ones before shorter.
_POSTGRES: Mapping[str, type[DatabaseFault]] = {
    "08": DatabaseAway,  # the connection is gone
    "57P0": DatabaseAway,  # it is shut down, has crashed, or is starting
    "25006": DatabaseReadOnly,
    "53100": DatabaseFull,
    "53": DatabaseBusy,  # no memory, no connection left
    "55P03": DatabaseBusy,  # a lock was not to be had
    "40": DatabaseBusy,  # of two that waited for one another, one was sent away
    "58030": DatabaseDamaged,
    "XX001": DatabaseDamaged,
    "XX002": DatabaseDamaged,
}


def fault_of(error: BaseException) -> DatabaseFault | None:
    """What is wrong with the database; none when the statement or the program is wrong."""
    if isinstance(error, PoolTimeout):
        return DatabaseBusy()
    driver = error.orig if isinstance(error, DBAPIError) else error
    kind = _of_sqlite(getattr(driver, "sqlite_errorcode", None)) or _of_postgres(getattr(driver, "sqlstate", None))
    if kind is None and isinstance(error, DBAPIError) and error.connection_invalidated:
        return DatabaseAway()
    return kind() if kind else None


@contextmanager
def named() -> Iterator[None]:
    """Inside, an error that means that the database is at fault is raised as the `DatabaseFault` that it is."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        if (fault := fault_of(error)) is None:
            raise
        raise fault from error


@contextmanager
def reaching() -> Iterator[None]:
    """As `named`, while a connection to PostgreSQL is made: whatever goes wrong, the database is not to be had."""
    import asyncpg

    try:
        yield
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError) as error:
        raise (fault_of(error) or DatabaseAway()) from error


def _of_sqlite(code: int | None) -> type[DatabaseFault] | None:
    if code is None:
        return None
    return DatabaseFull if code == _NO_ROOM_TO_SHARE else _SQLITE.get(code & 0xFF)


def _of_postgres(state: str | None) -> type[DatabaseFault] | None:
    return next((kind for begin, kind in _POSTGRES.items() if state and state.startswith(begin)), None)
