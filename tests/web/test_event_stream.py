"""An answer that goes on ends with its reader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from starlette.types import Message

from queue_server.web.event_stream import EventStream


async def parts() -> AsyncIterator[bytes]:
    """One part, and then nothing for ever."""
    yield b"data: 1\n\n"
    await asyncio.Event().wait()


async def test_a_reader_who_takes_nothing_is_dropped() -> None:
    dropped = asyncio.Event()

    async def hears_nothing() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def takes_the_head_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    scope = {"type": "http", "abort": dropped.set}
    await EventStream(parts(), patience_s=0.01)(scope, hears_nothing, takes_the_head_only)

    assert dropped.is_set()


async def test_nothing_is_sent_to_a_reader_who_has_left() -> None:
    sent = list[Message]()
    heard: Iterator[Message] = iter([{"type": "http.request", "body": b""}, {"type": "http.disconnect"}])

    async def hear() -> Message:
        await asyncio.sleep(0)
        return next(heard)

    async def send(message: Message) -> None:
        sent.append(message)

    await EventStream(parts())({"type": "http"}, hear, send)

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
