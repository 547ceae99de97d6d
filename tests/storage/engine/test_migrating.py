"""Bringing a database to the present schema."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from queue_server.paths import MIGRATIONS
from queue_server.storage.engine.engines import database_url as parsed
from queue_server.storage.engine.migrating import configuration, is_current, migrate, newest
from queue_server.storage.tables import metadata


async def test_a_new_database_is_current_after_it_was_migrated_and_may_be_so_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/queue.db"
    before = await is_current(url)

    await migrate(url)
    await migrate(url)

    assert (before, await is_current(url)) == (False, True)


def test_the_newest_migration_has_the_highest_number() -> None:
    assert newest() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


async def test_several_processes_may_migrate_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"

    await asyncio.gather(*(migrate(url) for _ in range(4)))

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


@pytest.mark.parametrize(("version", "further"), [("0015", {}), ("0017", {"folded_name": "d'elodie"})])
async def test_names_of_an_older_version_are_found_however_they_are_typed(
    tmp_path: Path, version: str, further: dict[str, str]
) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    engine = create_async_engine(parsed(url), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configuration(sync), version))
    await engine.dispose()
    row = {"name": "D’Élodie", "sex": "unsaid", "language": "en", "created_at": "2026-11-22", "is_erased": 0} | further
    with closing(sqlite3.connect(tmp_path / "queue.db")) as file, file:
        places = ", ".join("?" * len(row))
        file.execute(f"INSERT INTO patient ({', '.join(row)}) VALUES ({places})", list(row.values()))  # noqa: S608

    await migrate(url)

    with closing(sqlite3.connect(tmp_path / "queue.db")) as file:
        assert file.execute("SELECT folded_name FROM patient").fetchall() == [("delodie",)]


async def test_what_a_room_was_called_is_its_english_name_and_stays_its_name_on_the_way_back(database_url: str) -> None:
    engine = create_async_engine(parsed(database_url), poolclass=NullPool)

    async def after(way: Callable[..., None], version: str, *statements: str) -> list[tuple[str, ...]]:
        async with engine.begin() as connection:
            await connection.run_sync(lambda sync: way(configuration(sync), version))
            rows = [await connection.exec_driver_sql(statement) for statement in statements]
            return [tuple(row) for row in rows[-1]] if rows[-1].returns_rows else []

    await migrate(database_url)
    await after(
        command.downgrade,
        "0036",
        "INSERT INTO department (code, prefix, names, icon, colour, position, is_open, return_after, credits, pace_s)"
        " VALUES ('GEN', 'G', '{}', 'general', 'teal', 0, true, 3, '{}', 180)",
        "INSERT INTO room (code, name, department_id) SELECT 'PW', 'Pharmacy', id FROM department",
        "INSERT INTO room (code, department_id) SELECT '1', id FROM department",
    )
    upgraded = await after(command.upgrade, "0037", "SELECT code, CAST(names AS VARCHAR(80)) FROM room ORDER BY code")
    back = await after(command.downgrade, "0036", "SELECT code, name FROM room ORDER BY code")
    await engine.dispose()

    assert [(code, json.loads(names)) for code, names in upgraded] == [("1", {}), ("PW", {"en": "Pharmacy"})]
    assert back == [("1", ""), ("PW", "Pharmacy")]


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
