"""SQLite in the event loop's own thread, where that is quick; in a thread of its own where it may wait.

A statement of ours takes SQLite some ten microseconds, and handing it to a thread and back ten times as long. What can
wait, for the disk or for another program's lock, still goes to the thread: the loop never stands still for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cached_property
from typing import Any

import aiosqlite

#: How a writer's transaction begins. It waits while another program, such as a command, is writing.
BEGIN_WRITING = "BEGIN IMMEDIATE"


class NearbyConnection(aiosqlite.Connection):
    """aiosqlite's connection, whose statements are run where they are asked for.

    While the thread is at work, everything queues behind it: whoever asked may have been cancelled meanwhile, and a
    connection that is closed under its own commit takes the whole process with it.
    """

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._connection is None or self._in_thread or self.may_wait(fn.__name__, args):
            return await super()._execute(self._counted(fn), *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)

    @cached_property
    def _in_thread(self) -> set[object]:
        """What was handed to the thread and is not done; adding and discarding one element is atomic."""
        return set()

    def _counted(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        self._in_thread.add(call := object())

        def run(*args: Any, **kwargs: Any) -> Any:
            try:
                return fn(*args, **kwargs)
            finally:
                self._in_thread.discard(call)

        return run

    def may_wait(self, name: str, arguments: tuple[Any, ...]) -> bool:
        """Whether this call of SQLite's may take longer than a moment."""
        return False


class WritingConnection(NearbyConnection):
    """What may wait for the disk or for a lock is left to the thread."""

    def may_wait(self, name: str, arguments: tuple[Any, ...]) -> bool:
        """The begin of a transaction, and its end; outside of one there is nothing to end."""
        return arguments[:1] == (BEGIN_WRITING,) or (self.in_transaction and name in {"commit", "rollback"})


def connect(kind: type[NearbyConnection], path: str, **options: Any) -> NearbyConnection:
    """A connection to the file, once it is awaited; transactions begin and end only when they are told to."""
    # Serialized, because a task that is cancelled may leave the thread at work.
    if sqlite3.threadsafety != 3:
        raise RuntimeError("This Python's SQLite is not built for use by several threads.")
    options |= {"check_same_thread": False, "isolation_level": None}
    made = kind(lambda: sqlite3.connect(path, **options), iter_chunk_size=64)
    # A connection that somebody forgot to close must not keep the process from ending.
    made._thread.daemon = True
    return made
