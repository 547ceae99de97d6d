"""`backup` and `restore` on PostgreSQL, with its own programs."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from queue_server.clock import SteadyClock
from queue_server.storage.engine import backup
from queue_server.storage.engine.backup import back_up
from queue_server.storage.engine.engines import database_url
from queue_server.storage.engine.migrating import configuration, is_current
from queue_server.storage.engine.store import Store
from tests.clinics import SettableClock, a_clinic
from tests.commands import main
from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def databases(
    postgres_server: PostgresServer, migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[tuple[str, str]]:
    """A clinic's database with one number given, and an empty one elsewhere; PostgreSQL's programs are at hand."""
    monkeypatch.setenv("PATH", f"{postgres_server.programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("QUEUE_DATA", str(tmp_path))

    async def fill() -> None:
        async with a_clinic(migrated_postgres_url) as clinic:
            await clinic.issue()

    asyncio.run(fill())
    with postgres_server.database("put_back") as there:
        yield migrated_postgres_url, there


async def numbers(url: str) -> list[str]:
    """Every number that was given."""
    store = Store(url, SteadyClock(SettableClock()))
    try:
        async with store.reading() as connection:
            return [str(row.number) for row in await connection.exec_driver_sql("SELECT number FROM token")]
    finally:
        await store.close()


def test_a_backup_is_put_back_into_another_database(
    databases: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = databases
    backup = tmp_path / "monday.backup"
    monkeypatch.setenv("QUEUE_DATABASE_URL", here)
    assert main(["backup", str(backup)]) == 0, capsys.readouterr()

    assert main(["drill", str(backup)]) == 0, capsys.readouterr()
    assert "journal lines fit the chain" in capsys.readouterr().out

    monkeypatch.setenv("QUEUE_DATABASE_URL", there)
    assert main(["restore", str(backup)]) == 0, capsys.readouterr()

    assert main(["verify"]) == 0
    assert asyncio.run(numbers(there)) == ["G-001"]
    assert main(["restore", str(backup)]) == 0
    assert asyncio.run(numbers(there)) == ["G-001"]


def test_a_backup_and_a_restore_say_how_far_they_are(
    databases: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = databases
    for words, url in (("backup", here), ("restore", there)):
        monkeypatch.setenv("QUEUE_DATABASE_URL", url)
        assert main([words, str(tmp_path / "monday.backup"), "--json"]) == 0, capsys.readouterr()

        events = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
        assert events[-1]["done"] == events[-1]["total"] > 0
        assert all(0 <= event["done"] <= event["total"] for event in events)


def test_how_far_a_dump_is_goes_by_the_sizes_of_its_tables(tmp_path: Path) -> None:
    file = tmp_path / "dump"
    tables = backup.Tables(file, {"public.tokens": 100, "public.blobs": 1000, "public.empty": 0})

    tables.hear('pg_dump: dumping contents of table "public.tokens"\n')
    file.write_bytes(b"x" * 40)
    assert (tables.far(), tables.total) == (40, 1100)

    file.write_bytes(b"x" * 300)
    assert tables.far() == 100
    tables.hear('pg_dump: dumping contents of table "public.empty"\n')
    tables.hear("pg_dump: something else\n")
    tables.hear('pg_dump: dumping contents of table "public.blobs"\n')
    file.write_bytes(b"x" * 800)
    assert tables.far() == 600


def test_a_dump_that_fails_says_why_and_nothing_else(databases: tuple[str, str], tmp_path: Path) -> None:
    here, _ = databases
    url = database_url(here).set(database="nowhere")

    with pytest.raises(backup.CannotBackUp, match=r"^pg_dump: connection to .* does not exist$"):
        back_up(url, tmp_path / "monday.backup")

    assert list(tmp_path.glob("*.backup*")) == []


@pytest.fixture
def old_backup(postgres_server: PostgresServer, tmp_path: Path, databases: tuple[str, str]) -> Path:
    """A backup of a clinic whose schema is the oldest one; tables that came later are not in it."""

    async def make(url: str) -> None:
        engine = create_async_engine(database_url(url))
        async with engine.begin() as connection:
            await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "0003"))
        await engine.dispose()

    file = tmp_path / "last-year.backup"
    with postgres_server.database("last_year") as then:
        asyncio.run(make(then))
        back_up(database_url(then), file)
    return file


def test_a_backup_of_an_older_version_takes_the_place_of_a_database_with_newer_tables(
    databases: tuple[str, str], old_backup: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, _ = databases
    monkeypatch.setenv("QUEUE_DATABASE_URL", here)

    assert main(["restore", str(old_backup), "--unchecked"]) == 0, capsys.readouterr().err

    assert asyncio.run(numbers(here)) == []
    assert asyncio.run(is_current(here))


def test_a_backup_that_breaks_off_leaves_the_database_with_newer_tables_as_it_was(
    databases: tuple[str, str], old_backup: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, _ = databases
    old_backup.write_bytes(old_backup.read_bytes()[:-200])
    monkeypatch.setenv("QUEUE_DATABASE_URL", here)

    assert main(["restore", str(old_backup), "--unchecked"]) == 1

    assert "pg_restore" in capsys.readouterr().err
    assert asyncio.run(numbers(here)) == ["G-001"]
    assert main(["verify"]) == 0


def test_a_file_that_is_no_backup_changes_nothing(
    databases: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, _ = databases
    (tmp_path / "broken.backup").write_bytes(b"PGDMP and then nothing")
    monkeypatch.setenv("QUEUE_DATABASE_URL", here)

    assert main(["restore", str(tmp_path / "broken.backup"), "--unchecked"]) == 1

    assert "pg_restore" in capsys.readouterr().err
    assert main(["verify"]) == 0
