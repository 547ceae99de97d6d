"""The store: `transaction()` for changes, `reading()` for looks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server import sources
from queue_server.clock import SteadyClock
from queue_server.domain.errors import DatabaseFault
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.timekeeping import anchor_after
from queue_server.sources import Source
from queue_server.storage.engine import clock_state, journal, revisions
from queue_server.storage.engine.databases import Database, Glance, OnCommit, PostgresDatabase, SqliteDatabase
from queue_server.storage.engine.engines import database_url
from queue_server.storage.engine.faults import named
from queue_server.storage.engine.group_commit import Commit, EntriesChanged
from queue_server.storage.engine.probing import Undone, try_change
from queue_server.storage.engine.statements import Statement
from queue_server.storage.engine.together import Ask, ask
from queue_server.storage.tables import RevisionRow

Opened = TypeVar("Opened")
Found = TypeVar("Found")

#: Tells the time.
Tell = Callable[[], datetime]

#: Called in a transaction that is about to commit, with its journal lines; what it writes is committed with them.
BeforeCommit = Callable[["Transaction", Sequence[Event]], Awaitable[None]]


class Transaction:
    """One unit of work: rows and journal lines, committed together or not at all."""

    def __init__(
        self,
        connection: AsyncConnection,
        tell: Tell,
        *,
        is_postgres: bool,
        followers: Sequence[BeforeCommit],
        locked: Any = None,
    ) -> None:
        self.connection = connection
        #: The row of the department that nobody else changes since the transaction began.
        self.locked = locked
        self.now = tell()
        self._tell = tell
        self.is_postgres = is_postgres
        self._followers = followers
        self.touched: set[Source] = set()
        self._entries: dict[int, set[int]] | None = {}
        self._events: list[Event] = []
        self._at_end: list[Ask] = []

    def has_lock(self) -> None:
        """Whoever waited for a lock tells the time anew: what is done later is never earlier by the clock."""
        self.now = self._tell()

    def insert(self, table: type[Any]) -> Any:
        """The dialect's own INSERT, which knows `on_conflict_do_update`."""
        return (postgresql.insert if self.is_postgres else sqlite.insert)(table)

    def record(self, event: Event) -> None:
        """The journal gets this line with the commit; its department's views are touched."""
        self._events.append(event)
        if event.department_id is not None:
            self.touch(sources.department(event.department_id))

    def at_end(self, statement: Statement, **values: Any) -> None:
        """The statement is run with the journal's lines, after all else; no two such may change the same row."""
        self._at_end.append(ask(statement, **values))

    def entry_changed(self, department_id: int, entry_id: int) -> None:
        """This entry of the department's line is changed, made or unmade; whoever knows the line reads it again."""
        if self._entries is not None:
            self._entries.setdefault(department_id, set()).add(entry_id)

    def any_entry_changed(self) -> None:
        """Nobody has kept a list of the entries that change here."""
        self._entries = None

    def touch(self, source: Source) -> None:
        """Everything that shows `source` is computed anew after the commit."""
        self.touched.add(source)

    async def finish(self) -> None:
        """Write the journal lines and what else was to come; the last step before what was touched is counted."""
        if self._events:
            for follow in self._followers:
                await follow(self, tuple(self._events))
        # PostgreSQL's lines are sealed later, so that departments do not queue behind one chain.
        await journal.write(self.connection, self._events, is_sealed=not self.is_postgres, along=self._at_end)
        self._events, self._at_end = [], []

    async def count(self, commit: Commit) -> None:
        """What was touched has its next revision with this commit; PostgreSQL counts at its end, for all units."""
        if self.is_postgres:
            commit.touch(self.touched, self._entries)
            return
        mine = Commit(ids=self._entries)
        for source in sorted(self.touched):
            mine.revise(source, await revisions.next_of(self.connection, source))
        commit.changed.update(mine.changed)
        commit.entries.extend(mine.entries)


class Store:
    """One database, and who takes part in its commits or hears of them."""

    def __init__(self, url: str, clock: SteadyClock) -> None:
        self.url = database_url(url)
        self.is_postgres = self.url.get_backend_name() == "postgresql"
        self.clock = clock
        self._followers: list[BeforeCommit] = []
        self._listeners: list[OnCommit] = []
        self._line_watchers: list[Callable[[EntriesChanged], None]] = []
        self.fault: DatabaseFault | None = None
        self._is_suspect = False
        kind = PostgresDatabase if self.is_postgres else SqliteDatabase
        self._database: Database = kind(self.url, self._publish)

    def before_commit(self, follower: BeforeCommit) -> None:
        """From now on `follower` is called in each transaction with journal lines, to write what follows from them."""
        self._followers.append(follower)

    def after_commit(self, listener: OnCommit) -> None:
        """From now on `listener` hears of every commit, after those who asked earlier."""
        self._listeners.append(listener)

    def watch_lines(self, watcher: Callable[[EntriesChanged], None]) -> None:
        """From now on `watcher` hears which entries commits of this process have changed, before the listeners do."""
        self._line_watchers.append(watcher)

    def announce(self, changed: Mapping[Source, int]) -> None:
        """Every listener hears that these sources have these revisions now, committed here or by another process."""
        for listener in self._listeners:
            listener(changed)

    async def open(self) -> None:
        """The clock goes on from what is kept of it, and from the newest journal line."""
        async with self.reading() as connection:
            state = await clock_state.load(connection)
            newest = await clock_state.newest_moment(connection, state.after)
        anchor = state.anchors.get(self.clock.machine.boot())
        # Nobody has said yet whether the clock was right before the machine was started anew.
        is_held = newest is not None and state.doubt is not None and state.doubt.is_ahead
        if anchor is None and newest is not None and is_held:
            anchor = anchor_after(newest, self.clock.machine.elapsed_s())
        self.clock.begin(newest, anchor, is_held=is_held)

    async def close(self) -> None:
        """Close every connection. An open one would keep the process from ending."""
        await self._database.close()

    @asynccontextmanager
    async def transaction(self, department_id: int | None = None) -> AsyncIterator[Transaction]:
        """Commit on a clean exit, roll back on any exception; listeners hear only of what is committed.

        With the one department whose queue is to change, as far as is known, others who come for it share the commit.
        Like a look, it raises a `DatabaseFault` where the database is at fault.
        """
        async with self._judged(self._database.writing(department_id)) as (connection, commit):
            tell, is_postgres = self.clock.now, self.is_postgres
            followers, locked = self._followers, commit.locked
            work = Transaction(connection, tell, is_postgres=is_postgres, followers=followers, locked=locked)
            yield work
            await work.finish()
            await work.count(commit)

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A consistent look that waits for no writer."""
        return self._judged(self._database.reading())

    async def glance(self, ask: Glance[Found]) -> Found:
        """What `ask` finds with one statement: a look that costs no transaction. It may be asked anew."""
        with self._judging():
            return await self._database.glance(ask)

    def surveying(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A consistent look through many rows, as reports and exports take: it may be long, and nobody waits for it."""
        return self._judged(self._database.surveying())

    async def look_for_faults(self) -> None:
        """`fault` says what keeps the database from taking changes; none when it takes them.

        Where nobody has met a fault, nothing is written for it.
        """
        try:
            with suppress(Undone):
                async with self.transaction() as work:
                    await try_change(work.connection, is_postgres=work.is_postgres, is_kept=self._is_suspect)
            self.fault, self._is_suspect = None, False
        except DatabaseFault as fault:
            self.fault = fault

    @asynccontextmanager
    async def _judged(self, opened: AbstractAsyncContextManager[Opened]) -> AsyncIterator[Opened]:
        with self._judging():
            async with opened as given:
                yield given

    @contextmanager
    def _judging(self) -> Iterator[None]:
        try:
            with named():
                yield
        except DatabaseFault:
            self._is_suspect = True
            raise

    async def revisions(self) -> dict[Source, int]:
        """Every source and its revision."""
        async with self.reading() as connection:
            rows = await connection.execute(select(col(RevisionRow.source), col(RevisionRow.rev)))
            return {sources.kept(row.source): row.rev for row in rows}

    async def ping(self) -> None:
        """Raises when the database does not answer."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    def _publish(self, commit: Commit) -> None:
        for change in commit.entries:
            for watcher in self._line_watchers:
                watcher(change)
        if commit.changed:
            self.announce(commit.changed)
