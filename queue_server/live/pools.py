"""Telling a PostgreSQL server from a pool before it that loses what a session has asked for."""

from __future__ import annotations

import asyncio
import secrets

import asyncpg
from sqlalchemy import URL

#: A notice to oneself takes a millisecond; a busy machine may take its time.
_PATIENCE_S = 3.0


async def hears_itself(url: URL, patience_s: float = _PATIENCE_S) -> bool:
    """Whether a connection that listens hears what it notifies. Raises what asyncpg raises when there is none."""
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    channel, heard = f"queue_probe_{secrets.token_hex(4)}", asyncio.Event()
    connection = await asyncpg.connect(dsn, timeout=patience_s)
    try:
        await connection.add_listener(channel, lambda *_: heard.set())
        await connection.execute(f"NOTIFY {channel}")
        async with asyncio.timeout(patience_s):
            await heard.wait()
    except TimeoutError:
        return False
    finally:
        await connection.close(timeout=patience_s)
    return True
