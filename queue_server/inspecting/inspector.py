"""Hands files to the fork server's children, at most two at a time, and returns what is clean."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from queue_server.domain.errors import FileRefused
from queue_server.domain.records.refused_files import MESSAGES, Refusal

#: Handing over, waiting for the other child's turn with more memory, its own work, handing back.
_PATIENCE_S = 40
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Inspected:
    """A clean file; `pieces` gives it once, all of 64 KiB but the last."""

    media_type: str
    size: int
    pieces: AsyncIterator[bytes]


def refused(reason: Refusal) -> FileRefused:
    """The error that says so."""
    return FileRefused(reason, MESSAGES[reason])


class Inspector:
    """Starts the fork server when the first file comes. `close` ends it."""

    def __init__(self) -> None:
        self._fork_server: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None
        self._turns = asyncio.Semaphore(2)

    @property
    def pid(self) -> int | None:
        """The fork server; none before the first file."""
        return None if self._fork_server is None else self._fork_server.pid

    @asynccontextmanager
    async def inspect(self, content: AsyncIterator[bytes]) -> AsyncIterator[Inspected]:
        """The clean file, for as long as the block lasts. Raises `FileRefused`."""
        async with self._turns:
            reader, writer = await asyncio.open_connection(sock=self._child())
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    answer = await _asked(reader, writer, content)
                if "refused" in answer:
                    raise refused(Refusal(str(answer["refused"])))
                size = int(str(answer["size"]))
                yield Inspected(str(answer["media_type"]), size, _pieces(reader, size))
            except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
                raise refused(Refusal.TOO_COMPLEX) from error
            finally:
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()

    def close(self) -> None:
        """Stop the fork server; files that are being inspected are refused."""
        if self._orders is not None:
            self._orders.close()
            self._orders = None
        if self._fork_server is not None:
            self._fork_server.wait(10)
            self._fork_server = None

    def _child(self) -> socket.socket:
        """Our end of the line to a new child."""
        ours, theirs = socket.socketpair()
        with theirs:
            for attempt in range(2):
                try:
                    socket.send_fds(self._line(), [b"x"], [theirs.fileno()])
                    break
                except (BrokenPipeError, ConnectionError):
                    self.close()
                    if attempt:
                        ours.close()
                        raise
        ours.setblocking(False)
        return ours

    def _line(self) -> socket.socket:
        if self._orders is None:
            ours, theirs = socket.socketpair()
            # It finds the program where this process finds it, installed or not.
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            command = [sys.executable, "-P", "-m", "queue_server.inspecting.fork_server", str(theirs.fileno())]
            with theirs:
                self._fork_server = subprocess.Popen(  # noqa: S603  (our own program)
                    command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL
                )
            self._orders = ours
        return self._orders


async def _asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: AsyncIterator[bytes]
) -> dict[str, object]:
    """The child's first line; when it died over the file, that the file was too much for it."""
    async for piece in content:
        writer.write(piece)
        await writer.drain()
    writer.write_eof()
    line = await reader.readline()
    answer: dict[str, object] = json.loads(line) if line.endswith(b"\n") else {"refused": Refusal.TOO_COMPLEX}
    return answer


async def _pieces(reader: asyncio.StreamReader, size: int) -> AsyncIterator[bytes]:
    left = size
    while left:
        yield await reader.readexactly(min(_PIECE, left))
        left -= min(_PIECE, left)
