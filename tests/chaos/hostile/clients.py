"""Hostile clients in a process of their own, so that what they cost is the server's alone.

python -m tests.chaos.hostile.clients PORT COUNT DISPLAY_KEY
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import suppress

from tests.waiting import take_time

#: A dawdler sends a byte so often; whoever is not thrown out begins anew after so long.
DAWDLE_S = 0.5
STAY_S = 30
MEGABYTE = 2**20
#: Beside these there are as many who dawdle over a handshake.
KINDS = ("silent", "half a head", "half a body", "half a handshake", "never reads", "huge head", "huge frame", "idle")


def beginnings(display_key: str) -> Mapping[str, bytes]:
    """What each kind sends at first; then it reads nothing and waits until it is thrown out."""
    upgrade = (
        "GET /ws/board/main HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {display_key}\r\n\r\n"
    ).encode()
    sent = (
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: lo",
        b'POST /api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n{"depart',
        upgrade[:-2],
        upgrade,
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * MEGABYTE,
        upgrade + b"\x81\xff" + (64 * MEGABYTE).to_bytes(8) + bytes(MEGABYTE),
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    )
    return dict(zip(KINDS, sent, strict=True))


async def be_hostile(port: int, sent: bytes) -> None:
    """One connection after the other, for ever; a buffer of one byte keeps the answer in the kernel."""
    while True:
        with suppress(OSError, TimeoutError):
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            try:
                writer.write(sent)
                async with asyncio.timeout(STAY_S):
                    await writer.drain()
                    await writer.wait_closed()
            finally:
                writer.transport.abort()
        await take_time(1)


async def dawdle(port: int, sent: bytes) -> None:
    """One handshake after the other, byte by byte, for ever."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                for byte in sent:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await take_time(DAWDLE_S)
            finally:
                writer.transport.abort()
        await take_time(1)


async def main(port: int, count: int, display_key: str) -> None:
    """So many of each kind, until the process is ended. They work when nobody else wants to: elsewhere they would be
    another machine's burden."""
    os.nice(19)
    sent = beginnings(display_key)
    hostile = [be_hostile(port, begun) for begun in sent.values() for _ in range(count)]
    await asyncio.gather(*hostile, *(dawdle(port, sent["never reads"]) for _ in range(count)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
