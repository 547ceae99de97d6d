"""Backups in a folder: whole ones are found, copied and thrown away; everything else is left alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.storage.engine.backup import CannotBackUp
from queue_server.storage.engine.backup_folder import (
    Backup,
    alone_in,
    backups_in,
    clear_unfinished,
    copy_into,
    keep_only,
    name_at,
)
from queue_server.storage.engine.backup_manifest import beside, write_manifest
from tests.clinics import MORNING


def a_backup(folder: Path, hours: int = 0, content: bytes = b"all rows") -> Backup:
    """One that was made so many hours after the morning, with keys."""
    moment = MORNING + timedelta(hours=hours)
    file = folder / name_at(moment)
    file.write_bytes(content)
    beside(file, ".keys").write_bytes(b"a key")
    write_manifest(file, moment)
    return Backup(moment, file, len(content))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_whole_backups_are_found_in_order_and_what_is_not_whole_or_not_ours_is_not(tmp_path: Path) -> None:
    later, earlier = a_backup(tmp_path, 2), a_backup(tmp_path, 1)
    a_backup(tmp_path, 3).file.write_bytes(b"cut")
    beside(a_backup(tmp_path, 4).file, ".manifest").unlink()
    beside(a_backup(tmp_path, 5).file, ".manifest").write_text("{")
    (tmp_path / "monday.backup").write_bytes(b"of the nurse")

    assert backups_in(tmp_path) == [earlier, later]
    assert backups_in(tmp_path / "none") == []


def test_a_copy_has_every_part_for_its_owner_alone(tmp_path: Path) -> None:
    copied = copy_into(tmp_path / "stick", a_backup(tmp_path))

    assert backups_in(tmp_path / "stick") == [copied]
    assert beside(copied.file, ".keys").read_bytes() == b"a key"
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "stick").iterdir()} == {0o600}


def test_of_a_copy_that_comes_out_otherwise_nothing_is_left(tmp_path: Path) -> None:
    backup = a_backup(tmp_path)
    backup.file.write_bytes(b"all rots")

    with pytest.raises(CannotBackUp):
        copy_into(tmp_path / "stick", backup)

    assert names(tmp_path / "stick") == set()


def test_what_does_not_stay_goes_with_all_its_parts(tmp_path: Path) -> None:
    goes, stays = a_backup(tmp_path, 1), a_backup(tmp_path, 2)
    (tmp_path / "monday.backup").write_bytes(b"of the nurse")
    (tmp_path / f".{name_at(MORNING)}.new").write_bytes(b"half")

    keep_only(backups_in(tmp_path), {stays.made_at})
    clear_unfinished(tmp_path)

    assert goes.file.name not in names(tmp_path)
    assert names(tmp_path) == {"monday.backup"} | {f"{stays.file.name}{end}" for end in ("", ".keys", ".manifest")}


def test_one_process_at_a_time_makes_backups_in_a_folder(tmp_path: Path) -> None:
    with alone_in(tmp_path / "backups") as first, alone_in(tmp_path / "backups") as second:
        assert (first, second) == (True, False)
    with alone_in(tmp_path / "backups") as third:
        assert third
