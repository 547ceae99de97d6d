"""`serve_topic` from handshake to end, over the protocol class and over the fall-back."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect

from queue_server.live.connection import BadMessage, refuse, serve_topic
from queue_server.live.frames import Frame, encode_beat
from queue_server.live.hub import Hub
from queue_server.live.subscriber import (
    DirectSubscriber,
    PumpSubscriber,
    direct_subscriber,
    pumping_subscriber,
)
from queue_server.live.topic_names import TopicName
from queue_server.live.topics import View
from queue_server.live.websocket_protocol import LiveProtocol
from tests.live.harness import TEN, World, running_server
from tests.waiting import until


@pytest.fixture
def world() -> World:
    return World(numbers={"G": 0}, boards={"board:main": ["G"]})


def app_of(world: World) -> Starlette:
    async def watch(websocket: WebSocket) -> None:
        await serve_topic(websocket, world.hub, websocket.path_params["topic"], owner="device:7")

    async def talk(websocket: WebSocket) -> None:
        async def on_message(text: str) -> None:
            if text == "nonsense":
                raise BadMessage("That is nonsense.")
            world.change("G")

        await serve_topic(websocket, world.hub, TopicName("board:main"), on_message, first=Frame.of(encode_beat(TEN)))

    async def keep_out(websocket: WebSocket) -> None:
        await refuse(websocket, 4403, "not_allowed", "This is for staff.")

    routes = [("/ws/talk", talk), ("/ws/staff", keep_out), ("/ws/{topic}", watch)]
    return Starlette(routes=[WebSocketRoute(path, endpoint) for path, endpoint in routes])


@asynccontextmanager
async def connected(world: World, path: str, protocol: type[LiveProtocol] | str) -> AsyncIterator[ClientConnection]:
    async with (
        world.hub.running(),
        running_server(app_of(world), protocol) as port,
        connect(f"ws://127.0.0.1:{port}{path}", proxy=None) as connection,
    ):
        yield connection


async def next_message(connection: ClientConnection) -> dict[str, object]:
    message: dict[str, object] = json.loads(await asyncio.wait_for(connection.recv(), 5))
    return message


every_way = pytest.mark.parametrize("protocol", [LiveProtocol, "websockets-sansio"], ids=["direct", "fall-back"])


@every_way
async def test_a_line_shows_the_first_view_and_every_change(world: World, protocol: type[LiveProtocol] | str) -> None:
    async with connected(world, "/ws/board:main", protocol) as connection:
        first = await next_message(connection)
        world.change("G")
        second = await next_message(connection)

    assert (first["data"], second["data"]) == ({"G": 0}, {"G": 1})


@every_way
async def test_an_unknown_topic_is_said_to_be_unknown_and_closed_with_4404(
    world: World, protocol: type[LiveProtocol] | str
) -> None:
    async with connected(world, "/ws/board:nowhere", protocol) as connection:
        assert (await next_message(connection))["code"] == "unknown"
        await asyncio.wait_for(connection.wait_closed(), 5)

        assert connection.close_code == 4404


@every_way
async def test_a_topic_that_ceases_to_be_closes_its_lines_with_4404(
    world: World, protocol: type[LiveProtocol] | str
) -> None:
    async with connected(world, "/ws/board:main", protocol) as connection:
        await next_message(connection)
        del world.boards["board:main"]
        world.change("G")

        assert (await next_message(connection))["code"] == "unknown"
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code == 4404


@every_way
async def test_the_lines_of_a_revoked_device_are_closed(world: World, protocol: type[LiveProtocol] | str) -> None:
    async with connected(world, "/ws/board:main", protocol) as connection:
        await next_message(connection)
        world.hub.end_lines_of("device:7", 4401, "not_logged_in", "This device was revoked.")

        assert (await next_message(connection))["message"] == "This device was revoked."
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code == 4401
        await until(lambda: world.hub.topic_count() == 0)


@every_way
@pytest.mark.parametrize("message", ["hello", b"hello"])
async def test_a_message_on_a_line_that_takes_none_closes_it_with_1008(
    world: World, protocol: type[LiveProtocol] | str, message: Any
) -> None:
    async with connected(world, "/ws/board:main", protocol) as connection:
        await next_message(connection)
        await connection.send(message)

        assert (await next_message(connection))["code"] == "bad_frame"
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code == 1008
        await until(lambda: world.hub.topic_count() == 0)


@every_way
@pytest.mark.parametrize(
    ("message", "answer"), [("nonsense", "That is nonsense."), (b"change", "This line takes no such messages.")]
)
async def test_messages_are_handed_on_until_one_is_nonsense(
    world: World, protocol: type[LiveProtocol] | str, message: Any, answer: Any
) -> None:
    async with connected(world, "/ws/talk", protocol) as connection:
        assert (await next_message(connection))["type"] == "beat"
        assert (await next_message(connection))["data"] == {"G": 0}
        await connection.send("change")
        assert (await next_message(connection))["data"] == {"G": 1}
        await connection.send(message)

        assert (await next_message(connection))["message"] == answer
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code == 1008


@every_way
async def test_who_may_not_enter_is_told_so_in_a_way_that_a_browser_can_read(
    world: World, protocol: type[LiveProtocol] | str
) -> None:
    async with connected(world, "/ws/staff", protocol) as connection:
        assert await next_message(connection) == {
            "type": "error",
            "code": "not_allowed",
            "message": "This is for staff.",
        }
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code == 4403


async def test_a_view_that_cannot_be_computed_closes_the_line_with_come_again(world: World) -> None:
    async def render(_topic: str) -> View:
        raise RuntimeError

    world.hub = Hub(render, lambda: TEN, lambda: 1)
    async with connected(world, "/ws/board:main", LiveProtocol) as connection:
        assert (await next_message(connection))["code"] == "unavailable"
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code == 1013


@contextmanager
def watching_through_the_test_client(world: World) -> Iterator[tuple[TestClient, WebSocketTestSession]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with world.hub.running():
            yield

    app = app_of(world)
    app.router.lifespan_context = lifespan
    with TestClient(app) as client, client.websocket_connect("/ws/board:main") as line:
        yield client, line


def test_starlettes_test_client_sees_views_too(world: World) -> None:
    with watching_through_the_test_client(world) as (client, line):
        first = line.receive_json()
        assert client.portal
        client.portal.call(world.change, "G")
        second = line.receive_json()

    assert (first["data"], second["data"]) == ({"G": 0}, {"G": 1})


async def test_the_protocol_class_is_used_where_it_is_there_and_nothing_runs_for_it() -> None:
    kinds: list[type] = []

    async def serve(websocket: WebSocket) -> None:
        await websocket.accept()
        tasks = len(asyncio.all_tasks())
        if (direct := direct_subscriber(websocket)) is not None:
            kinds.append(type(direct))
        else:
            async with pumping_subscriber(websocket) as pumping:
                kinds.append(type(pumping))
                assert len(asyncio.all_tasks()) == tasks + 1
        assert len(asyncio.all_tasks()) == tasks
        await websocket.close()

    app = Starlette(routes=[WebSocketRoute("/ws", serve)])
    for protocol in (LiveProtocol, "websockets-sansio"):
        async with (
            running_server(app, protocol) as port,
            connect(f"ws://127.0.0.1:{port}/ws", proxy=None) as connection,
        ):
            await asyncio.wait_for(connection.wait_closed(), 5)
            assert connection.close_code == 1000

    assert kinds == [DirectSubscriber, PumpSubscriber]


class StuckSocket:
    """A websocket of some other server whose peer reads only when it is told to."""

    def __init__(self) -> None:
        self.reads = asyncio.Semaphore(0)
        self.sent: list[str] = []
        self.closed: int | None = None

    async def send_text(self, text: str) -> None:
        await self.reads.acquire()
        self.sent.append(text)

    async def close(self, code: int, _reason: str) -> None:
        self.closed = code


@pytest.fixture
async def pumped() -> AsyncIterator[tuple[StuckSocket, PumpSubscriber]]:
    websocket = StuckSocket()
    subscriber = PumpSubscriber(websocket)  # type: ignore[arg-type]
    pump = asyncio.create_task(subscriber.pump())
    yield websocket, subscriber
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)


async def test_the_fall_back_keeps_only_the_newest_frame_and_no_beat_takes_its_place(
    pumped: tuple[StuckSocket, PumpSubscriber],
) -> None:
    websocket, subscriber = pumped
    subscriber.write(Frame.of(b"0"))
    await asyncio.sleep(0)
    for number in range(1, 100):
        subscriber.write(Frame.of(str(number).encode()))
        subscriber.write(Frame.of(b"beat", is_beat=True))
    websocket.reads.release()
    websocket.reads.release()
    await until(lambda: len(websocket.sent) == 2)

    assert websocket.sent == ["0", "99"]


async def test_the_fall_back_closes_a_line_that_takes_nothing(
    pumped: tuple[StuckSocket, PumpSubscriber], monkeypatch: pytest.MonkeyPatch
) -> None:
    websocket, subscriber = pumped
    monkeypatch.setattr(PumpSubscriber, "drain_deadline_s", 0.02)
    subscriber.write(Frame.of(b"0"))
    await until(lambda: websocket.closed is not None)

    assert (websocket.sent, websocket.closed) == ([], 1013)


async def test_the_fall_back_survives_a_line_that_broke(pumped: tuple[StuckSocket, PumpSubscriber]) -> None:
    websocket, subscriber = pumped

    async def fail(_text: str) -> None:
        raise WebSocketDisconnect(1006)

    websocket.send_text = fail  # type: ignore[method-assign, assignment]
    subscriber.write(Frame.of(b"0"))
    await until(lambda: websocket.closed is not None)
    subscriber.write(Frame.of(b"1"))
