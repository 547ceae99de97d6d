"""A backup is as it was written, or refused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from queue_server.storage.engine.backup import CannotBackUp
from queue_server.storage.engine.backup_manifest import NoManifest, beside, check_manifest, write_manifest
from tests.clinics import MORNING


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup with keys and a manifest."""
    made = tmp_path / "monday.backup"
    made.write_bytes(random.Random(1).randbytes(5000))
    beside(made, ".keys").write_text("some key")
    write_manifest(made, MORNING)
    return made


def test_what_is_as_it_was_written_is_taken_also_without_the_keys_and_under_another_name(file: Path) -> None:
    assert check_manifest(file) == MORNING
    assert beside(file, ".manifest").stat().st_mode & 0o777 == 0o600

    beside(file, ".keys").unlink()
    for end in ("", ".manifest"):
        beside(file, end).rename(beside(file.with_name("other"), end))

    assert check_manifest(file.with_name("other")) == MORNING


@pytest.mark.parametrize("end", ["", ".keys", ".manifest"])
def test_each_of_many_single_flipped_bits_is_refused(file: Path, end: str) -> None:
    path, chance = beside(file, end), random.Random(2)
    whole = path.read_bytes()

    for _ in range(70):
        damaged, place = bytearray(whole), chance.randrange(len(whole) * 8)
        damaged[place // 8] ^= 1 << place % 8
        path.write_bytes(damaged)
        with pytest.raises(CannotBackUp):
            check_manifest(file)

    path.write_bytes(whole)
    assert check_manifest(file) == MORNING


def test_an_older_backup_and_a_missing_one_are_told_apart(file: Path) -> None:
    file.unlink()
    with pytest.raises(CannotBackUp, match="is not there"):
        check_manifest(file)

    beside(file, ".manifest").unlink()
    with pytest.raises(NoManifest):
        check_manifest(file)
