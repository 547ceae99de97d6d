"""Engines for SQLite (one writer, several readers) and PostgreSQL, made from one URL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from queue_server.storage.engine.sqlite_in_loop import BEGIN_WRITING, NearbyConnection, WritingConnection, connect

_FORMS = "it must begin with sqlite:/// or postgresql://."


class BadDatabaseURL(ValueError):
    """The URL is neither `sqlite:///path` nor `postgresql://…`."""


def database_url(text: str) -> URL:
    """The URL with its async driver. Raises `BadDatabaseURL` for other databases."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadDatabaseURL(f"QUEUE_DATABASE_URL is no address; {_FORMS}") from error
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    kind = url.get_backend_name()
    if kind not in drivers:
        raise BadDatabaseURL(f"QUEUE_DATABASE_URL is of kind {kind!r}; {_FORMS}")
    return url.set(drivername=drivers[kind])


@dataclass(frozen=True, slots=True)
class Engines:
    """One to write, one to look something up, one to go through much; on PostgreSQL all the same one."""

    writer: AsyncEngine
    readers: AsyncEngine
    surveyors: AsyncEngine

    async def dispose(self) -> None:
        """Close every connection."""
        for engine in {self.writer, self.readers, self.surveyors}:
            await engine.dispose()


def open_engines(url: URL) -> Engines:
    """The engines of this database. Their errors repeat no values: logs hold no names."""
    if url.get_backend_name() == "postgresql":
        engine = create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
        return Engines(engine, engine, engine)
    prepare_folder(url)
    write, read = partial(connect, WritingConnection), partial(connect, NearbyConnection)
    writer = create_async_engine(
        url, pool_size=1, max_overflow=0, hide_parameters=True, connect_args={"async_creator_fn": write}
    )
    readers = create_async_engine(
        url, pool_size=4, max_overflow=4, hide_parameters=True, connect_args={"async_creator_fn": read}
    )
    surveyors = create_async_engine(url, pool_size=2, max_overflow=0, hide_parameters=True)
    tune_sqlite(writer, begin=BEGIN_WRITING, pragmas=())
    for engine in (readers, surveyors):
        # Only one connection may write and checkpoint: SQLite up to 3.51.2 can corrupt the WAL otherwise.
        tune_sqlite(engine, begin="BEGIN", pragmas=("wal_autocheckpoint=0", "query_only=ON"))
    return Engines(writer, readers, surveyors)


def prepare_folder(url: URL) -> None:
    """The folder of a SQLite file exists."""
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def tune_sqlite(engine: AsyncEngine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    """Durable and concurrent settings, then `pragmas`; SQLAlchemy's own defaults hand out a number twice."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
