"""The commands that keep documents readable: their keys, and copies of everything."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from queue_server.app import build
from queue_server.clock import SteadyClock
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import KeyMissing
from queue_server.services import compose
from queue_server.serving import CannotServe, check_keys
from queue_server.settings import Settings
from queue_server.storage.engine.store import Store
from queue_server.storage.records.keyring import BadKeys, Keyring
from tests.clinics import SettableClock
from tests.commands import main
from tests.serving.kept import SECRET, add, keep_a_clinic


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a clinic with one document keeps everything."""
    keep_a_clinic(tmp_path, monkeypatch)
    return tmp_path


def test_a_stolen_database_shows_nothing_of_a_document_not_even_its_name(folder: Path) -> None:
    stolen = b"".join(path.read_bytes() for path in folder.iterdir() if path.name != "document.keys")

    for words in (b"rare illness", b"A rare", b"%PDF", SECRET[100:116]):
        assert words not in stolen
    with pytest.raises(KeyMissing):
        asyncio.run(_read_with(folder, Keyring(given="other:" + "A" * 43 + "=")))


async def _read_with(folder: Path, keys: Keyring) -> None:
    store = Store(f"sqlite:///{folder}/queue.db", SteadyClock(SettableClock()))
    services = compose(store, lambda *_: [], "http://queue.test", keys=keys)
    try:
        opened = await services.records.documents.open(1, by=Actor(ActorKind.DOCTOR, 1))
        assert [chunk async for chunk in opened.chunks]
    finally:
        await store.close()


def test_the_key_file_is_its_owners_alone(folder: Path) -> None:
    file = folder / "document.keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    file.chmod(0o644)

    with pytest.raises(BadKeys, match="0600"):
        Keyring(file).ids()


def test_after_a_rotation_documents_need_the_new_key_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    running = Keyring(folder / "document.keys")
    (old,) = running.ids()

    assert main(["keys", "rotate"]) == 0
    assert main(["keys", "forget", old]) == 0
    capsys.readouterr()

    assert main(["keys", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "open": 1,
        "damaged": [],
        "texts": 0,
        "damaged_texts": 0,
        "missing_keys": {},
    }
    assert old not in running.ids()  # a server that is running hears of it
    assert main(["verify"]) == 0


def test_a_key_that_is_needed_is_not_forgotten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (old,) = Keyring(folder / "document.keys").ids()

    assert main(["keys", "forget", old]) == 1

    assert "rotate" in capsys.readouterr().err


def test_keys_verify_names_what_does_not_open(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(add(folder, Keyring(folder / "document.keys")))
    with closing(sqlite3.connect(folder / "queue.db")) as database:
        database.execute(
            "UPDATE content_chunk SET data = x'00' WHERE content_id IN (SELECT content_id FROM document WHERE id = 2)"
        )
        database.commit()

    assert main(["keys", "verify"]) == 1

    assert "These documents do not open: 2." in capsys.readouterr().err


def test_a_backup_is_whole_and_is_put_back_elsewhere(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, elsewhere = folder / "monday.backup", tmp_path_factory.mktemp("elsewhere")
    assert main(["backup", str(backup), "--with-keys"]) == 0
    asyncio.run(add(folder, Keyring(folder / "document.keys")))

    monkeypatch.setenv("QUEUE_DATABASE_URL", f"sqlite:///{elsewhere}/queue.db")
    monkeypatch.setenv("QUEUE_DATA", str(elsewhere))

    assert main(["restore", str(backup)]) == 0
    assert main(["verify"]) == 0
    assert main(["keys", "verify"]) == 0
    asyncio.run(_read_with(elsewhere, Keyring(elsewhere / "document.keys")))
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_backup_without_its_keys_says_which_are_missing(
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    backup, elsewhere = folder / "monday.backup", tmp_path_factory.mktemp("elsewhere")
    (key,) = Keyring(folder / "document.keys").ids()
    main(["backup", str(backup)])
    monkeypatch.setenv("QUEUE_DATABASE_URL", f"sqlite:///{elsewhere}/queue.db")
    monkeypatch.setenv("QUEUE_DATA", str(elsewhere))

    assert main(["restore", str(backup)]) == 1

    assert f"The key {key} is not here. Documents that need it: 1." in capsys.readouterr().err


def test_nothing_is_restored_under_a_running_server_or_from_a_broken_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, broken = folder / "monday.backup", folder / "broken.backup"
    main(["backup", str(backup)])
    broken.write_bytes(backup.read_bytes()[:9000])

    with closing(sqlite3.connect(folder / "queue.db")) as server:
        server.execute("SELECT count(*) FROM document").fetchone()
        assert main(["restore", str(backup)]) == 1
        assert "stop it first" in capsys.readouterr().err
    assert main(["restore", str(broken)]) == 1
    assert "--unchecked" in capsys.readouterr().err
    assert main(["restore", str(broken), "--unchecked"]) == 1
    assert "damaged" in capsys.readouterr().err
    assert main(["backup", str(backup)]) == 1
    assert main(["keys", "verify"]) == 0


def test_a_backup_to_a_folder_that_is_not_there_names_the_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(folder / "stick" / "monday.backup")]) == 1

    assert capsys.readouterr().err == f"There is no folder {folder / 'stick'}.\n"


def test_what_was_there_before_a_restore_is_kept(folder: Path) -> None:
    backup = folder / "monday.backup"
    main(["backup", str(backup)])
    asyncio.run(add(folder, Keyring(folder / "document.keys")))

    assert main(["restore", str(backup)]) == 0

    counts = []
    for name in ("queue.db", "queue.db.before-restore"):
        with closing(sqlite3.connect(folder / name)) as database:
            counts.append(database.execute("SELECT count(*) FROM document").fetchone()[0])
    assert counts == [1, 2]


def test_numbers_and_revocations_since_the_backup_hold_after_it_is_put_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = folder / "monday.backup"
    assert main(["programs", "add", "till", "--scope", "queues:read"]) == 0
    main(["backup", str(backup)])
    asyncio.run(add(folder, Keyring(folder / "document.keys")))
    assert main(["programs", "revoke", "1"]) == 0
    capsys.readouterr()

    assert main(["restore", str(backup)]) == 0

    said = capsys.readouterr().out
    assert f"lies in {folder / 'queue.db.before-restore'}" in said
    assert "Today goes on with G-003" in said
    assert "api_key 1" in said
    assert main(["restore", str(backup), "--highest", "G=123"]) == 0
    assert "Today goes on with G-124" in capsys.readouterr().out


def test_what_was_replaced_and_cannot_be_read_is_said_and_a_ledger_helps(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, ledger = folder / "monday.backup", folder / "printer.ledger"
    main(["backup", str(backup)])
    ledger.write_text('{"job": "4", "state": "begun"}\n{"job": "7", "number": "G-031", "state": "begun"}\n')
    for file in folder.glob("queue.db*"):
        file.unlink()
    (folder / "queue.db").write_bytes(b"SQLite format 3\x00" + bytes(5000))

    assert main(["restore", str(backup), "--numbers-from", str(ledger)]) == 0

    said = capsys.readouterr().out
    assert "Today goes on with G-082, L-008" in said
    assert "could not be read" in said


def test_a_damaged_backup_is_refused_and_a_good_one_passes_a_drill(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = folder / "monday.backup"
    main(["backup", str(backup)])
    assert main(["verify", str(backup)]) == 0
    assert main(["drill", str(backup)]) == 0
    assert "documents that open: 1;" in capsys.readouterr().out
    before = (folder / "queue.db").read_bytes()

    damaged = bytearray(backup.read_bytes())
    damaged[-1] ^= 1
    backup.write_bytes(damaged)

    for command in ("verify", "drill", "restore"):
        assert main([command, str(backup)]) == 1
        assert "is not as it was written" in capsys.readouterr().err
    assert (folder / "queue.db").read_bytes() == before


def test_the_recovery_key_alone_puts_an_encrypted_backup_back_with_its_documents(
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    backup, elsewhere = folder / "monday.backup", tmp_path_factory.mktemp("elsewhere")
    assert main(["keys", "recovery"]) == 0
    (elsewhere / "paper").write_text(capsys.readouterr().out)
    with_key = ["--recovery-key", str(elsewhere / "paper")]
    assert main(["backup", str(backup)]) == 0
    assert "The recovery key opens it" in capsys.readouterr().out

    monkeypatch.setenv("QUEUE_DATABASE_URL", f"sqlite:///{elsewhere}/queue.db")
    monkeypatch.setenv("QUEUE_DATA", str(elsewhere))

    assert main(["verify", str(backup), *with_key]) == 0
    assert main(["drill", str(backup), *with_key]) == 0
    assert "documents that open: 1;" in capsys.readouterr().out
    assert main(["restore", str(backup)]) == 1
    assert "--recovery-key" in capsys.readouterr().err
    assert main(["restore", str(backup), *with_key]) == 0
    assert main(["keys", "verify"]) == 0


def test_a_drill_finds_the_keys_where_the_clinic_has_them_also_when_no_setting_names_the_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QUEUE_DATA")
    assert main(["backup", str(folder / "monday.backup")]) == 0

    assert main(["drill", str(folder / "monday.backup")]) == 0

    assert "documents that open: 1;" in capsys.readouterr().out


def test_keys_that_were_copied_are_no_longer_missed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "copy", str(folder / "copy.keys")]) == 0

    assert Keyring(folder / "copy.keys").ids() == Keyring(folder / "document.keys").ids()
    assert main(["events"]) == 0
    assert "keys_copied" in capsys.readouterr().out


def test_a_deleted_document_is_not_in_the_files_free_pages(folder: Path) -> None:
    keys = Keyring(folder / "document.keys")
    with closing(sqlite3.connect(folder / "queue.db")) as database:
        wrapped = database.execute("SELECT wrapped_key FROM content").fetchone()[0]
        sealed = database.execute("SELECT data FROM content_chunk LIMIT 1").fetchone()[0][:64]

    async def remove() -> None:
        store = Store(f"sqlite:///{folder}/queue.db", SteadyClock(SettableClock()))
        services = compose(store, lambda *_: [], "http://queue.test", keys=keys)
        await services.records.documents.remove(1, "test", by=Actor(ActorKind.DOCTOR, 1))
        await store.close()

    asyncio.run(remove())

    with closing(sqlite3.connect(folder / "queue.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    left = b"".join(path.read_bytes() for path in folder.glob("queue.db*"))
    assert wrapped not in left
    assert sealed not in left


@pytest.fixture
def moved(folder: Path) -> Path:
    """The documents' keys were left in another folder."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (folder / "document.keys").rename(elsewhere / "document.keys")
    return elsewhere / "document.keys"


def test_a_server_whose_documents_need_a_missing_key_refuses_to_start_and_makes_no_other(
    folder: Path, moved: Path
) -> None:
    key_id = Keyring(moved).ids()[0]

    with pytest.raises(CannotServe, match=f"(?s){key_id}.*{folder / 'document.keys'}"):
        asyncio.run(check_keys(Settings()))

    assert not (folder / "document.keys").exists()


async def test_an_application_that_is_started_without_that_check_refuses_as_well(folder: Path, moved: Path) -> None:
    app = build(Settings())

    with pytest.raises(BadKeys):
        async with app.router.lifespan_context(app):
            pass

    assert not (folder / "document.keys").exists()


def test_a_server_with_the_key_starts(folder: Path) -> None:
    before = (folder / "document.keys").read_bytes()

    asyncio.run(check_keys(Settings()))

    assert (folder / "document.keys").read_bytes() == before
