"""Addresses of databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from queue_server.storage.engine.engines import BadDatabaseURL, database_url, open_engine, prepare_folder


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///queue.db", "sqlite+aiosqlite"),
        ("sqlite:////var/lib/queue.db", "sqlite+aiosqlite"),
        ("postgresql://queue:secret@db/queue", "postgresql+asyncpg"),
        ("postgresql+psycopg://db/queue", "postgresql+asyncpg"),
    ],
)
def test_an_address_gets_the_driver_that_is_used_here(given: str, driver: str) -> None:
    assert database_url(given).drivername == driver


@pytest.mark.parametrize(
    "given", ["", "queue.db", "mysql://db/queue", "sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql"]
)
def test_an_address_of_no_file_and_no_server_is_refused_with_the_forms_that_there_are(given: str) -> None:
    with pytest.raises(BadDatabaseURL, match="sqlite:///") as refused:
        database_url(given)

    assert "postgresql://" in str(refused.value)


def test_a_refusal_shows_no_password() -> None:
    with pytest.raises(BadDatabaseURL) as refused:
        database_url("mysql://queue:hunter2@db/queue")

    assert "hunter2" not in str(refused.value)


def test_the_folder_of_a_file_is_made(tmp_path: Path) -> None:
    url = database_url(f"sqlite:///{tmp_path}/new/folder/queue.db")

    prepare_folder(url)
    prepare_folder(url)

    assert (tmp_path / "new" / "folder").is_dir()


def test_a_new_file_has_its_wal_before_anybody_can_open_it(tmp_path: Path) -> None:
    prepare_folder(database_url(f"sqlite:///{tmp_path}/queue.db"))

    with closing(sqlite3.connect(tmp_path / "queue.db")) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert [path.name for path in tmp_path.iterdir()] == ["queue.db"]


def test_a_file_that_another_process_made_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "queue.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE kept (name)")
    monkeypatch.setattr(Path, "exists", lambda _path: False)

    prepare_folder(database_url(f"sqlite:///{path}"))

    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT name FROM sqlite_master").fetchall() == [("kept",)]


async def test_who_only_looks_at_sqlite_cannot_change_it_and_errors_show_no_values(tmp_path: Path) -> None:
    engine = open_engine(database_url(f"sqlite:///{tmp_path}/queue.db"), size=1)
    try:
        async with engine.connect() as connection:
            assert (await connection.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
            assert (await connection.execute(text("PRAGMA synchronous"))).scalar() == 2
            assert (await connection.execute(text("PRAGMA wal_autocheckpoint"))).scalar() == 0
            with pytest.raises(DBAPIError) as refused:
                await connection.execute(text("CREATE TABLE x AS SELECT :name AS name"), {"name": "Asha"})
    finally:
        await engine.dispose()

    assert "Asha" not in str(refused.value)
