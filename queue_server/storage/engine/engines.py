"""Addresses of databases, and engines whose connections wait in threads (SQLite) or on sockets (PostgreSQL)."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from queue_server.storage.engine.sqlite_in_loop import ONLY_READING, PRAGMAS

#: Seconds within which PostgreSQL takes a connection, and within which one of ours becomes free.
PATIENCE_S = 5

_FORMS = "it must begin with sqlite:/// or postgresql://."


class BadDatabaseURL(ValueError):
    """The URL is neither `sqlite:///path` nor `postgresql://…`."""


#: When PostgreSQL gives up a server that was cut off: by itself it keeps that one's locks for two hours.
_CUT_OFF = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}
#: And one that hangs in the middle of a change: nobody else of the clinic can press while it holds its locks.
_HANGS = {"idle_in_transaction_session_timeout": "15s"}


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


def postgres_settings(*, is_writing: bool = False) -> dict[str, Any]:
    """What a connection to PostgreSQL is made with. `is_writing`: its transactions hold locks for which others wait."""
    return {"timeout": PATIENCE_S, "server_settings": _CUT_OFF | (_HANGS if is_writing else {})}


def open_engine(url: URL, *, size: int = 10) -> AsyncEngine:
    """Connections of PostgreSQL, or of SQLite with a thread each. Their errors repeat no values: logs hold no names."""
    if url.get_backend_name() == "postgresql":
        return create_async_engine(
            url,
            pool_size=size,
            max_overflow=size,
            pool_pre_ping=True,
            pool_timeout=PATIENCE_S,
            connect_args=postgres_settings(),
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
        path = Path(url.database).resolve()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make_file(path)
        with suppress(PermissionError):
            path.chmod(0o600)


def _make_file(path: Path) -> None:
    """A database without tables, unless another process was first; its journal is a WAL before anybody can open it.

    Of several connections that turn the WAL on together, SQLite refuses all but one at once, whatever its timeout is.
    """
    with TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
        new = Path(folder) / path.name
        os.close(os.open(new, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(new)) as file:
            file.execute("PRAGMA journal_mode=WAL")
        with suppress(FileExistsError):
            path.hardlink_to(new)


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
