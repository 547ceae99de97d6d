"""A screen of a clinic as its server knows it: a websocket that comes back by itself and keeps the newest view."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.waiting import take_time

#: Seconds within which whatever should happen has happened, even on a machine that is busy with other things.
PATIENCE_S = 60


@dataclass
class Screen:
    """Shows one topic; `views` are all that came, newest last, and `lines` counts how often it was connected."""

    address: str
    key: str
    views: list[dict[str, Any]] = field(default_factory=list)
    lines: int = 0
    #: After so many seconds without a beat it takes another line, as the pages do; none: it waits for ever.
    patience_s: float | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def data(self) -> dict[str, Any]:
        """What it shows; nothing before the first view."""
        return self.views[-1]["data"] if self.views else {}

    @property
    def called(self) -> list[str]:
        """The numbers that it shows as called, newest last."""
        return [call["number"] for call in self.data.get("calls", ())]

    async def stay_connected(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with connect(self.address, additional_headers=bearer(self.key), open_timeout=2) as line:
                    await self._watch(line)
            except (OSError, InvalidHandshake, ConnectionClosed, TimeoutError):
                pass
            await take_time(0.25)

    async def shows(self, condition: Callable[[Screen], bool], within_s: float = PATIENCE_S) -> None:
        """What it shows makes the condition true. Raises `TimeoutError` when it does not in time."""
        async with asyncio.timeout(within_s), self._news:
            await self._news.wait_for(lambda: condition(self))

    async def _watch(self, line: ClientConnection) -> None:
        self.lines += 1
        while True:
            async with asyncio.timeout(self.patience_s):
                frame = json.loads(await line.recv())
            if frame["type"] == "view":
                async with self._news:
                    self.views.append(frame)
                    self._news.notify_all()


@asynccontextmanager
async def a_screen(url: str, path: str, key: str, patience_s: float | None = None) -> AsyncIterator[Screen]:
    """A screen that is switched on and shows its first view."""
    screen = Screen(url.replace("http", "ws", 1) + path, key, patience_s=patience_s)
    task = asyncio.create_task(screen.stay_connected())
    try:
        await screen.shows(lambda shown: bool(shown.views))
        yield screen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def bearer(key: str) -> dict[str, str]:
    """The headers of a program or device with this key."""
    return {"Authorization": f"Bearer {key}"}
