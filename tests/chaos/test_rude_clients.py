"""Clients that do not read, do not finish, or vanish disturb nobody else."""

from __future__ import annotations

import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.chaos.screens import a_screen
from tests.running import Running, a_running_clinic

HALVES = {
    "nothing": b"",
    "half a header": b"GET /display/main HTTP/1.1\r\nHost: lo",
    "no end of headers": b"GET /display/main HTTP/1.1\r\nHost: localhost\r\n",
    "half a body": b'POST /api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n{"depart',
    "half a handshake": b"GET /ws/board/main HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n",
}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        yield served


@contextmanager
def connections(running: Running, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """So many lines to the server on which this was sent, and from which nothing is read."""
    with ExitStack() as stack:
        lines = []
        for _ in range(count):
            line = stack.enter_context(socket.socket())
            # The least that the kernel allows, so that the server notices soon that nobody reads.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            line.connect(("127.0.0.1", urlsplit(running.url).port))
            line.sendall(sent)
            lines.append(line)
        yield lines


def deaf_display(running: Running) -> bytes:
    """The handshake of a display."""
    return (
        "GET /ws/board/main HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {running.keys['display']}\r\n\r\n"
    ).encode()


async def a_morning(running: Running, patients: int) -> list[str]:
    """Patients come and are called; the numbers in the order of the calls."""
    called = []
    for _ in range(patients):
        await running.issue()
        running.clock.forward(seconds=30)
        token = await running.call_next()
        assert token is not None
        called.append(token["number"])
    return called


async def test_displays_that_never_read_cost_the_others_nothing(running: Running) -> None:
    with connections(running, 40, deaf_display(running)):
        async with a_screen(running.url, "/ws/board/main", running.keys["display"]) as display:
            called = await a_morning(running, 15)

            await display.shows(lambda shown: shown.called[-5:] == called[-5:])


@pytest.mark.parametrize("half", HALVES)
async def test_requests_that_are_never_finished_hold_nobody_up(running: Running, half: str) -> None:
    with connections(running, 40, HALVES[half]):
        async with a_screen(running.url, "/ws/board/main", running.keys["display"]) as display:
            called = await a_morning(running, 3)

            await display.shows(lambda shown: shown.called == called)


async def test_displays_that_vanish_in_the_middle_of_a_call_disturb_nobody(running: Running) -> None:
    with connections(running, 40, deaf_display(running)) as lines:
        async with a_screen(running.url, "/ws/board/main", running.keys["display"]) as display:
            called = await a_morning(running, 2)
            for line in lines:
                # Closing now resets the connection, as when a machine has lost its memory of it.
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.close()
            called += await a_morning(running, 3)

            await display.shows(lambda shown: shown.called == called)
