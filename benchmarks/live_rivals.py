"""What the product is compared with: the same frame to many websockets in the ways that others have.

    python -m benchmarks.live_rivals broadcast|send_text SOCKETS

Each prints its port, takes so many connections, then for each line of input, a payload's size in bytes, sends one text
of that size to everybody and prints when it began (CLOCK_MONOTONIC) and its processor time, both in nanoseconds.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
import time
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.server import ServerConnection, broadcast, serve

Send = Callable[[str], Awaitable[None]]


async def obey(send: Send) -> None:
    """Send for every line of input, until there is none."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        start = '{"type":"view","rev":1,"data":"'
        text = start + "x" * (int(line) - len(start) - 2) + '"}'
        began, used = time.monotonic_ns(), time.process_time_ns()
        await send(text)
        print(began, time.process_time_ns() - used, flush=True)


async def through_websockets(listener: socket.socket) -> None:
    """`websockets.broadcast`."""
    connections: set[ServerConnection] = set()

    async def keep(connection: ServerConnection) -> None:
        connections.add(connection)
        await connection.wait_closed()

    async def send(text: str) -> None:
        broadcast(connections, text)

    async with serve(keep, sock=listener, compression=None, ping_interval=None):
        await obey(send)


async def through_starlette(listener: socket.socket) -> None:
    """`await websocket.send_text` in a loop, under uvicorn."""
    websockets: list[WebSocket] = []

    async def keep(websocket: WebSocket) -> None:
        await websocket.accept()
        websockets.append(websocket)
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass

    async def send(text: str) -> None:
        for websocket in websockets:
            await websocket.send_text(text)

    app = Starlette(routes=[WebSocketRoute("/{rest:path}", keep)])
    config = uvicorn.Config(
        app, http="h11", ws="websockets-sansio", ws_per_message_deflate=False, ws_ping_interval=None
    )
    server = uvicorn.Server(config)
    config.log_level = "warning"
    config.configure_logging()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await obey(send)
    server.should_exit = True
    serving.cancel()


WAYS = {"broadcast": through_websockets, "send_text": through_starlette}


def main() -> None:
    """Serve in the way that is named."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print(listener.getsockname()[1], flush=True)
    asyncio.run(WAYS[sys.argv[1]](listener))


if __name__ == "__main__":
    main()
