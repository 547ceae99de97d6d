"""What each open line needs of asyncio, in a tenth of the memory: lines are many, and asyncio keeps deques for each."""

from __future__ import annotations

import asyncio
from typing import Any


class Messages:
    """A queue without a limit for one reader, as an `asyncio.Queue` for the calls that it has."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        """The reader gets this after those before it."""
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def empty(self) -> bool:
        """Whether there is nothing to read."""
        return not self._messages

    async def get(self) -> Any:
        """The next message, when there is one. Raises `RuntimeError` for a second reader."""
        if self._reader is not None:
            raise RuntimeError("somebody reads already")
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)


class Flag:
    """Whether something may go on; as an `asyncio.Event` for the calls that it has."""

    __slots__ = ("_changed", "_is_set")

    def __init__(self) -> None:
        self._is_set = True
        self._changed: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Whoever waits goes on."""
        self._is_set = True
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)
        self._changed = None

    def clear(self) -> None:
        """Whoever comes has to wait."""
        self._is_set = False

    async def wait(self) -> None:
        """Return when it is set."""
        while not self._is_set:
            self._changed = self._changed or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._changed)
