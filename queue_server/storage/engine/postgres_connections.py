"""Connections to PostgreSQL that are kept open and never asked whether they are: the first BEGIN finds out.

Each statement is a way to another process and back, which costs more than what PostgreSQL does for it. So nothing is
sent between transactions, and statements of a press go to the driver as they were compiled (`statements`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar, cast

from sqlalchemy import URL, CursorResult, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from queue_server.domain.errors import DatabaseBusy
from queue_server.storage.engine.engines import PATIENCE_S, postgres_settings
from queue_server.storage.engine.faults import reaching

Found = TypeVar("Found")

#: Seconds after which a connection that nobody has needed is closed, where more than so many are kept.
_SPARE_FOR_S = 30.0


class PostgresConnection:
    """One connection, whose transactions begin and end with statements of their own.

    It has those methods of SQLAlchemy's `AsyncConnection` that storage uses.
    """

    def __init__(self, through: AsyncConnection, adapted: Any) -> None:
        self._through = through
        self._adapted = adapted
        self._driver: Any = adapted.driver_connection
        #: When it was given back, by the event loop's clock.
        self.idle_since = 0.0

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """The statement has been executed, and its rows are fetched."""
        return await self._through.execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Any = None) -> Any:
        """The first column of the first row; none without a row."""
        return await self._through.scalar(statement, parameters)

    async def exec_driver_sql(self, statement: str) -> CursorResult[Any]:
        """The statement has been executed as it is written."""
        return await self._through.exec_driver_sql(statement)

    async def fetch(self, statement: str, parameters: Sequence[Any]) -> Sequence[Any]:
        """All rows of a statement that is in the driver's own words; none where it gives none."""
        try:
            return cast(Sequence[Any], await self._driver.fetch(statement, *parameters))
        except Exception as error:
            raise self._as_sqlalchemy(error, statement) from error

    async def run_each(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """As `fetch`, once for each of these, of a statement that gives no rows."""
        try:
            await self._driver.executemany(statement, parameters)
        except Exception as error:
            raise self._as_sqlalchemy(error, statement) from error

    async def run(self, statements: str) -> None:
        """One or several statements without parameters and without a result, in one way there and back."""
        try:
            await self._driver.execute(statements)
        except Exception as error:
            raise self._as_sqlalchemy(error, statements) from error

    @property
    def is_closed(self) -> bool:
        """Whether the connection is known to be gone."""
        return bool(self._driver.is_closed())

    async def close(self) -> None:
        """Close the connection; what was not committed is rolled back."""
        with suppress(Exception):
            await self._through.close()

    async def break_off(self) -> None:
        """Close it without a word to PostgreSQL, which may not answer."""
        self._driver.terminate()
        await self.close()

    def _as_sqlalchemy(self, error: Exception, statement: str) -> BaseException:
        """The driver's error as SQLAlchemy's, as everywhere else; it repeats no values."""
        import asyncpg

        if isinstance(error, asyncpg.InternalClientError):
            # PostgreSQL's good-bye came between two statements; the driver takes it for another one's that goes on.
            self._driver.terminate()
        dbapi = self._through.dialect.loaded_dbapi
        try:
            self._adapted.dbapi_connection._handle_exception(error)  # noqa: SLF001  (raises its own form)
        except dbapi.Error as adapted:
            return DBAPIError.instance(
                statement,
                None,
                adapted,
                dbapi.Error,
                hide_parameters=True,
                connection_invalidated=self.is_closed,
                dialect=self._through.dialect,
            )
        except Exception as other:
            return other
        return error


class PostgresConnections:
    """So many connections are kept, and twice as many in a rush. Each transaction begins with `begin`."""

    def __init__(self, url: URL, *, size: int, begin: str = "BEGIN", is_writing: bool = False) -> None:
        self._engine = _engine(url, is_writing=is_writing)
        self._size = size
        self._begin = begin
        self._free = asyncio.Semaphore(2 * size)
        self._idle: list[PostgresConnection] = []
        self._is_closed = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresConnection]:
        """Committed on a clean exit, rolled back on any exception."""
        connection = await self.begun()
        try:
            yield connection
        except BaseException:
            await self.roll_back(connection)
            raise
        await self.end(connection, "COMMIT")

    async def begun(self) -> PostgresConnection:
        """A connection in a new transaction, which `end` gives back. Raises `DatabaseAway`, `DatabaseBusy`."""
        await self._wait_for_one()
        try:
            return await self._begin_one()
        except BaseException:
            self._free.release()
            raise

    async def glance(self, ask: Callable[[PostgresConnection], Awaitable[Found]]) -> Found:
        """What `ask` finds with one statement, without a transaction around it; where a kept one is lost, it asks anew.

        Raises as `begun` does.
        """
        await self._wait_for_one()
        try:
            while (connection := self._kept_one()) is not None:
                try:
                    return await self._asked(connection, ask)
                except DBAPIError:
                    if not connection.is_closed:
                        raise
            return await self._asked(await self._new_one(), ask)
        finally:
            self._free.release()

    async def end(self, connection: PostgresConnection, ending: str) -> None:
        """The transaction has ended with this statement; where that fails, the connection is broken off."""
        try:
            await connection.run(ending)
        except BaseException:
            await self.break_off(connection)
            raise
        await self._keep(connection)
        self._free.release()

    async def roll_back(self, connection: PostgresConnection) -> None:
        """The transaction is undone. Whoever rolls back knows what is wrong: nothing is raised for the connection."""
        with suppress(Exception):
            await self.end(connection, "ROLLBACK")

    async def break_off(self, connection: PostgresConnection) -> None:
        """The connection is not used again, and its transaction is rolled back."""
        self._free.release()
        await connection.break_off()

    async def close(self) -> None:
        """Every connection is closed, those in use as soon as they are given back."""
        self._is_closed = True
        while self._idle:
            await self._idle.pop().close()
        await self._engine.dispose()

    async def _wait_for_one(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._free.acquire()
        except TimeoutError as error:
            raise DatabaseBusy from error

    def _kept_one(self) -> PostgresConnection | None:
        return self._idle.pop() if self._idle else None

    async def _new_one(self) -> PostgresConnection:
        with reaching():
            through = await self._engine.connect()
            return PostgresConnection(through, await through.get_raw_connection())

    async def _begin_one(self) -> PostgresConnection:
        while (connection := self._kept_one()) is not None:
            with suppress(DBAPIError):
                if await self._has_begun(connection):
                    return connection
        connection = await self._new_one()
        with reaching():
            await self._has_begun(connection)
        return connection

    async def _has_begun(self, connection: PostgresConnection) -> bool:
        """False for a connection that was lost while nobody used it."""
        if connection.is_closed:
            await connection.close()
            return False
        try:
            await connection.run(self._begin)
        except BaseException:
            await connection.break_off()
            raise
        return True

    async def _asked(
        self, connection: PostgresConnection, ask: Callable[[PostgresConnection], Awaitable[Found]]
    ) -> Found:
        try:
            found = await ask(connection)
        except Exception:
            await self._keep(connection)
            raise
        except BaseException:
            await connection.break_off()
            raise
        await self._keep(connection)
        return found

    async def _keep(self, connection: PostgresConnection) -> None:
        """It waits for the next one; of those that a rush has left over, one that nobody needs any more is closed."""
        if self._is_closed or connection.is_closed:
            await connection.close()
            return
        now = connection.idle_since = asyncio.get_running_loop().time()
        self._idle.append(connection)
        if len(self._idle) > self._size and now - self._idle[0].idle_since > _SPARE_FOR_S:
            await self._idle.pop(0).close()


def _engine(url: URL, *, is_writing: bool) -> AsyncEngine:
    """Makes connections that begin and end no transactions by themselves."""
    return create_async_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        # What a press asks stays prepared for as long as the connection lives.
        connect_args=postgres_settings(is_writing=is_writing)
        | {"statement_cache_size": 200, "max_cached_statement_lifetime": 0},
    )
