"""Bringing a database to the present schema."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from queue_server.storage.engine.engines import database_url as parsed
from queue_server.storage.engine.migrating import configuration, is_current, migrate
from queue_server.storage.tables import metadata


async def test_a_new_database_is_current_after_it_was_migrated_and_may_be_so_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/queue.db"
    before = await is_current(url)

    await migrate(url)
    await migrate(url)

    assert (before, await is_current(url)) == (False, True)


async def test_two_processes_may_migrate_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"

    await asyncio.gather(migrate(url), migrate(url))

    assert await is_current(url)


async def test_the_schema_is_that_of_the_tables(database_url: str) -> None:
    await migrate(database_url)
    engine = create_async_engine(parsed(database_url), poolclass=NullPool)

    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert found == []


async def test_names_of_an_older_version_are_found_whatever_their_accents(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    engine = create_async_engine(parsed(url), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0015"))
    await engine.dispose()
    with closing(sqlite3.connect(tmp_path / "queue.db")) as file, file:
        columns = "name, sex, language, created_at, is_erased"
        file.execute(f"INSERT INTO patient ({columns}) VALUES ('Élodie', 'unsaid', 'en', '2026-11-22', 0)")  # noqa: S608

    await migrate(url)

    with closing(sqlite3.connect(tmp_path / "queue.db")) as file:
        assert file.execute("SELECT folded_name FROM patient").fetchall() == [("elodie",)]


async def test_a_migration_that_leaves_rows_that_point_nowhere_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    engine = create_async_engine(parsed(url), poolclass=NullPool)

    def first_version(connection: Connection) -> None:
        command.upgrade(configuration(connection), "0003")

    async with engine.begin() as connection:
        await connection.run_sync(first_version)
    await engine.dispose()
    with closing(sqlite3.connect(tmp_path / "queue.db")) as file, file:
        file.execute("INSERT INTO room (code, department_id) VALUES ('1', 99)")

    with pytest.raises(RuntimeError, match="point nowhere"):
        await migrate(url)

    with closing(sqlite3.connect(tmp_path / "queue.db")) as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [("0003",)]
    assert not await is_current(url)
