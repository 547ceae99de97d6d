"""Writers of PostgreSQL who wait for the same department share one transaction: ten pay for one BEGIN, lock and COMMIT.

They take turns on one connection, in the order in which they came, while the department is locked; departments go on
in parallel. Each but the first is a savepoint: one that raises is undone alone. Revisions are counted and told to the
other processes once, at the end. Nobody is told of success before the common commit, and a commit that fails fails all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from queue_server.domain.errors import DatabaseFault
from queue_server.storage.engine import revisions
from queue_server.storage.engine.group_commit import Commit
from queue_server.storage.engine.postgres_connections import PostgresConnection, PostgresConnections
from queue_server.storage.engine.statements import PostgresStatement
from queue_server.storage.tables import DepartmentRow

#: So many units share a commit at most: the first of them is not to wait for ever, nor are other processes.
LARGEST_GROUP = 32

_LOCK = PostgresStatement(
    select(*DepartmentRow.metadata.tables["department"].columns)
    .where(col(DepartmentRow.id) == bindparam("department_id"))
    .with_for_update()
)
_FIRST_SAVEPOINT = "SAVEPOINT unit"
_NEXT_SAVEPOINT = "RELEASE SAVEPOINT unit; SAVEPOINT unit"


class _Group:
    """Units that stand and fall together, on one connection in a transaction."""

    def __init__(self, connection: PostgresConnection) -> None:
        self.connection = connection
        self.units = 0
        self.has_savepoint = False
        self.commit = Commit()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(self, error: BaseException) -> None:
        self.ended.set_exception(error)
        self.ended.exception()  # whoever waited may have been cancelled


@dataclass
class _Line:
    """Those who take turns. `fault`: what kept the last one from beginning, and when."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    group: _Group | None = None
    fault: tuple[float, type[DatabaseFault]] | None = None

    @property
    def is_large(self) -> bool:
        return self.group is not None and self.group.units >= LARGEST_GROUP


class SharedTransactions:
    """All writers of this process. `publish` hears of every commit before its units do."""

    def __init__(self, connections: PostgresConnections, publish: Callable[[Commit], None]) -> None:
        self._connections = connections
        self._publish = publish
        self._lines: dict[int, _Line] = {}
        self._endings: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def unit(self, department_id: int | None) -> AsyncIterator[tuple[PostgresConnection, Commit]]:
        """A turn on a connection, and where to note what is to be published; left when everything is committed.

        With a department, it is locked, and others of this process who come for it share the transaction; without, it
        is the unit's own. Whoever is cancelled inside is undone. Whoever is cancelled while waiting for the commit has
        done the work nevertheless.
        """
        came_at = asyncio.get_running_loop().time()
        line = _Line() if department_id is None else self._lines.setdefault(department_id, _Line())
        async with self._my_turn(line):
            group = line.group or await self._begun(line, department_id, came_at)
            await self._set_savepoint(line, group)
            try:
                yield group.connection, group.commit
                group.units += 1
            except BaseException:
                await self._undo(line, group)
                raise
        await asyncio.shield(group.ended)

    async def close(self) -> None:
        """Whoever has begun is done, and every connection is closed."""
        for line in list(self._lines.values()):
            async with self._my_turn(line):
                pass
            self._end_if_last(line)
        while self._endings:
            await asyncio.wait(self._endings)
        await self._connections.close()

    @asynccontextmanager
    async def _my_turn(self, line: _Line) -> AsyncIterator[None]:
        line.waiting += 1
        try:
            await line.turn.acquire()
        except BaseException:
            line.waiting -= 1
            self._end_if_last(line)
            raise
        line.waiting -= 1
        try:
            yield
        finally:
            line.turn.release()
            if line.is_large:
                self._end_if_last(line)
            else:
                # Not at once: whoever is about to come in the same turn of the event loop still shares the commit.
                asyncio.get_running_loop().call_soon(self._end_if_last, line)

    async def _begun(self, line: _Line, department_id: int | None, came_at: float) -> _Group:
        """A new group, whose department nobody else changes.

        What keeps it from beginning keeps all from it who wait here now: of a hundred, the last is not to wait for a
        server that does not answer a hundred times as long as the first.
        """
        if line.fault is not None and line.fault[0] >= came_at:
            raise line.fault[1]
        try:
            connection = await self._connections.begun()
        except DatabaseFault as fault:
            line.fault = asyncio.get_running_loop().time(), type(fault)
            raise
        group = _Group(connection)
        try:
            if department_id is not None:
                group.commit.locked = next(iter(await _LOCK.rows(connection, department_id=department_id)), None)
        except BaseException:
            await self._connections.roll_back(connection)
            raise
        line.group = group
        return group

    async def _set_savepoint(self, line: _Line, group: _Group) -> None:
        """What the others have done stays when this unit raises; the first has nothing before it."""
        if not group.units:
            return
        setting = _NEXT_SAVEPOINT if group.has_savepoint else _FIRST_SAVEPOINT
        group.has_savepoint = True
        try:
            await _undisturbed(group.connection.run(setting))
        except Exception as error:
            await self._give_up(line, group, error)
            raise

    async def _undo(self, line: _Line, group: _Group) -> None:
        """What this unit has done is undone; where that fails, all of the group has failed."""
        if not group.units:
            line.group = None
            await self._connections.roll_back(group.connection)
            return
        try:
            await _undisturbed(group.connection.run("ROLLBACK TO SAVEPOINT unit"))
        except Exception as error:
            await self._give_up(line, group, error)

    async def _give_up(self, line: _Line, group: _Group, error: Exception) -> None:
        line.group = None
        group.fail(error)
        await self._connections.break_off(group.connection)

    def _end_if_last(self, line: _Line) -> None:
        """End the group when nobody is at work who will do so."""
        group = line.group
        if group is None or line.turn.locked() or (line.waiting and not line.is_large):
            return
        line.group = None
        ending = asyncio.get_running_loop().create_task(self._end(group))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def _end(self, group: _Group) -> None:
        try:
            await revisions.count(group.connection, group.commit)
        except BaseException as error:
            group.fail(error)
            await self._connections.roll_back(group.connection)
            return
        try:
            await self._connections.end(group.connection, "COMMIT")
        except BaseException as error:
            group.fail(error)
            return
        group.ended.set_result(None)
        self._publish(group.commit)


async def _undisturbed(doing: Coroutine[Any, Any, None]) -> None:
    """It is done, also for somebody who is cancelled meanwhile: nobody would know whether a savepoint is there."""
    task = asyncio.get_running_loop().create_task(doing)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        task.result()
        raise
