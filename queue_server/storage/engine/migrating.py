"""Bringing a database to the present schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from queue_server.paths import MIGRATIONS
from queue_server.storage.engine.engines import database_url, prepare_folder, tune_sqlite

if TYPE_CHECKING:
    from alembic.config import Config

#: The PostgreSQL advisory lock that keeps two processes from migrating together.
_MIGRATION_LOCK = 5_117_002


async def migrate(url: str) -> None:
    """The database at `url` has the newest schema; safe to call from several processes at once."""
    address = database_url(url)
    prepare_folder(address)
    engine = create_async_engine(address, poolclass=NullPool)
    if address.get_backend_name() == "sqlite":
        # Foreign keys stay off: rebuilding a table would otherwise delete its children.
        tune_sqlite(engine, begin="BEGIN IMMEDIATE", pragmas=("foreign_keys=OFF",))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def is_current(url: str) -> bool:
    """Whether the database has the schema that this version of the program needs."""
    address = database_url(url)
    # A folder that cannot be is noticed here: aiosqlite leaves a thread behind when it cannot open a file.
    prepare_folder(address)
    engine = create_async_engine(address, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_is_current)
    finally:
        await engine.dispose()


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    asked = configuration(connection)
    asked.attributes["steps"] = _steps_to_head(connection)
    command.upgrade(asked, "head")
    if connection.dialect.name == "sqlite" and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
        raise RuntimeError(f"The migration left {len(broken)} rows that point nowhere; nothing was changed.")


def _steps_to_head(connection: Connection) -> int:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(MIGRATIONS))
    now = MigrationContext.configure(connection).get_current_revision()
    return sum(1 for _ in scripts.iterate_revisions(scripts.get_current_head(), now or "base"))


def _is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest()]


def newest() -> str:
    """The revision of this version's schema; found without Alembic, which a server would carry along for it."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
