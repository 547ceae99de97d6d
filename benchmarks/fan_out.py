"""How many deliveries a second: one change to many phones and screens, over real websockets on loopback.

    PYTHONPATH=. python benchmarks/fan_out.py                   2,000 sockets
    PYTHONPATH=. python benchmarks/fan_out.py --sockets 10000   as many as a hospital has phones

The ways of sending take turns, round by round, and every round ends when the peers, in a process of their own, have
read everything. A delivery is one message to one socket; its cost is the processor time of the server until the last
write returned, so that other programs on the machine do not count.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from queue_server.live.frames import Frame, encode_data, view_frame
from queue_server.live.hub import Hub
from queue_server.live.subscriber import DirectSubscriber, Subscriber
from queue_server.live.topics import View
from queue_server.live.websocket_protocol import EXTENSION, LiveProtocol

AT = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)


class Peers:
    """The other ends of all sockets, in a process of their own."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    @asynccontextmanager
    async def connected(cls, port: int, sockets: int) -> AsyncIterator["Peers"]:
        """Give peers that have shaken hands."""
        arguments = [__file__, "--peers-of", str(port), "--sockets", str(sockets)]
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE)
        peers = cls(process)
        await peers._answer()
        yield peers
        assert process.stdin
        process.stdin.close()
        await process.wait()

    async def have_read(self, size: int) -> None:
        """Return when `size` further bytes have arrived in all."""
        assert self._process.stdin
        self._process.stdin.write(f"{size}\n".encode())
        await self._answer()

    async def _answer(self) -> None:
        assert self._process.stdout
        if not await self._process.stdout.readline():
            raise RuntimeError("the peers are gone")


class Lines:
    """The server's ends of all sockets."""

    def __init__(self, expected: int) -> None:
        self.websockets: list[WebSocket] = []
        self.are_open = asyncio.Event()
        self._expected = expected

    async def serve(self, websocket: WebSocket) -> None:
        """Accept and keep one line until it ends."""
        await websocket.accept()
        self.websockets.append(websocket)
        if len(self.websockets) == self._expected:
            self.are_open.set()
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass

    def protocols(self) -> list[LiveProtocol]:
        """Return the protocol of every line."""
        return [websocket.scope["extensions"][EXTENSION]["writer"] for websocket in self.websockets]


class LastInLine:
    """A subscriber without a socket, which says when its turn came."""

    owner = None

    def __init__(self) -> None:
        self.was_written_to = asyncio.Event()

    def write(self, _frame: Frame) -> None:
        self.was_written_to.set()

    def end(self, _code: int, _reason: str) -> None:
        pass


class FanOut:
    """One change to all lines in several ways; each sends the same number of bytes."""

    def __init__(self, lines: Lines, padding: int) -> None:
        self._lines = lines
        self._protocols = lines.protocols()
        self._padding = "x" * padding
        self._round = 0
        self._last = LastInLine()
        self._phones_to_come = 0
        self._phones_done = asyncio.Event()
        self.hub = Hub(self._render, lambda: AT, self._rev, screen_beat_s=3_600)

    def frame(self, topic: str = "board:main") -> Frame:
        """Return the frame of what `topic` shows after one more change, always of the same size."""
        self._round += 1
        return view_frame(topic, self._rev(), AT, encode_data(self._data()).encode())

    async def raw(self) -> None:
        """The floor: nothing but the system call."""
        wire = self.frame().wire
        for protocol in self._protocols:
            os.write(protocol.transport.get_extra_info("socket").fileno(), wire)

    async def direct(self) -> None:
        """Ready-made frames through the protocol class."""
        wire = self.frame().wire
        for protocol in self._protocols:
            protocol.write_frame(wire)

    async def send_text(self) -> None:
        """What an application does that knows nothing better."""
        text = self.frame().payload
        for websocket in self._lines.websockets:
            await websocket.send_text(text)

    async def through_hub(self) -> None:
        """The whole way: touched, computed, encoded, written, with turns for others."""
        self._round += 1
        self._last.was_written_to.clear()
        self.hub.touch(["board"])
        await self._last.was_written_to.wait()

    async def to_each_phone(self) -> None:
        """The whole way for one change that every phone's own view shows."""
        self._round += 1
        self._phones_to_come = len(self._protocols)
        self._phones_done.clear()
        self.hub.touch(["phones"])
        await self._phones_done.wait()

    @asynccontextmanager
    async def all_on_one_board(self) -> AsyncIterator[None]:
        """Inside, every line watches the same topic."""
        async with AsyncExitStack() as stack:
            subscribers: list[Subscriber] = [*map(DirectSubscriber, self._protocols), self._last]
            for subscriber in subscribers:
                await stack.enter_async_context(self.hub.subscribed("board:main", subscriber))
            yield

    @asynccontextmanager
    async def each_on_its_phone(self) -> AsyncIterator[None]:
        """Inside, every line watches a topic of its own."""
        async with AsyncExitStack() as stack:
            for number, subscriber in enumerate(map(DirectSubscriber, self._protocols)):
                await stack.enter_async_context(self.hub.subscribed(f"phone:{number:06d}", subscriber))
            yield

    async def _render(self, topic: str) -> View:
        if not topic.startswith("phone:"):
            return View(self._data(), frozenset({"board"}))
        self._phones_to_come -= 1
        if self._phones_to_come == 0:
            self._phones_done.set()
        return View(self._data(), frozenset({"phones"}))

    def _rev(self) -> int:
        return 100_000 + self._round

    def _data(self) -> Mapping[str, object]:
        return {"number": f"{self._round:06d}", "padding": self._padding}


async def longest_turn(work: Awaitable[None]) -> float:
    """Do `work` and return the longest time, in seconds of the processor, that another task waited for its turn."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        before = time.process_time()
        while True:
            await asyncio.sleep(0)
            now = time.process_time()
            longest, before = max(longest, now - before), now

    watching = asyncio.create_task(watch())
    await work
    watching.cancel()
    return longest


async def measure(sockets: int, rounds: int, padding: int) -> dict[str, object]:
    """Return the figures of one run."""
    lines = Lines(sockets)
    async with serving(lines) as port, Peers.connected(port, sockets) as peers:
        await lines.are_open.wait()
        fan_out = FanOut(lines, padding)
        async with fan_out.hub.running():
            board = await to_one_board(fan_out, peers, sockets, rounds)
            phones = await to_each_phone(fan_out, peers, sockets, rounds)
    return {"sockets": sockets, "rounds": rounds, "one_board": board, "own_view_each": phones}


async def to_one_board(fan_out: FanOut, peers: Peers, sockets: int, rounds: int) -> dict[str, object]:
    """Measure the ways of sending one view to all."""
    wire_size = len(fan_out.frame().wire)
    ways = [fan_out.raw, fan_out.direct, fan_out.through_hub, fan_out.send_text]
    seconds: dict[str, list[float]] = {way.__name__: [] for way in ways}
    async with fan_out.all_on_one_board():
        await peers.have_read(wire_size * sockets)
        for way in ways * rounds:
            began = time.process_time()
            await way()
            seconds[way.__name__].append(time.process_time() - began)
            await peers.have_read(wire_size * sockets)
        turn_s = await longest_turn(fan_out.through_hub())
        await peers.have_read(wire_size * sockets)
    rates = {name: sockets / statistics.median(times) for name, times in seconds.items()}
    return {
        "message_bytes": wire_size,
        "deliveries_per_s": {name: round(rate) for name, rate in rates.items()},
        "share_of_raw": {name: round(rate / rates["raw"], 2) for name, rate in rates.items()},
        "times_send_text": {name: round(rate / rates["send_text"], 2) for name, rate in rates.items()},
        "longest_turn_ms": round(turn_s * 1000, 1),
    }


async def to_each_phone(fan_out: FanOut, peers: Peers, sockets: int, rounds: int) -> dict[str, object]:
    """Measure one change that alters the view of every socket's own topic."""
    wire_size = len(fan_out.frame("phone:000000").wire)
    seconds: list[float] = []
    turns_s: list[float] = []
    async with fan_out.each_on_its_phone():
        await peers.have_read(wire_size * sockets)
        for _ in range(rounds):
            began = time.process_time()
            turns_s.append(await longest_turn(fan_out.to_each_phone()))
            seconds.append(time.process_time() - began)
            await peers.have_read(wire_size * sockets)
    return {
        "message_bytes": wire_size,
        "deliveries_per_s": round(sockets / statistics.median(seconds)),
        "longest_turn_ms": round(statistics.median(turns_s) * 1000, 1),
    }


@asynccontextmanager
async def serving(lines: Lines) -> AsyncIterator[int]:
    """Serve `lines` on a loopback port, which is given."""
    app = Starlette(routes=[WebSocketRoute("/ws", lines.serve)])
    config = uvicorn.Config(
        app,
        port=0,
        ws=LiveProtocol,
        http="h11",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="off",
        log_level="warning",
        backlog=4096,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


class Peer(asyncio.Protocol):
    """One socket of the peers' process: it counts what arrives."""

    received = 0
    news = asyncio.Event()

    def __init__(self) -> None:
        self.is_open = asyncio.Event()
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        if not self.is_open.is_set():
            self._head += data
            _, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self.is_open.set()
        Peer.received += len(data)
        Peer.news.set()


async def be_peers(port: int, sockets: int) -> None:
    """Connect, say so, then answer each line of input, a number of bytes, when as many have arrived."""
    loop = asyncio.get_running_loop()
    for _ in range(sockets):
        _, peer = await loop.create_connection(Peer, "127.0.0.1", port)
        await peer.is_open.wait()
    print("open", flush=True)
    expected = 0
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        expected += int(line)
        while Peer.received < expected:
            Peer.news.clear()
            await Peer.news.wait()
        print("read", flush=True)
    os._exit(0)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--padding", type=int, default=200, help="bytes of padding in a message")
    parser.add_argument("--peers-of", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if chosen.sockets + 100 > most:
        parser.error(f"this machine allows a process {most} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if chosen.peers_of:
        asyncio.run(be_peers(chosen.peers_of, chosen.sockets))
    else:
        figures = asyncio.run(measure(chosen.sockets, chosen.rounds, chosen.padding))
        print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
