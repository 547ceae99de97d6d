"""Addresses of databases, and engines whose connections wait in threads (SQLite) or on sockets (PostgreSQL)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from queue_server.storage.engine.sqlite_in_loop import ONLY_READING, PRAGMAS

#: Seconds within which PostgreSQL takes a connection, and within which one of ours becomes free.
_PATIENCE_S = 5

_FORMS = "it must begin with sqlite:/// or postgresql://."


class BadDatabaseURL(ValueError):
    """The URL is neither `sqlite:///path` nor `postgresql://…`."""


def database_url(text: str) -> URL:
    """The URL with its async driver. Raises `BadDatabaseURL` for other databases, and for SQLite without a file."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadDatabaseURL(f"QUEUE_DATABASE_URL is no address; {_FORMS}") from error
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    kind = url.get_backend_name()
    if kind not in drivers:
        raise BadDatabaseURL(f"QUEUE_DATABASE_URL is of kind {kind!r}; {_FORMS}")
    if kind == "sqlite" and url.database in {None, "", ":memory:"}:
        raise BadDatabaseURL(f"QUEUE_DATABASE_URL names no file; {_FORMS}")
    return url.set(drivername=drivers[kind])


def open_engine(url: URL, *, size: int = 10) -> AsyncEngine:
    """Connections of PostgreSQL, or of SQLite with a thread each. Their errors repeat no values: logs hold no names."""
    if url.get_backend_name() == "postgresql":
        return create_async_engine(
            url,
            pool_size=size,
            max_overflow=size,
            pool_pre_ping=True,
            pool_timeout=_PATIENCE_S,
            connect_args={"timeout": _PATIENCE_S},
            hide_parameters=True,
        )
    engine = create_async_engine(url, pool_size=size, max_overflow=0, hide_parameters=True)
    tune_sqlite(engine, begin="BEGIN", pragmas=ONLY_READING)
    return engine


def prepare_folder(url: URL) -> None:
    """A SQLite file and its folder exist, and nobody but their owner can read the file.

    SQLite gives its `-wal` and `-shm` files the mode of the database. A folder that is there already stays as it is:
    it may hold other things.
    """
    if url.get_backend_name() == "sqlite" and url.database:
        path = Path(url.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with suppress(PermissionError):
            path.chmod(0o600)


def tune_sqlite(engine: AsyncEngine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    """Durable and concurrent settings, then `pragmas`; transactions begin with `begin`."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
