"""Whoever begins a request finishes it in time, or is cut off; whoever is only slow is heard out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from queue_server.live.http_protocol import PromptProtocol
from tests.running import Running, a_running_clinic
from tests.waiting import take_time

BODY = b'{"department":"GEN"}'


@pytest.fixture
async def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback by a server with little patience."""
    monkeypatch.setattr(PromptProtocol, "headers_deadline_s", 1.0)
    monkeypatch.setattr(PromptProtocol, "body_silence_s", 1.0)
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        yield served


def heads(running: Running, length: int = len(BODY)) -> bytes:
    key = running.keys["program"]
    return (
        f"POST /api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


async def connect(running: Running) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(running.url.rsplit(":", 1)[1]))


async def ends(reader: asyncio.StreamReader) -> bytes:
    """What is still read until the server ends the connection."""
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize(
    "sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: lo", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"]
)
async def test_an_unfinished_request_is_closed(running: Running, sent: bytes) -> None:
    reader, writer = await connect(running)
    writer.write(sent)

    assert await ends(reader) == b""
    writer.close()


async def test_headers_that_trickle_are_cut_off_too(running: Running) -> None:
    reader, writer = await connect(running)
    ending = asyncio.create_task(ends(reader))

    for byte in heads(running):
        writer.write(bytes([byte]))
        await take_time(0.05)
        if ending.done():
            break

    assert ending.done()
    writer.close()


async def test_a_body_that_stands_still_is_cut_off(running: Running) -> None:
    reader, writer = await connect(running)
    writer.write(heads(running) + BODY[:5])

    assert await ends(reader) == b""
    assert (await running.anonymous.get("/healthz")).status_code == 200
    writer.close()


async def test_a_slow_body_is_heard_out(running: Running) -> None:
    reader, writer = await connect(running)
    writer.write(heads(running))

    for byte in BODY:
        writer.write(bytes([byte]))
        await take_time(0.1)

    assert (await reader.readline()).startswith(b"HTTP/1.1 201")
    writer.close()


async def test_a_connection_is_used_again_and_a_half_second_request_is_cut_off(running: Running) -> None:
    reader, writer = await connect(running)
    for _ in range(2):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert (await reader.readuntil(b'{"status":"ok"}')).startswith(b"HTTP/1.1 200")

    writer.write(b"GET /healthz HTTP/1.1\r\n")

    assert await ends(reader) == b""
    writer.close()


async def test_a_live_line_outlasts_the_deadline_of_its_handshake(running: Running) -> None:
    async with running.socket("/ws/board/main", "display") as line:
        await line.recv()

        beats = [await asyncio.wait_for(line.recv(), 5) for _ in range(2)]

    assert all("beat" in str(beat) for beat in beats)
