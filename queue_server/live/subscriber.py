"""Those who watch a topic: how one frame reaches one socket without ever waiting for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from queue_server.live.frames import Frame
from queue_server.live.websocket_protocol import EXTENSION, SocketWriter


class Subscriber(Protocol):
    """Somebody who watches a topic. No method waits, none raises because the peer is slow or gone."""

    @property
    def owner(self) -> str | None:
        """Whose line this is ("device:7", "session:12"), so that it can be cut when that right ends."""

    def write(self, frame: Frame) -> None:
        """Take `frame`; a peer that is behind is later given the newest view only."""

    def end(self, code: int, reason: str) -> None:
        """Close the line with websocket close `code`."""


class DirectSubscriber:
    """Writes ready-made frames straight through the server's protocol class."""

    __slots__ = ("_writer", "owner")

    def __init__(self, writer: SocketWriter, owner: str | None = None) -> None:
        self.owner = owner
        self._writer = writer

    def write(self, frame: Frame) -> None:
        self._writer.write_frame(frame.wire, may_skip=frame.is_beat)

    def end(self, code: int, reason: str) -> None:
        self._writer.end(code, reason)


class PumpSubscriber:
    """The fall-back for servers without our protocol class: a slot of one and a task that empties it."""

    drain_deadline_s = 30.0

    def __init__(self, websocket: WebSocket[Any], owner: str | None = None) -> None:
        self.owner = owner
        self._websocket = websocket
        self._slot: Frame | None = None
        self._ending: tuple[int, str] | None = None
        self._wake = asyncio.Event()

    def write(self, frame: Frame) -> None:
        if frame.is_beat and self._slot is not None:
            return
        self._slot = frame
        self._wake.set()

    def end(self, code: int, reason: str) -> None:
        self._ending = (code, reason)
        self._wake.set()

    async def pump(self) -> None:
        """Send what is in the slot until the line ends; a peer that takes nothing for the deadline is closed."""
        with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            while self._ending is None:
                await self._wake.wait()
                self._wake.clear()
                frame, self._slot = self._slot, None
                if frame is not None:
                    async with asyncio.timeout(self.drain_deadline_s):
                        await self._websocket.send_text(frame.payload)
        with suppress(WebSocketDisconnect, RuntimeError):
            code, reason = self._ending or (1013, "too slow")
            await self._websocket.close(code, reason)


def direct_subscriber(websocket: WebSocket[Any], owner: str | None = None) -> DirectSubscriber | None:
    """The best subscriber, if the server behind `websocket` allows it."""
    writer = websocket.scope.get("extensions", {}).get(EXTENSION, {}).get("writer")
    return None if writer is None else DirectSubscriber(writer, owner)


@asynccontextmanager
async def pumping_subscriber(websocket: WebSocket[Any], owner: str | None = None) -> AsyncIterator[Subscriber]:
    """Give a subscriber for any server; nothing of it runs on afterwards."""
    subscriber = PumpSubscriber(websocket, owner)
    pump = asyncio.create_task(subscriber.pump())
    try:
        yield subscriber
    finally:
        pump.cancel()
        await asyncio.gather(pump, return_exceptions=True)
