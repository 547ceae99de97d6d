"""Somebody who wants a thing done once and asks until it is answered; every answer is written down."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.chaos.history.recorded import Answer, Deed, History
from tests.waiting import take_time

#: How often somebody taps twice.
DOUBLE_TAPS = 0.1
#: How long anybody waits for the first answer, and at most after many tries: a machine that is busy with other things
#: answers late, and whoever gives up too soon every time is never answered.
PATIENCE_S, MOST_PATIENCE_S = 0.4, 3.0

#: What the server says when it cannot answer just now; any other 5xx is a surprise.
BUSY = 503


async def ask(
    port: int,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: object = None,
    *,
    patience_s: float = MOST_PATIENCE_S,
) -> tuple[int, Any] | None:
    """Status and JSON of the answer on a connection of its own; none where no whole answer came in time."""
    sent = b"" if body is None else json.dumps(body).encode()
    lines = {"Host": "queue.test", "Connection": "close", "Content-Length": str(len(sent)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    with suppress(OSError, TimeoutError, ValueError):
        async with asyncio.timeout(patience_s):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + sent)
                return _parsed(await reader.read())
            finally:
                writer.transport.abort()
    return None


def _parsed(reply: bytes) -> tuple[int, Any]:
    """Raises `ValueError` for an answer that broke off."""
    head, end, body = reply.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1]) if end else 0
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    if not end or len(body) < length:
        raise ValueError("half an answer")
    is_json = b"application/json" in head.lower()
    return status, json.loads(body) if is_json and body else None


def patiences() -> Iterator[float]:
    """How long somebody waits for an answer, in seconds, each time a little longer, for ever."""
    for tries in itertools.count(1):
        yield min(PATIENCE_S * tries, MOST_PATIENCE_S)


@dataclass
class Asker:
    """`actor` as the journal names it, what proves it, and the port of the network that it asks through."""

    actor: str
    headers: Mapping[str, str]
    port: int
    history: History
    random: Random
    #: What proves a program, which may look at any token.
    reader: Mapping[str, str] = field(default_factory=dict)
    _keys: itertools.count[int] = field(default_factory=itertools.count)

    async def do(self, deed: Deed, path: str, body: object) -> Answer:
        """Ask, with a double tap now and then, until there is an answer for good: that one, a yes before a no."""
        self.history.deeds.append(deed)
        headers = {**self.headers, "Idempotency-Key": f"{self.actor}-{next(self._keys)}"}
        for patience_s in patiences():
            taps = 2 if self.random.random() < DOUBLE_TAPS else 1
            answers = await asyncio.gather(*(self._tap(deed, path, headers, body, patience_s) for _ in range(taps)))
            deed.answers += [answer for answer in answers if answer is not None]
            if deed.is_done:
                break
            await take_time(0.02 + self.random.random() * 0.1)
        return deed.yes or deed.answers[-1]

    async def see(self, path: str) -> Any:
        """The JSON at the path, asked for with a program's key until it comes."""
        patience = patiences()
        while (found := await self._look(path, next(patience))) is None or found[0] != 200:
            await take_time(0.05)
        return found[1]

    async def _look(self, path: str, patience_s: float) -> tuple[int, Any] | None:
        return await ask(self.port, "GET", path, self.reader, patience_s=patience_s)

    async def _tap(
        self, deed: Deed, path: str, headers: Mapping[str, str], body: object, patience_s: float
    ) -> Answer | None:
        deed.sent += 1
        found = await ask(self.port, "POST", path, headers, body, patience_s=patience_s)
        if found is None:
            return None
        status, told = found
        if status >= 500 and status != BUSY:
            self.history.surprises.append(f"{deed.actor} {deed.kind} was answered {status}")
        told = told if isinstance(told, dict) and status < 300 else {}
        return Answer(status, told.get("id"), told.get("number"))
