"""How a unit of work gets its connection: on SQLite, where writers share their commits, and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Protocol, TypeVar, cast

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.sources import Source
from queue_server.storage.engine.engines import open_engine, prepare_folder
from queue_server.storage.engine.group_commit import Commit, GroupCommit
from queue_server.storage.engine.postgres_connections import PostgresConnections
from queue_server.storage.engine.shared_transactions import SharedTransactions
from queue_server.storage.engine.sqlite_in_loop import ONLY_READING, LoopConnection, loop_engine

Found = TypeVar("Found")

#: What one statement finds.
Glance = Callable[[AsyncConnection], Awaitable[Found]]

#: Called after a commit with what changed: source → its new revision.
OnCommit = Callable[[Mapping[Source, int]], None]

#: Called after a commit with all that it has changed.
Publish = Callable[[Commit], None]

#: A writer's connection, and where to note what is published after the commit.
Writing = tuple[AsyncConnection, Commit]

#: So many idle readers of SQLite are kept.
_IDLE_READERS = 8


class Database(Protocol):
    """What a store needs of either."""

    def writing(self, department_id: int | None = None) -> AbstractAsyncContextManager[Writing]:
        """A transaction: committed and published on a clean exit, rolled back on any exception.

        With a department: nobody else changes its queue meanwhile.
        """

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A consistent look that waits for no writer."""

    async def glance(self, ask: Glance[Found]) -> Found:
        """What `ask` finds with one statement, which is of one moment without a transaction; it may be asked anew."""

    def surveying(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A consistent look that may be long, and for which the event loop never waits."""

    async def close(self) -> None:
        """Every connection is closed."""


class PostgresDatabase:
    """Writers of one department share their transactions; departments go on in parallel.

    Readers never wait for the connections of writers: a writer who holds a lock and looks something up meanwhile would
    wait for those who wait for the lock.
    """

    def __init__(self, url: URL, publish: Publish) -> None:
        self._writers = SharedTransactions(PostgresConnections(url, size=8, is_writing=True), publish)
        # All that one look reads is of one moment; by itself, PostgreSQL looks anew with each statement.
        self._readers = PostgresConnections(url, size=4, begin="BEGIN ISOLATION LEVEL REPEATABLE READ")
        self.surveying = self.reading

    @asynccontextmanager
    async def writing(self, department_id: int | None = None) -> AsyncIterator[Writing]:
        async with self._writers.unit(department_id) as (connection, commit):
            yield cast(AsyncConnection, connection), commit

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._readers.transaction() as connection:
            yield cast(AsyncConnection, connection)

    async def glance(self, ask: Glance[Found]) -> Found:
        return await self._readers.glance(lambda connection: ask(cast(AsyncConnection, connection)))

    async def close(self) -> None:
        await self._writers.close()
        await self._readers.close()


class SqliteDatabase:
    """One writer and several readers in the event loop; long looks have threads of their own."""

    def __init__(self, url: URL, publish: Publish) -> None:
        prepare_folder(url)
        # A writer of ours never waits for another program in the event loop: see `GroupCommit`.
        writers = loop_engine(url, pragmas=("busy_timeout=0",))
        self._writers = GroupCommit(partial(LoopConnection, writers), publish)
        self._readers = loop_engine(url, pragmas=ONLY_READING)
        self._idle: list[LoopConnection] = []
        self._surveyors = open_engine(url, size=2)

    @asynccontextmanager
    async def writing(self, department_id: int | None = None) -> AsyncIterator[Writing]:
        async with self._writers.unit() as (connection, commit):
            yield cast(AsyncConnection, connection), commit

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        connection = self._reader()
        connection.run("BEGIN")
        try:
            yield cast(AsyncConnection, connection)
        finally:
            connection.run("ROLLBACK")
            self._keep(connection)

    async def glance(self, ask: Glance[Found]) -> Found:
        connection = self._reader()
        try:
            return await ask(cast(AsyncConnection, connection))
        finally:
            self._keep(connection)

    @asynccontextmanager
    async def surveying(self) -> AsyncIterator[AsyncConnection]:
        async with self._surveyors.connect() as connection, connection.begin():
            yield connection

    async def close(self) -> None:
        await self._writers.close()
        while self._idle:
            self._idle.pop().close()
        await self._surveyors.dispose()

    def _reader(self) -> LoopConnection:
        return self._idle.pop() if self._idle else LoopConnection(self._readers)

    def _keep(self, connection: LoopConnection) -> None:
        if len(self._idle) < _IDLE_READERS:
            self._idle.append(connection)
        else:
            connection.close()
