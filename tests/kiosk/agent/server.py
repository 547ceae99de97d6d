"""A server for agents on loopback: a real websocket, played by the test."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

#: How long a test waits for what must come.
PATIENCE_S = 5


@dataclass
class Visit:
    """One connection of an agent."""

    socket: ServerConnection
    frames: list[dict[str, Any]] = field(default_factory=list)

    async def until(self, is_enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first frame still to come that is what the test waits for."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self.frames.append(json.loads(await self.socket.recv()))
                if is_enough(self.frames[-1]):
                    return self.frames[-1]

    async def ended(self, job: str) -> dict[str, Any]:
        """The final frame of a job."""
        return await self.until(lambda frame: frame.get("job") == job and frame["state"] != "sent")

    async def ask(self, job: str, slip: object) -> None:
        """Send a job."""
        await self.socket.send(json.dumps({"type": "print", "job": job, "slip": slip}))

    @property
    def of_jobs(self) -> list[tuple[str, str]]:
        """Job and state of each job frame so far."""
        return [(frame["job"], frame["state"]) for frame in self.frames if frame["type"] == "job"]


@dataclass
class AgentServer:
    """Where agents dial in."""

    server: Server
    visits: asyncio.Queue[Visit]
    statuses: list[int]
    paths: list[str]

    @property
    def port(self) -> int:
        return int(next(iter(self.server.sockets)).getsockname()[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def visit(self) -> Visit:
        """The next connection, after its hello."""
        async with asyncio.timeout(PATIENCE_S):
            visit = await self.visits.get()
        await visit.until(lambda frame: frame["type"] == "hello")
        return visit


@asynccontextmanager
async def an_agent_server(port: int = 0, refuse_with: list[int] | None = None) -> AsyncIterator[AgentServer]:
    """A server that is up for the length of the block; it refuses as many handshakes as statuses are given."""
    visits: asyncio.Queue[Visit] = asyncio.Queue()
    statuses, paths = refuse_with or [], []

    async def welcome(socket: ServerConnection) -> None:
        visits.put_nowait(Visit(socket))
        await socket.wait_closed()

    def refuse(socket: ServerConnection, request: Request) -> Response | None:
        paths.append(request.path)
        return socket.respond(HTTPStatus(statuses.pop(0)), "no\n") if statuses else None

    async with serve(welcome, "127.0.0.1", port, process_request=refuse, compression=None) as server:
        yield AgentServer(server, visits, statuses, paths)
