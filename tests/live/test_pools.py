"""A pool that loses what sessions have asked for is recognised before anybody relies on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url

from queue_server.live.pools import hears_itself

pytestmark = pytest.mark.postgres


async def without_notices(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what the server says, except notices, as a pool does whose client has another connection by now."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
            if head[:1] != b"A":
                writer.write(head + body)
    writer.close()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            writer.write(piece)
    writer.close()


@asynccontextmanager
async def a_pool(url: str) -> AsyncIterator[str]:
    """The address of something before the database that loses notices."""
    folder = str(make_url(url).query["host"])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(str(Path(folder) / ".s.PGSQL.5432"))
        await asyncio.gather(without_notices(from_server, writer), pass_on(reader, to_server))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"postgresql://postgres@127.0.0.1:{port}/{make_url(url).database}?sslmode=disable"


async def test_the_server_itself_hears_its_notices_and_a_pool_does_not(postgres_url: str) -> None:
    async with a_pool(postgres_url) as pool:
        assert await hears_itself(make_url(postgres_url))
        assert not await hears_itself(make_url(pool), patience_s=0.3)
