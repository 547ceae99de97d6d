"""Writers of SQLite that wait together share one commit: fifty pay for one flush of the disk.

They take turns on one connection, in the order in which they came. Each is a savepoint of its own: one that raises is
rolled back alone. A group ends when nobody waits, or when it is large; while its commit waits for the disk, in a
thread, the next writers gather. Nobody is told of success before the common commit, and a commit that fails fails all.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, cast

from sqlalchemy.exc import DBAPIError, OperationalError

from queue_server.sources import Source, department_of
from queue_server.storage.engine.sqlite_in_loop import LoopConnection

#: So many units share a commit at most: the first of them is not to wait for ever.
LARGEST_GROUP = 64
#: Milliseconds that a writer waits while another program, such as a command, is writing.
PATIENCE_MS = 5000

#: Hears of the end of what was handed to the thread.
Ended = Callable[[asyncio.Future[None]], None]


class EntriesChanged(NamedTuple):
    """With the revision `rev` of the department these entries, and no others, were changed, made or unmade."""

    department_id: int
    rev: int
    ids: frozenset[int]


@dataclass(slots=True)
class Commit:
    """What is published after a commit: source → its new revision, and the entries that changed, in order.

    `touched` has its revisions at the end of the transaction only, for all units together; `ids`, the entries that they
    have changed by department, is none where nobody kept a list. `locked` is the row of the department that the units
    share, as it is as long as they have it.
    """

    changed: dict[Source, int] = field(default_factory=dict)
    entries: list[EntriesChanged] = field(default_factory=list)
    touched: set[Source] = field(default_factory=set)
    ids: dict[int, set[int]] | None = field(default_factory=dict)
    locked: Any = None

    def touch(self, touched: Set[Source], ids: Mapping[int, Set[int]] | None) -> None:
        """One more unit has touched and changed these."""
        self.touched |= touched
        if ids is None or self.ids is None:
            self.ids = None
            return
        for department_id, some in ids.items():
            self.ids.setdefault(department_id, set()).update(some)

    def revise(self, source: Source, rev: int) -> None:
        """The source has this revision with the commit."""
        self.changed[source] = rev
        department_id = department_of(source)
        if department_id is not None and self.ids is not None:
            self.entries.append(EntriesChanged(department_id, rev, frozenset(self.ids.get(department_id, ()))))


class _Group:
    """Units that stand and fall together."""

    def __init__(self) -> None:
        self.units = 0
        self.commit = Commit()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(self, error: BaseException) -> None:
        self.ended.set_exception(error)
        self.ended.exception()  # whoever waited may have been cancelled


class GroupCommit:
    """The one writer of a SQLite database. `publish` hears of every commit before its units do."""

    def __init__(self, connect: Callable[[], LoopConnection], publish: Callable[[Commit], None]) -> None:
        self._connect = connect
        self._publish = publish
        self._connection: LoopConnection | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._group: _Group | None = None
        self._in_thread: asyncio.Future[None] | None = None
        self._thread = ThreadPoolExecutor(1, "sqlite-writer")

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[tuple[LoopConnection, Commit]]:
        """A turn on the connection, and where to note what is to be published; left when everything is committed.

        Whoever is cancelled inside is rolled back. Whoever is cancelled while waiting for the commit has done the work
        nevertheless: it is committed and published with the others.
        """
        came_at = asyncio.get_running_loop().time()
        async with self._my_turn():
            connection, group = await self._begun(came_at)
            with self._savepoint(connection, group):
                yield connection, group.commit
                group.units += 1
        await asyncio.shield(group.ended)

    async def close(self) -> None:
        """Whoever has begun is done, and the connection is closed."""
        async with self._my_turn():
            pass
        self._commit_if_last()
        while self._in_thread is not None:
            await asyncio.wait([self._in_thread])
        if self._connection is not None:
            self._connection.close()
        self._thread.shutdown()

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        self._waiting += 1
        try:
            await self._turn.acquire()
        except BaseException:
            self._waiting -= 1
            self._commit_if_last()
            raise
        self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()
            # Not at once: whoever is about to come in the same turn of the event loop still shares the commit.
            asyncio.get_running_loop().call_soon(self._commit_if_last)

    async def _begun(self, came_at: float) -> tuple[LoopConnection, _Group]:
        """The connection in a transaction, and the group that shares it.

        Everybody is patient with another program for as long, counted from when they came: of a hundred who wait, the
        last does not wait a hundred times.
        """
        while self._in_thread is not None:
            await asyncio.wait([self._in_thread])
        self._connection = connection = self._connection or self._connect()
        if self._group is None:
            try:
                connection.run("BEGIN IMMEDIATE")
                self._group = _Group()
            except OperationalError as error:
                patience_ms = PATIENCE_MS - int(1000 * (asyncio.get_running_loop().time() - came_at))
                if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY or patience_ms <= 0:
                    raise
                # Whoever is cancelled here leaves the thread at work, and its group to whoever comes next.
                await asyncio.shield(self._begin_patiently(connection, patience_ms))
        return connection, cast(_Group, self._group)

    def _begin_patiently(self, connection: LoopConnection, patience_ms: int) -> asyncio.Future[None]:
        def begin() -> None:
            connection.run(f"PRAGMA busy_timeout={patience_ms}")
            try:
                connection.run("BEGIN IMMEDIATE")
            finally:
                connection.run("PRAGMA busy_timeout=0")

        def has_begun(beginning: asyncio.Future[None]) -> None:
            if beginning.exception() is None:
                self._group = _Group()
            self._commit_if_last()

        return self._hand_over(begin, has_begun)

    def _hand_over(self, work: Callable[[], None], after: Ended) -> asyncio.Future[None]:
        """The thread is at work, and `after` hears of its end first.

        It is no task: whoever cancels all tasks, as a program does that comes to its end, would leave the connection in
        a transaction that nobody knows of.
        """
        self._in_thread = in_thread = asyncio.get_running_loop().run_in_executor(self._thread, work)

        def has_ended(ended: asyncio.Future[None]) -> None:
            self._in_thread = None
            after(ended)

        in_thread.add_done_callback(has_ended)
        return in_thread

    @contextmanager
    def _savepoint(self, connection: LoopConnection, group: _Group) -> Iterator[None]:
        """What raises inside is undone. When SQLite itself has given up, for example on a full disk, all is lost."""
        connection.run("SAVEPOINT unit")
        try:
            yield
            connection.run("RELEASE unit")
        except BaseException as error:
            try:
                connection.run("ROLLBACK TO unit")
                connection.run("RELEASE unit")
            except DBAPIError:
                self._give_up(connection, group, error)
            raise

    def _give_up(self, connection: LoopConnection, group: _Group, error: BaseException) -> None:
        self._group = None
        group.fail(error)
        if connection.driver.in_transaction:
            connection.run("ROLLBACK")

    def _commit_if_last(self) -> None:
        """End the group when nobody is at work who will do so."""
        group, connection = self._group, self._connection
        is_large = group is not None and group.units >= LARGEST_GROUP
        if group is None or connection is None or self._turn.locked() or (self._waiting and not is_large):
            return
        self._group = None
        # Where all was undone there is nothing to flush.
        ending = "COMMIT" if group.units else "ROLLBACK"
        self._hand_over(partial(connection.run, ending), partial(self._has_committed, connection, group))

    def _has_committed(self, connection: LoopConnection, group: _Group, ended: asyncio.Future[None]) -> None:
        error = ended.exception()
        if error is not None:
            self._give_up(connection, group, error)
        else:
            group.ended.set_result(None)
            self._publish(group.commit)
