"""A network on a bad day: it drops, delays, doubles and resets some of the replies, and cuts or silences live lines."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random

from tests.waiting import take_time

TROUBLES = ("dropped", "delayed", "doubled", "reset")
#: A reply is held back for so long at most, and a live line lives so long on average.
LONGEST_DELAY_S = 0.8
LINE_S = 8.0


@dataclass
class CarelessProxy:
    """Carries requests to `targets`, ports of loopback; while `is_careless`, not every reply comes through."""

    targets: Sequence[int]
    random: Random
    #: How likely each kind of trouble is for one request.
    share: float
    is_careless: bool = True
    port: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def cut_lines(self) -> None:
        """Every live line breaks off."""
        for writer in tuple(self._lines):
            writer.transport.abort()

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody connects, for one request or one line."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Nothing is carried any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                head = await reader.readuntil(b"\r\n\r\n")
                if re.search(rb"^upgrade:", head, re.IGNORECASE | re.MULTILINE):
                    await self._line(head, reader, writer)
                else:
                    length = re.search(rb"^content-length: *(\d+)", head, re.IGNORECASE | re.MULTILINE)
                    body = await reader.readexactly(int(length[1]) if length else 0)
                    await self._request(head + body, reader, writer)
        finally:
            writer.close()

    async def _request(self, sent: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = self._fate()
        self.counted["requests"] += 1
        reply = await self._forward(sent)
        if fate == "doubled":
            # As a proxy does that has lost its patience: the second reply is passed on, the first is forgotten.
            reply = await self._forward(sent)
        if not reply:
            self.counted["unanswered"] += 1
            writer.transport.abort()
            return
        self.counted[fate] += 1
        if fate == "dropped":
            await reader.read()
        elif fate == "reset":
            writer.transport.abort()
        else:
            await take_time(self.random.random() * LONGEST_DELAY_S if fate == "delayed" else 0)
            writer.write(reply)
            await writer.drain()

    def _fate(self) -> str:
        place = int(self.random.random() / self.share)
        return TROUBLES[place] if self.is_careless and place < len(TROUBLES) else "passed"

    async def _forward(self, sent: bytes) -> bytes:
        """The whole reply; nothing where the server is away, or goes away."""
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.random.choice(self.targets))
            try:
                writer.write(sent)
                return await reader.read()
            finally:
                writer.close()
        return b""

    async def _line(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.random.choice(self.targets))
        self._lines.add(writer)
        try:
            back.write(head)
            pumps = [asyncio.create_task(_pump(*ends)) for ends in ((reader, back), (there, writer))]
            life_s = self.random.expovariate(1 / LINE_S) if self.is_careless else None
            await asyncio.wait(pumps, timeout=life_s, return_when=asyncio.FIRST_COMPLETED)
            is_silent = not any(pump.done() for pump in pumps) and self.random.random() < 0.5
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            if is_silent:
                self.counted["lines silenced"] += 1
                await reader.read()
            else:
                self.counted["lines cut"] += 1
        finally:
            self._lines.discard(writer)
            back.transport.abort()
            writer.transport.abort()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65_536):
        sink.write(data)
        await sink.drain()


@asynccontextmanager
async def a_careless_proxy(targets: Sequence[int], random: Random, share: float) -> AsyncIterator[CarelessProxy]:
    """The proxy listens; afterwards it is gone."""
    proxy = CarelessProxy(targets, random, share)
    server = await asyncio.start_server(proxy.take, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.end()
