"""What the tests of the live layer share: a small world to show, somebody who watches it, and a real server."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from queue_server.live.frames import Frame
from queue_server.live.http_protocol import PromptProtocol
from queue_server.live.hub import Hub
from queue_server.live.topics import View
from queue_server.live.websocket_protocol import LiveProtocol
from queue_server.sources import Source
from tests.waiting import until

TEN = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)


@dataclass
class World:
    """Departments with a number each, boards that show some of them, and the hub's questions about both."""

    numbers: dict[str, int] = field(default_factory=dict)
    boards: dict[str, list[str]] = field(default_factory=dict)
    padding: str = ""
    time: datetime = TEN
    renders: list[str] = field(default_factory=list)
    rev: int = 0
    hub: Hub = field(init=False)

    def __post_init__(self) -> None:
        self.hub = self.a_hub()

    def a_hub(self, **settings: Any) -> Hub:
        """Return a hub that shows this world, and keep it as the hub that changes are told to."""
        self.hub = Hub(self.render, lambda: self.time, lambda: self.rev, retry_s=0.01, **settings)
        return self.hub

    def data_of(self, topic: str) -> dict[str, Any]:
        """Return what `topic` should show now."""
        shown: dict[str, Any] = {name: self.numbers.get(name, 0) for name in self.boards[topic]}
        return {**shown, "padding": self.padding} if self.padding else shown

    async def render(self, topic: str) -> View | None:
        self.renders.append(topic)
        if topic not in self.boards:
            return None
        return View(self.data_of(topic), frozenset(map(Source, self.boards[topic])))

    def change(self, department: str) -> None:
        """Change one department's number and tell the hub."""
        self.numbers[department] = self.numbers.get(department, 0) + 1
        self.rev += 1
        self.hub.touch([Source(department)])


class Watcher:
    """A subscriber that remembers what it was given."""

    def __init__(self, owner: str | None = None) -> None:
        self.owner = owner
        self.frames: list[Frame] = []
        self.ended: tuple[int, str] | None = None

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)

    def end(self, code: int, reason: str) -> None:
        self.ended = (code, reason)

    def views(self) -> list[dict[str, Any]]:
        """Return the views among the frames, oldest first."""
        messages = [json.loads(frame.payload) for frame in self.frames]
        return [message for message in messages if message["type"] == "view"]

    def shown(self) -> Any:
        """Return the data of the newest view."""
        return self.views()[-1]["data"]

    def beats(self) -> int:
        """Return how many beats came."""
        return sum(frame.is_beat for frame in self.frames)


class _QuietServer(uvicorn.Server):
    """uvicorn's server without its signal handlers, and without waiting for its next tick to stop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.exit_asked = asyncio.Event()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()

    async def main_loop(self) -> None:
        await self.exit_asked.wait()


@asynccontextmanager
async def running_server(app: ASGIApp, protocol: type[LiveProtocol] | str = LiveProtocol) -> AsyncIterator[int]:
    """Serve `app` on a loopback port, which is given, the way the product does."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        ws=protocol,
        http=PromptProtocol,
        ws_max_size=65_536,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
        log_config=None,
        lifespan="off",
    )
    server = _QuietServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await until(lambda: server.started or serving.done())
        yield listener.getsockname()[1]
    finally:
        server.exit_asked.set()
        await serving


class SlowPeer:
    """A websocket client that reads only when it is told to, over a socket with next to no buffer."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""
        self.answer = b""

    @classmethod
    @asynccontextmanager
    async def connected(cls, port: int, *headers: str) -> AsyncIterator["SlowPeer"]:
        """Give a peer that asked for the main board and has read the answer to its handshake."""
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.setblocking(False)
            await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
            peer = cls(connection)
            await peer.shake_hands(headers)
            yield peer

    async def shake_hands(self, headers: tuple[str, ...]) -> None:
        """Ask for the main board, and read the answer."""
        request = [
            "GET /ws/board:main HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Version: 13",
            *headers,
        ]
        await self.send("\r\n".join([*request, "", ""]).encode())
        while b"\r\n\r\n" not in self._received and await self._read():
            pass
        self.answer, _, self._received = self._received.partition(b"\r\n\r\n")

    async def send(self, data: bytes) -> None:
        """Send raw bytes."""
        async with asyncio.timeout(5):
            await asyncio.get_running_loop().sock_sendall(self._connection, data)

    async def read_until(self, raw: bytes) -> None:
        """Read on until `raw` has come."""
        while raw not in self._received:
            assert await self._read(), "the server ended the line"

    async def read_to_end(self) -> None:
        """Read on until the server ends the line."""
        while await self._read():
            pass

    async def messages(self, until_number: int) -> list[dict[str, Any]]:
        """Read on until a view shows `until_number`, and return all messages read."""
        found: list[dict[str, Any]] = []
        while not (found and until_number in found[-1].get("data", {}).values()):
            if not (new := list(self._take_messages())):
                assert await self._read(), "the server ended the line"
            found.extend(new)
        return found

    async def _read(self) -> bool:
        async with asyncio.timeout(5):
            data = await asyncio.get_running_loop().sock_recv(self._connection, 65_536)
        self._received += data
        return bool(data)

    def _take_messages(self) -> Iterator[dict[str, Any]]:
        while len(self._received) >= 4:
            size, head = self._received[1], 2
            if size == 126:
                size, head = int.from_bytes(self._received[2:4]), 4
            if len(self._received) < head + size:
                return
            payload, self._received = self._received[head : head + size], self._received[head + size :]
            yield json.loads(payload)
