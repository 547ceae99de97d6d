"""Hearing of changes that other processes made, over PostgreSQL's LISTEN."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, NoReturn

import asyncpg

from queue_server import sources
from queue_server.sources import Source

logger = logging.getLogger(__name__)

SHORTEST_RETRY_S = 0.25
LONGEST_RETRY_S = 5.0

OnChange = Callable[[Source, int], None]
OnEntries = Callable[[int, int, frozenset[int]], None]
OnGap = Callable[[], None]
Poll = Callable[[], Awaitable[Mapping[Source, int]]]


class PostgresListener:
    """Calls `on_change` for every change that any process announced with `pg_notify('queue', '<source> <rev>')`.

    It holds one connection of its own. Whenever that was made (again), `on_gap` is called: what happened before is
    unknown. `poll` gives the newest revision by source; where one has moved unheard, `on_change` is called as well,
    so a line that died silently delays a change by `interval_s` and loses nothing. `on_entries` hears before that which
    entries of a department are changed with a revision, where it was told. All may be called more often than something
    changed, and are called in the event loop's thread.
    """

    def __init__(
        self,
        dsn: str,
        on_change: OnChange,
        on_gap: OnGap,
        poll: Poll | None = None,
        *,
        interval_s: float = 1.5,
        answer_timeout_s: float = 5.0,
        on_entries: OnEntries = lambda *_: None,
    ) -> None:
        """`dsn` is `postgresql://…`; `interval_s` is how often the line is tested and revisions are polled."""
        self._dsn = dsn
        self._on_change = on_change
        self._on_gap = on_gap
        self._on_entries = on_entries
        self._poll = poll
        self._interval_s = interval_s
        self._answer_timeout_s = answer_timeout_s
        self._known: dict[Source, int] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside, changes are heard; afterwards the connection is closed."""
        tasks = [asyncio.create_task(self._stay_connected(), name="postgres listener")]
        if self._poll is not None:
            tasks.append(asyncio.create_task(self._keep_polling(self._poll), name="revision poll"))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _stay_connected(self) -> NoReturn:
        delay = SHORTEST_RETRY_S
        while True:
            try:
                async with self._listening() as (connection, is_lost):
                    delay = SHORTEST_RETRY_S
                    self._begin_anew()
                    await self._test_until_lost(connection, is_lost)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger.warning("the line to PostgreSQL is down: %s", type(error).__name__)
            except Exception:
                logger.exception("the line to PostgreSQL failed")
            await asyncio.sleep(delay * random.uniform(0.8, 1.2))  # noqa: S311
            delay = min(delay * 2, LONGEST_RETRY_S)

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[tuple[Any, asyncio.Event]]:
        """Inside, the connection listens; the event is set when it ends."""
        timeout_s = self._answer_timeout_s
        connection = await asyncpg.connect(self._dsn, timeout=timeout_s, command_timeout=timeout_s)
        is_lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: is_lost.set())
            await connection.add_listener(sources.ENTRIES_CHANNEL, self._heard_entries)
            await connection.add_listener(sources.CHANNEL, self._heard)
            yield connection, is_lost
        finally:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=1)

    async def _test_until_lost(self, connection: Any, is_lost: asyncio.Event) -> None:
        """Return when the line is lost; raise when it no longer answers."""
        while not is_lost.is_set():
            try:
                async with asyncio.timeout(self._interval_s):
                    await is_lost.wait()
            except TimeoutError:
                await connection.execute("SELECT 1")
        logger.warning("the line to PostgreSQL was lost")

    def _begin_anew(self) -> None:
        self._known.clear()
        self._call(self._on_gap)

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        if (notice := sources.heard(payload)) is not None:
            self._moved(*notice)
        else:
            logger.warning("a notification of %d characters is not '<source> <rev>'", len(payload))
            self._call(self._on_gap)

    def _heard_entries(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        # Without it the whole line is looked at.
        if (notice := sources.entries_heard(payload)) is not None:
            self._call(self._on_entries, *notice)

    def _moved(self, source: Source, rev: int) -> None:
        self._known[source] = max(rev, self._known.get(source, rev))
        self._call(self._on_change, source, rev)

    async def _keep_polling(self, poll: Poll) -> NoReturn:
        is_failing = False
        while True:
            await asyncio.sleep(self._interval_s)
            try:
                revisions = await poll()
            except Exception:
                if not is_failing:
                    logger.exception("revisions could not be polled")
                is_failing = True
                continue
            is_failing = False
            for source, rev in revisions.items():
                if source not in self._known or rev > self._known[source]:
                    self._moved(source, rev)
            self._known = {source: self._known[source] for source in revisions}

    @staticmethod
    def _call(callback: Callable[..., None], *arguments: object) -> None:
        try:
            callback(*arguments)
        except Exception:
            logger.exception("a change could not be passed on")
