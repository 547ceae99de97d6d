"""A second, empty database on the same PostgreSQL server, for as long as something is tried in it."""

from __future__ import annotations

import secrets

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from queue_server.storage.engine.backup import CannotBackUp
from queue_server.storage.engine.engines import open_engine


async def make_database(beside: URL) -> URL:
    """A new empty database beside this one. Raises `CannotBackUp` where the user may make none."""
    made = beside.set(database=f"queue_drill_{secrets.token_hex(6)}")
    try:
        await _run(beside, f'CREATE DATABASE "{made.database}"')
    except (SQLAlchemyError, OSError) as error:
        reason = getattr(error, "orig", None) or error
        raise CannotBackUp(f"A drill needs a database of its own, which cannot be made: {reason}.") from error
    return made


async def drop_database(made: URL, beside: URL) -> None:
    """It is gone, whoever is still connected to it."""
    await _run(beside, f'DROP DATABASE IF EXISTS "{made.database}" WITH (FORCE)')


async def _run(url: URL, statement: str) -> None:
    engine = open_engine(url, size=1)
    try:
        async with engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.exec_driver_sql(statement)
    finally:
        await engine.dispose()
