"""Copies of a SQLite database, and putting one back; `tests/serving` does so with PostgreSQL and a whole clinic."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL

from queue_server.storage.engine.backup import CannotBackUp, back_up, restore
from queue_server.storage.engine.engines import database_url


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of ours, as far as a backup looks, with one setting that is `before`."""
    file = tmp_path / "queue.db"
    with closing(sqlite3.connect(file)) as made, made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE alembic_version (version_num TEXT)")
        made.execute("CREATE TABLE setting (value TEXT)")
        made.execute("INSERT INTO setting VALUES ('before')")
    return file


def url_of(path: Path) -> URL:
    return database_url(f"sqlite:///{path}")


def value(path: Path) -> str:
    """The setting."""
    with closing(sqlite3.connect(path)) as opened:
        return str(opened.execute("SELECT value FROM setting").fetchone()[0])


def change(path: Path) -> None:
    """The setting is `after`."""
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute("UPDATE setting SET value = 'after'")


def test_a_copy_holds_what_is_still_in_the_write_ahead_log_and_is_its_owners_alone(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as server:
        server.execute("UPDATE setting SET value = 'newest'")

        back_up(url_of(path), tmp_path / "monday.backup")

    assert value(tmp_path / "monday.backup") == "newest"
    assert (tmp_path / "monday.backup").stat().st_mode & 0o777 == 0o600


def test_a_backup_overwrites_no_other(path: Path, tmp_path: Path) -> None:
    (tmp_path / "monday.backup").write_text("of last week")

    with pytest.raises(CannotBackUp, match="exists already"):
        back_up(url_of(path), tmp_path / "monday.backup")

    assert (tmp_path / "monday.backup").read_text() == "of last week"


def test_of_a_backup_that_cannot_be_made_no_file_is_left(path: Path, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())

    for url, file in (
        (url_of(tmp_path / "missing.db"), tmp_path / "monday.backup"),
        (url_of(path), tmp_path / "no" / "folder" / "monday.backup"),
    ):
        with pytest.raises(CannotBackUp):
            back_up(url, file)

    assert set(tmp_path.iterdir()) <= before | {path.with_name("queue.db-wal"), path.with_name("queue.db-shm")}


def test_after_a_restore_everything_is_as_it_was_and_what_was_there_is_kept_beside(path: Path, tmp_path: Path) -> None:
    back_up(url_of(path), tmp_path / "monday.backup")
    change(path)

    restore(url_of(path), tmp_path / "monday.backup")

    assert value(path) == "before"
    assert value(path.with_name("queue.db.before-restore")) == "after"


def test_a_second_restore_leaves_what_the_first_has_kept(path: Path, tmp_path: Path) -> None:
    back_up(url_of(path), tmp_path / "monday.backup")
    change(path)

    kept = [restore(url_of(path), tmp_path / "monday.backup") for _ in range(3)]

    names = ["queue.db.before-restore", "queue.db.before-restore-2", "queue.db.before-restore-3"]
    assert kept == [path.with_name(name) for name in names]
    assert [value(path.with_name(name)) for name in names] == ["after", "before", "before"]


def test_a_backup_is_put_back_where_there_was_nothing(path: Path, tmp_path: Path) -> None:
    back_up(url_of(path), tmp_path / "monday.backup")

    restore(url_of(tmp_path / "elsewhere" / "queue.db"), tmp_path / "monday.backup")

    assert value(tmp_path / "elsewhere" / "queue.db") == "before"


def test_a_damaged_database_is_no_reason_to_refuse_a_restore(path: Path, tmp_path: Path) -> None:
    back_up(url_of(path), tmp_path / "monday.backup")
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(b"SQLite format 3\x00" + bytes(5000))

    restore(url_of(path), tmp_path / "monday.backup")

    assert value(path) == "before"


def test_nothing_is_put_back_while_somebody_has_the_database_open(path: Path, tmp_path: Path) -> None:
    back_up(url_of(path), tmp_path / "monday.backup")
    change(path)

    with closing(sqlite3.connect(path)) as server:
        server.execute("SELECT * FROM setting").fetchall()
        with pytest.raises(CannotBackUp, match="stop it first"):
            restore(url_of(path), tmp_path / "monday.backup")

    assert value(path) == "after"


@pytest.mark.parametrize("content", [b"", b"PGDMP and then nothing", b"SQLite format 3\x00" + bytes(5000)])
def test_what_is_no_backup_is_not_put_back(path: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.backup").write_bytes(content)

    with pytest.raises(CannotBackUp):
        restore(url_of(path), tmp_path / "odd.backup")

    assert value(path) == "before"


def test_another_programs_database_and_a_missing_file_are_not_put_back(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other, other:
        other.execute("CREATE TABLE recipe (name TEXT)")

    for file in (tmp_path / "other.db", tmp_path / "missing.backup"):
        with pytest.raises(CannotBackUp):
            restore(url_of(path), file)

    assert value(path) == "before"
