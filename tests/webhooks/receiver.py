"""A program's own web server, as small as can be: it remembers what it was sent and answers what it is told to."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

#: Answers nothing at all.
HANG = 0


@dataclass
class Sent:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What was told."""
        told: dict[str, Any] = json.loads(self.body)
        return told


@dataclass
class Receiver:
    """Answers with the statuses in `answers`, one after the other, and 204 when there are none left."""

    port: int = 0
    answers: deque[int] = field(default_factory=deque)
    more: str = ""
    received: list[Sent] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def types(self) -> list[str]:
        """The kinds of all events that came, in order."""
        return [sent.event["type"] for sent in self.received]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.received.append(Sent(first.split()[1], headers, body))
            status = self.answers.popleft() if self.answers else 204
            if status == HANG:
                await reader.read()  # until the other side gives up
            else:
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n{self.more}\r\n".encode())
        writer.close()


@asynccontextmanager
async def a_receiver() -> AsyncIterator[Receiver]:
    """It listens on loopback."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1")
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
