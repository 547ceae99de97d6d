"""The protocol class under a real uvicorn on loopback, with peers of every sort."""

import asyncio
import gc
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import ClassVar

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed

from queue_server.live.connection import serve_topic
from queue_server.live.frames import Frame
from queue_server.live.websocket_protocol import EXTENSION, LiveProtocol
from tests.live.harness import SlowPeer, World, running_server
from tests.waiting import until

BIG = 49_152
TCP_USER_TIMEOUT = 18


class WatchedProtocol(LiveProtocol):
    """The real protocol, which a test can look at, over sockets with next to no buffer."""

    send_buffer_bytes = 4_096
    open_lines: ClassVar[list["WatchedProtocol"]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.open_lines.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open_lines.remove(self)
        super().connection_lost(exc)


class ImpatientProtocol(WatchedProtocol):
    drain_deadline_s = 0.3

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # The kernel's own deadline, which would do the same, is put off so that ours is what the test sees.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, 60_000)


class PatientProtocol(WatchedProtocol):
    refusal_linger_s = 60.0


@asynccontextmanager
async def serving(world: World, protocol: type[LiveProtocol]) -> AsyncIterator[int]:
    async def serve(websocket: WebSocket) -> None:
        await serve_topic(websocket, world.hub, websocket.path_params["topic"])

    async with (
        world.hub.running(),
        running_server(Starlette(routes=[WebSocketRoute("/ws/{topic}", serve)]), protocol) as p,
    ):
        yield p


@asynccontextmanager
async def watching(port: int, topic: str = "board:main") -> AsyncIterator[ClientConnection]:
    async with connect(f"ws://127.0.0.1:{port}/ws/{topic}", proxy=None, ping_interval=None) as connection:
        yield connection


async def read_until(connection: ClientConnection, number: int) -> list[int]:
    """Read views of department G until one shows `number`; return all numbers read."""
    numbers: list[int] = []
    async with asyncio.timeout(5):
        while number not in numbers:
            message = json.loads(await connection.recv())
            if message["type"] == "view":
                numbers.append(message["data"]["G"])
    return numbers


async def change_often(world: World, reader: ClientConnection) -> None:
    """Change department G thirty times, each time waiting until `reader` has seen it."""
    for number in range(1, 31):
        world.change("G")
        await read_until(reader, number)


async def send_rubbish(peer: SlowPeer) -> None:
    while True:
        await peer.send(b"\xff" * 65_536)


@pytest.fixture
def world() -> World:
    return World(numbers={"G": 0}, boards={"board:main": ["G"]})


async def test_a_change_reaches_every_screen(world: World) -> None:
    async with serving(world, LiveProtocol) as port, watching(port) as first, watching(port) as second:
        assert await read_until(first, 0) == [0]
        assert await read_until(second, 0) == [0]

        world.change("G")

        assert await read_until(first, 1) == [1]
        assert await read_until(second, 1) == [1]


async def test_a_peer_that_stops_reading_ends_on_the_newest_view_and_the_others_miss_nothing(world: World) -> None:
    world.padding = "x" * BIG
    async with (
        serving(world, WatchedProtocol) as port,
        watching(port) as reader,
        SlowPeer.connected(port) as slow,
    ):
        for number in range(1, 101):
            world.change("G")
            assert (await read_until(reader, number))[-1] == number

        held = [line.transport.get_write_buffer_size() for line in WatchedProtocol.open_lines]
        seen = [message["data"]["G"] for message in await slow.messages(until_number=100)]

    assert sum(held) <= BIG + 1_000
    assert seen == sorted(set(seen))
    assert len(seen) < 20


async def test_a_peer_that_caught_up_gets_every_view_again(world: World) -> None:
    world.padding = "x" * BIG
    async with serving(world, WatchedProtocol) as port, SlowPeer.connected(port) as slow:
        for _ in range(50):
            world.change("G")
            await until(lambda: len(world.renders) == world.numbers["G"] + 1)
        await slow.messages(until_number=50)
        world.change("G")
        last = await slow.messages(until_number=51)

    assert [message["data"]["G"] for message in last] == [51]


async def test_a_beat_never_takes_the_place_of_a_view_that_waits(world: World) -> None:
    world.padding = "x" * BIG
    world.a_hub(screen_beat_s=0.01)
    async with serving(world, WatchedProtocol) as port, watching(port) as reader, SlowPeer.connected(port) as slow:
        await change_often(world, reader)
        for _ in range(3):
            while json.loads(await reader.recv())["type"] != "beat":
                pass

        assert (await slow.messages(until_number=30))[-1]["data"]["G"] == 30


async def test_a_peer_that_takes_nothing_until_the_deadline_is_dropped(world: World) -> None:
    world.padding = "x" * BIG
    async with serving(world, ImpatientProtocol) as port, watching(port) as reader, SlowPeer.connected(port):
        assert world.hub.watchers() == {"board": 2}
        await change_often(world, reader)

        await until(lambda: world.hub.watchers() == {"board": 1})

        assert len(WatchedProtocol.open_lines) == 1
        world.change("G")
        await read_until(reader, 31)


async def test_a_peer_that_takes_nothing_is_dropped_even_when_its_line_is_closing(world: World) -> None:
    world.padding = "x" * BIG
    async with serving(world, ImpatientProtocol) as port, watching(port) as reader, SlowPeer.connected(port):
        _, line = WatchedProtocol.open_lines
        await change_often(world, reader)
        line.end(4401, "not_logged_in")
        await until(lambda: world.hub.watchers() == {"board": 1})

        await until(lambda: len(WatchedProtocol.open_lines) == 1)


async def test_a_peer_that_is_only_slow_is_not_dropped(world: World) -> None:
    world.padding = "x" * BIG
    async with serving(world, ImpatientProtocol) as port, SlowPeer.connected(port) as slow:
        loop = asyncio.get_running_loop()
        ends = loop.time() + 2 * ImpatientProtocol.drain_deadline_s
        while loop.time() < ends:
            world.change("G")
            await slow.messages(until_number=world.numbers["G"])

        assert world.hub.watchers() == {"board": 1}


async def test_pings_of_a_peer_that_reads_nothing_pile_up_nowhere(world: World) -> None:
    world.padding = "x" * BIG
    ping, empty_text = b"\x89\x80\x00\x00\x00\x00", b"\x81\x80\x00\x00\x00\x00"
    async with serving(world, WatchedProtocol) as port, watching(port) as reader, SlowPeer.connected(port) as slow:
        _, line = WatchedProtocol.open_lines
        await change_often(world, reader)
        held = line.transport.get_write_buffer_size()
        await slow.send(ping * 5_000 + empty_text)
        await until(lambda: world.hub.watchers() == {"board": 1})

        assert line.transport.get_write_buffer_size() <= held + 1_000


async def test_a_ping_of_a_peer_that_reads_is_answered(world: World) -> None:
    async with serving(world, LiveProtocol) as port, watching(port) as reader:
        answered = await reader.ping()
        async with asyncio.timeout(5):
            await answered


async def test_a_frame_of_a_megabyte_is_refused_with_1009_and_harms_nobody(world: World) -> None:
    async with (
        serving(world, PatientProtocol) as port,
        watching(port) as bystander,
        watching(port) as giant,
    ):
        await read_until(bystander, 0)
        await read_until(giant, 0)
        with suppress(ConnectionClosed):
            await giant.send("x" * 1_000_000)
        await asyncio.wait_for(giant.wait_closed(), 5)

        assert giant.close_code == 1009
        await until(lambda: len(WatchedProtocol.open_lines) == 1)
        world.change("G")
        assert await read_until(bystander, 1) == [1]


async def test_a_peer_that_is_refused_in_the_middle_of_a_frame_can_finish_it_and_read_why(world: World) -> None:
    begin_of_a_megabyte = b"\x81\xff" + (1_000_000).to_bytes(8) + bytes(4)
    async with serving(world, PatientProtocol) as port, SlowPeer.connected(port) as peer:
        await peer.send(begin_of_a_megabyte + bytes(100_000))
        await peer.read_until((1009).to_bytes(2))
        await peer.send(bytes(900_000))
        await peer.read_to_end()


async def test_a_peer_that_never_stops_sending_rubbish_is_cut_off(world: World) -> None:
    class BriefProtocol(WatchedProtocol):
        refusal_linger_s = 0.1

    async with serving(world, BriefProtocol) as port, SlowPeer.connected(port) as peer:
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(send_rubbish(peer), 5)

        await until(lambda: WatchedProtocol.open_lines == [])


async def test_a_handshake_with_too_long_a_header_is_answered_and_closed(world: World) -> None:
    async with serving(world, WatchedProtocol) as port, SlowPeer.connected(port, f"X-Long: {'x' * 9_000}") as peer:
        assert peer.answer.startswith(b"HTTP/1.1 431 ")
        await until(lambda: WatchedProtocol.open_lines == [])


async def test_an_open_line_does_not_keep_its_handshake(world: World) -> None:
    async with serving(world, WatchedProtocol) as port, SlowPeer.connected(port, "X-Said: at length"):
        await until(lambda: world.hub.watchers() == {"board": 1})

        assert [one for one in gc.get_objects() if type(one) is Headers and "X-Said" in one] == []


async def test_an_orderly_close_by_the_peer_ends_the_subscription(world: World) -> None:
    async with serving(world, LiveProtocol) as port:
        async with watching(port) as reader:
            await read_until(reader, 0)
            await reader.close(1000)
            assert reader.close_code == 1000

        await until(lambda: world.hub.topic_count() == 0)


async def test_a_server_that_stops_while_a_peer_takes_its_leave_stops_in_order(world: World) -> None:
    world.padding = "x" * BIG
    goodbye = b"\x88\x82\x00\x00\x00\x00" + (1001).to_bytes(2)
    async with serving(world, WatchedProtocol) as port, watching(port) as reader, SlowPeer.connected(port) as leaving:
        _, line = WatchedProtocol.open_lines
        await change_often(world, reader)
        await leaving.send(goodbye)
        await until(lambda: world.hub.watchers() == {"board": 1})

        line.shutdown()
        await leaving.read_to_end()


async def test_a_peer_that_vanishes_without_a_word_ends_the_subscription(world: World) -> None:
    async with serving(world, LiveProtocol) as port:
        async with SlowPeer.connected(port):
            await until(lambda: world.hub.topic_count() == 1)

        await until(lambda: world.hub.topic_count() == 0)


async def test_the_writer_is_harmless_before_the_handshake_and_after_the_close() -> None:
    frame, closed = Frame.of(b"{}"), asyncio.Event()

    async def serve(websocket: WebSocket) -> None:
        writer = websocket.scope["extensions"][EXTENSION]["writer"]
        writer.write_frame(frame.wire)
        writer.end(1000)
        await websocket.accept()
        writer.write_frame(frame.wire)
        writer.end(4401, "not_logged_in")
        writer.end(4403)
        writer.write_frame(frame.wire)
        assert await websocket.receive() == {"type": "websocket.disconnect", "code": 4401, "reason": "not_logged_in"}
        closed.set()

    app = Starlette(routes=[WebSocketRoute("/ws/{topic}", serve)])
    async with running_server(app) as port, watching(port) as reader:
        assert await reader.recv() == "{}"
        with pytest.raises(ConnectionClosed):
            await reader.recv()
        assert (reader.close_code, reader.close_reason) == (4401, "not_logged_in")
        await asyncio.wait_for(closed.wait(), 5)


async def test_the_kernel_gives_up_on_a_silent_host_after_the_deadline(world: World) -> None:
    async with serving(world, WatchedProtocol) as port, watching(port):
        connection = WatchedProtocol.open_lines[0].transport.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT) == 30_000


async def test_a_server_that_stops_closes_every_line(world: World) -> None:
    async with serving(world, LiveProtocol) as port:
        reader = await connect(f"ws://127.0.0.1:{port}/ws/board:main", proxy=None)
        await read_until(reader, 0)
    with pytest.raises(ConnectionClosed) as closed:
        await reader.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert world.hub.topic_count() == 0
