"""Whoever begins a request finishes it in time, or is cut off; whoever is only slow is heard out.

What two readers may understand differently is refused, and so is what has no end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from queue_server.live.http_protocol import PromptProtocol
from tests.live.harness import running_server
from tests.running import Running, a_running_clinic
from tests.waiting import take_time

BODY = b'{"department":"GEN"}'
HOST = b"Host: localhost\r\n"
CHUNKED = b"POST /chunks HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
LAST = GET.replace(HOST, HOST + b"Connection: close\r\n")
POST = b"POST /one HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\n\r\nbody"
MOST_SENT = 4 * 1024 * 1024

UNCLEAR = {
    "two lengths": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
    "the same length twice": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "a length below nothing": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "a length and chunks": b"POST / HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": b"POST / HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "chunks that are packed": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunks twice": b"POST / HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an odd chunk": CHUNKED + b"0x1\r\na\r\n0\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\n" + HOST + b"X-One : 1\r\n\r\n",
    "a header in two lines": b"GET / HTTP/1.1\r\n" + HOST + b"X-One: 1\r\n 2\r\n\r\n",
    "half a line end": b"GET / HTTP/1.1\n" + HOST + b"\n",
    "a NUL": b"GET / HTTP/1.1\r\n" + HOST + b"X-One: 1\0\r\n\r\n",
    "a space in the address": b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n",
    "another version": b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
    "a tunnel": b"CONNECT localhost:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a made-up method": b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long header": b"GET / HTTP/1.1\r\n" + HOST + b"X-One: " + b"a" * 65_536 + b"\r\n\r\n",
    "a long address": b"GET /" + b"a" * 65_536 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + HOST + b"X-One: 1\r\n" * 200 + b"\r\n",
}

ENDLESS = {
    "an address": (b"GET /", b"a" * 8192),
    "a header's name": (b"GET / HTTP/1.1\r\n" + HOST, b"a" * 8192),
    "a header": (b"GET / HTTP/1.1\r\n" + HOST + b"X-One: ", b"a" * 8192),
    "headers": (b"GET / HTTP/1.1\r\n" + HOST, b"X-One: 1\r\n" * 800),
    "empty lines": (b"", b"\r\n" * 4096),
    "what is said of a chunk": (CHUNKED + b"1;", b"a" * 8192),
    "what follows the chunks": (CHUNKED + b"0\r\nX-One: ", b"a" * 8192),
    "what comes after the last request": (LAST, b"a" * 8192),
}


@pytest.fixture
async def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback by a server with little patience."""
    monkeypatch.setattr(PromptProtocol, "headers_deadline_s", 1.0)
    monkeypatch.setattr(PromptProtocol, "body_silence_s", 1.0)
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        yield served


async def tells(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what was understood: the path, the headers' names and the body."""
    request = Request(scope, receive)
    said = f"{scope['path']} {','.join(request.headers)} {(await request.body()).decode()}"
    await PlainTextResponse(said)(scope, receive, send)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Where a server is that answers with what it has understood."""
    async with running_server(tells) as served:
        yield served


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


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


async def test_empty_lines_keep_no_connection(running: Running) -> None:
    reader, writer = await connect(running)
    ending = asyncio.create_task(ends(reader))

    for _ in range(40):
        writer.write(b"\r\n")
        await take_time(0.05)
        if ending.done():
            break

    assert ending.done()
    writer.close()


@pytest.mark.parametrize("unclear", UNCLEAR)
async def test_what_may_be_understood_in_two_ways_is_refused(port: int, unclear: str) -> None:
    async with line_to(port) as (reader, writer):
        writer.write(UNCLEAR[unclear] + GET)

        answers = await ends(reader)

    assert answers.startswith(b"HTTP/1.1 400")
    assert b" 200 " not in answers


@pytest.mark.parametrize("endless", ENDLESS)
async def test_what_has_no_end_is_cut_off(port: int, endless: str) -> None:
    begins, goes_on = ENDLESS[endless]
    async with line_to(port) as (reader, writer):
        ending = asyncio.create_task(ends(reader))
        writer.write(begins)
        sent = 0
        while not ending.done() and sent < MOST_SENT:
            writer.write(goes_on)
            sent += len(goes_on)
            await take_time(0.001)

        assert sent < MOST_SENT


async def test_what_follows_the_chunks_is_no_header(port: int) -> None:
    async with line_to(port) as (reader, writer):
        writer.write(CHUNKED + b"4\r\nbody\r\n0\r\nAuthorization: Bearer one\r\n\r\n" + LAST)

        answers = await ends(reader)

    assert b"/chunks host,transfer-encoding body" in answers
    assert b"authorization" not in answers


async def test_requests_that_come_together_are_answered_in_their_order(port: int) -> None:
    async with line_to(port) as (reader, writer):
        writer.write(POST + GET.replace(b"/ ", b"/two ") + LAST.replace(b"/ ", b"/three "))

        answers = await ends(reader)

    said = [answers.index(path) for path in (b"/one host,content-length body", b"/two host", b"/three host")]
    assert said == sorted(said)


async def test_a_crowd_of_requests_on_one_connection_is_refused(port: int) -> None:
    async with line_to(port) as (reader, writer):
        writer.write(GET * 1000)

        answers = await ends(reader)

    assert answers.count(b" 200 ") <= 1 + PromptProtocol.most_queued


async def test_an_unclear_request_does_not_answer_the_one_before_it(port: int) -> None:
    async with line_to(port) as (reader, writer):
        writer.write(POST + UNCLEAR["two hosts"])

        answers = await ends(reader)

    assert answers.count(b"HTTP/1.1 ") == 1
    assert b"/one host,content-length body" in answers


async def test_whoever_offers_another_protocol_is_answered_in_this_one(port: int) -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    asked = POST.replace(HOST, HOST + offer)
    async with line_to(port) as (reader, writer):
        for part in (asked[:-2], asked[-2:], LAST):
            writer.write(part)
            await take_time(0.05)

        answers = await ends(reader)

    assert answers.count(b" 200 ") == 2
    assert b"/one host,connection,http2-settings,content-length body" in answers


async def test_a_line_that_is_asked_for_together_with_something_else_is_refused(port: int) -> None:
    shake = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    shake += b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    async with line_to(port) as (reader, writer):
        writer.write(POST + GET.replace(HOST, HOST + shake))

        answers = await ends(reader)

    assert answers.count(b"HTTP/1.1 ") == 1
    assert b"/one host,content-length body" in answers


async def test_a_live_line_outlasts_the_deadline_of_its_handshake(running: Running) -> None:
    async with running.socket("/ws/board/main", "display") as line:
        await line.recv()

        beats = [await asyncio.wait_for(line.recv(), 5) for _ in range(2)]

    assert all("beat" in str(beat) for beat in beats)
