"""Databases that fall ill for a while."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from queue_server.storage.engine.databases import SqliteDatabase
from queue_server.storage.engine.store import Store


def writer(store: Store) -> sqlite3.Connection:
    """The one connection by which a store on SQLite writes; it must have written before."""
    database = store._database  # noqa: SLF001  (SQLite's limits are a connection's)
    assert isinstance(database, SqliteDatabase)
    connection = database._writers._connection  # noqa: SLF001
    assert connection is not None
    return connection.driver


@contextmanager
def full(store: Store) -> Iterator[None]:
    """Inside, the file may not grow by a single page, as on a full disk."""
    driver = writer(store)
    driver.execute("PRAGMA max_page_count=1")  # SQLite takes the present size instead
    try:
        yield
    finally:
        driver.execute("PRAGMA max_page_count=1073741823")


@contextmanager
def read_only(store: Store) -> Iterator[None]:
    """Inside, the store may not write."""
    driver = writer(store)
    driver.execute("PRAGMA query_only=ON")
    try:
        yield
    finally:
        driver.execute("PRAGMA query_only=OFF")
