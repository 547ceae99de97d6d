"""A proxy with moods: what stands between a clinic's screens and its server, and answers in the server's place."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

HEAD_END = b"\r\n\r\n"
#: Of one length, so that nothing else has to be changed.
CHANGED = (b"Waiting room", b"Free   Wi-Fi")
LOGIN_PAGE = "<html><title>Wi-Fi</title><h1>Welcome to the guest network. Please log in.</h1></html>"


class Mood(Enum):
    """What is done with a request that comes now; lines that are open already stay as they are."""

    PASS = "pass"
    BAD_GATEWAY = "502"
    NOT_FOUND = "404"
    TOO_LARGE = "413"
    UNAUTHORISED = "401"
    FORBIDDEN = "403"
    GATEWAY_TIMEOUT = "504"
    PORTAL = "a login page with 200"
    REDIRECT = "a redirect to a login page on another host"
    REFUSES_UPGRADES = "400 to websockets"
    DROPS_UPGRADES = "websockets as plain requests"
    CHANGES = "pages with words of its own in them"
    SILENT = "nothing, for ever"


ANSWERS = {
    Mood.BAD_GATEWAY: ("502 Bad Gateway", "<html><h1>502 Bad Gateway</h1><hr>nginx</html>"),
    Mood.NOT_FOUND: ("404 Not Found", "404 page not found"),
    Mood.TOO_LARGE: ("413 Request Entity Too Large", "<html><h1>413 Request Entity Too Large</h1><hr>nginx</html>"),
    Mood.UNAUTHORISED: ("401 Unauthorized", "<html><h1>401 Authorization Required</h1></html>"),
    Mood.FORBIDDEN: ("403 Forbidden", "<html><h1>Blocked by the firewall</h1></html>"),
    Mood.GATEWAY_TIMEOUT: ("504 Gateway Timeout", "<html><h1>504 Gateway Time-out</h1><hr>nginx</html>"),
    Mood.PORTAL: ("200 OK", LOGIN_PAGE),
    Mood.REDIRECT: ("302 Found\r\nLocation: http://portal.test/login", LOGIN_PAGE),
}


@dataclass
class Proxy:
    """Passes requests on to `target`, a port of loopback, as its mood is."""

    target: int
    mood: Mood = Mood.PASS
    port: int = 0
    asked: list[str] = field(default_factory=list)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _dead: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def turn(self, mood: Mood) -> None:
        """From now on it is in this mood, and what is open breaks off."""
        self.mood = mood
        for writer in self._open:
            writer.transport.abort()

    def forget(self) -> None:
        """What is open stays open and carries nothing any more, as after a router's or a radio's sleep."""
        self._dead |= self._open

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, which carries one request or one line."""
        self._open.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._answer((await reader.readuntil(HEAD_END)).decode("latin-1"), reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(head.partition("\r\n")[0])
        is_upgrade = re.search(r"^upgrade: *websocket", head, re.IGNORECASE | re.MULTILINE) is not None
        if self.mood is Mood.SILENT:
            await reader.read()
        elif self.mood in ANSWERS or (is_upgrade and self.mood is Mood.REFUSES_UPGRADES):
            status, body = ANSWERS.get(self.mood, ("400 Bad Request", "<html><h1>400 Bad Request</h1></html>"))
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
                f"Connection: close\r\n\r\n{body}".encode()
            )
            # As nginx does: what is still being sent is read, so that the answer arrives before the end.
            await writer.drain()
            writer.write_eof()
            async with asyncio.timeout(5):
                await reader.read()
        elif is_upgrade and self.mood is not Mood.DROPS_UPGRADES:
            await self._carry(head, reader, writer)
        else:
            left_out = "connection|upgrade|accept-encoding" if self.mood is Mood.CHANGES else "connection|upgrade"
            plain = re.sub(rf"^({left_out}):.*\r\n", "", head, flags=re.IGNORECASE | re.MULTILINE)
            await self._carry(plain.replace(HEAD_END.decode(), "\r\nConnection: close\r\n\r\n"), reader, writer)

    async def _carry(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        back.write(head.encode("latin-1"))
        pumps = [asyncio.create_task(self._pump(*ends, writer)) for ends in ((reader, back), (there, writer))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        back.close()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, client: asyncio.StreamWriter
    ) -> None:
        while data := await source.read(65_536):
            if client not in self._dead:
                sink.write(data.replace(*CHANGED) if self.mood is Mood.CHANGES else data)
                await sink.drain()


@asynccontextmanager
async def a_proxy(target: int) -> AsyncIterator[Proxy]:
    """A proxy in front of this port of loopback, which lets everything pass at first."""
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.turn(Mood.PASS)
        await server.wait_closed()
