"""A folder of backups that the server has made by itself. Files of other names in it are nobody's business here."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from queue_server.storage.engine.backup import CannotBackUp, synced
from queue_server.storage.engine.backup_manifest import PARTS, beside, check_manifest, glance

_NAME = re.compile(r"queue-\d{8}-\d{6}\.backup")

#: What a disk keeps free at least, in bytes, for everything but backups.
SPARE = 200_000_000


@dataclass(frozen=True, slots=True, order=True)
class Backup:
    """A whole backup: when it was made, where it lies, and how large it is, in bytes."""

    made_at: datetime
    file: Path
    size: int


def name_at(moment: datetime) -> str:
    """The file name of a backup that is made at this moment; every file system takes it."""
    return f"queue-{moment.astimezone(UTC):%Y%m%d-%H%M%S}.backup"


def backups_in(folder: Path) -> list[Backup]:
    """The whole backups, oldest first; what is not whole is left out. Raises `OSError`."""
    found = []
    for file in folder.iterdir() if folder.is_dir() else ():
        if _NAME.fullmatch(file.name):
            with suppress(CannotBackUp):
                found.append(Backup(glance(file), file, file.stat().st_size))
    return sorted(found)


def has_room(folder: Path, size: int) -> bool:
    """Whether the disk has room for so many bytes and what it shall keep free."""
    return shutil.disk_usage(folder).free >= size + SPARE


def copy_into(folder: Path, backup: Backup) -> Backup:
    """The folder, which is made if need be, has the same backup; it was read again from there.

    Raises `CannotBackUp` and `OSError`; then no part of it is left.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / backup.file.name
    try:
        # The manifest comes last: without it a backup is not counted.
        for end in (*PARTS, ".manifest"):
            if beside(backup.file, end).exists():
                _copy(beside(backup.file, end), beside(file, end))
        check_manifest(file)
    except (OSError, CannotBackUp):
        remove(file)
        raise
    _settle(folder)
    return Backup(backup.made_at, file, backup.size)


def remove(file: Path) -> None:
    """The backup is gone with all its parts."""
    for end in (".manifest", *PARTS):
        with suppress(OSError):
            beside(file, end).unlink()


def keep_only(backups: Collection[Backup], stay: Collection[datetime]) -> None:
    """Those of other moments are gone."""
    for backup in backups:
        if backup.made_at not in stay:
            remove(backup.file)


def clear_unfinished(folder: Path) -> None:
    """What was begun and never finished is gone. Nobody may be making a backup there."""
    for left in folder.glob(".queue-*.new"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Inside, no other process makes backups here; false when one does. The folder is made if need be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _copy(source: Path, target: Path) -> None:
    """A copy (mode 0600) that lies on the disk, and whose next reader gets it from there."""
    new = target.with_name(f".{target.name}.new")
    try:
        with source.open("rb") as read, os.fdopen(os.open(new, _NEW, 0o600), "wb") as written:
            shutil.copyfileobj(read, written, 1 << 20)
        synced(new)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)
    with target.open("rb") as copied:
        os.posix_fadvise(copied.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _settle(folder: Path) -> None:
    """The folder's list of names lies on the disk, too, so that the stick may be pulled out."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
