"""A backup for a recovery key shows nothing without it; with it everything is there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from queue_server.storage.engine.backup import CannotBackUp
from queue_server.storage.engine.backup_manifest import beside, check_manifest
from queue_server.storage.engine.engines import database_url
from queue_server.storage.records.backup_files import is_encrypted, new_recovery_key, readable, write_backup
from queue_server.storage.records.keyring import Keyring
from tests.clinics import MORNING


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    """The documents' keys, beside a database that knows a secret."""
    with closing(sqlite3.connect(tmp_path / "queue.db")) as made, made:
        made.execute("CREATE TABLE alembic_version (version_num TEXT)")
        made.execute("CREATE TABLE patient (name TEXT)")
        made.execute("INSERT INTO patient VALUES ('a name that nobody reads')")
    keys = Keyring(tmp_path / "document.keys")
    keys.prepare()
    return keys


def write(folder: Path, keys: Keyring, recipient: str = "", *, with_keys: bool = False) -> Path:
    """A backup of the database in the folder."""
    file = folder / "monday.backup"
    write_backup(database_url(f"sqlite:///{folder}/queue.db"), file, MORNING, keys, recipient, with_keys=with_keys)
    return file


def test_an_encrypted_backup_holds_the_keys_too_and_opens_with_the_recovery_key_alone(
    tmp_path: Path, keys: Keyring
) -> None:
    secret, recipient = new_recovery_key()

    file = write(tmp_path, keys, recipient)

    assert check_manifest(file) == MORNING
    assert is_encrypted(file)
    written = file.read_bytes() + beside(file, ".keys").read_bytes()
    for clear in (b"nobody reads", keys.ids()[0].encode(), b"SQLite"):
        assert clear not in written
    with readable(file, secret) as plain:
        assert b"nobody reads" in plain.read_bytes()
        assert Keyring(beside(plain, ".keys")).ids() == keys.ids()
        assert plain.parent.stat().st_mode & 0o077 == 0
    assert not plain.parent.exists()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("monday.*")} == {0o600}
    assert not list(tmp_path.glob(".*"))


def test_without_a_key_with_another_or_damaged_it_does_not_open(tmp_path: Path, keys: Keyring) -> None:
    secret, recipient = new_recovery_key()
    file = write(tmp_path, keys, recipient)

    for wrong in ("", "AGE-SECRET-KEY-1", new_recovery_key()[0]):
        with pytest.raises(CannotBackUp), readable(file, wrong):
            pass
    damaged = bytearray(file.read_bytes())
    damaged[-5] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(CannotBackUp, match="does not open"), readable(file, secret):
        pass


def test_without_a_recovery_key_it_is_the_plain_database(tmp_path: Path, keys: Keyring) -> None:
    file = write(tmp_path, keys, with_keys=True)

    assert not is_encrypted(file)
    with readable(file, "") as plain:
        assert plain == file
    assert Keyring(beside(file, ".keys")).ids() == keys.ids()


def test_neither_kind_overwrites_another_or_makes_a_folder(tmp_path: Path, keys: Keyring) -> None:
    _, recipient = new_recovery_key()
    write(tmp_path, keys)

    with pytest.raises(CannotBackUp, match="exists already"):
        write(tmp_path, keys, recipient)
    url = database_url(f"sqlite:///{tmp_path}/queue.db")
    with pytest.raises(CannotBackUp, match="no folder"):
        write_backup(url, tmp_path / "none" / "monday.backup", MORNING, keys, recipient)
