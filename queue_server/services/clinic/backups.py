"""Backups that the server makes by itself, on its own disk and on others; and how they stand."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import partial
from pathlib import Path

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.clinic import backup_plan
from queue_server.domain.clinic.backup_plan import Complaint
from queue_server.domain.errors import KeyMissing
from queue_server.domain.queue.events import Event
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.backup import CannotBackUp
from queue_server.storage.engine.backup_folder import (
    Backup,
    alone_in,
    backups_in,
    clear_unfinished,
    copy_into,
    has_room,
    keep_only,
    name_at,
)
from queue_server.storage.engine.mounts import mount_of
from queue_server.storage.engine.store import Store
from queue_server.storage.records.backup_files import new_recovery_key, write_backup
from queue_server.storage.records.keyring import BadKeys, Keyring

logger = logging.getLogger(__name__)

#: The label of the sticks that backups go to, and the folder on them.
STICK_LABEL = "QBACKUP"
STICK_FOLDER = "smart-queue"

#: What has failed is tried again after this.
TRY_AGAIN_AFTER = timedelta(minutes=10)

#: The setting with the ids of the documents' keys of which somebody has made a copy.
_KEYS_COPIED = "document_keys_copied"

#: The setting with the recipient for whose recovery key backups are encrypted.
_RECIPIENT = "backup_recipient"


class Place(StrEnum):
    """Where backups lie."""

    OWN = "own"
    SECOND = "second"
    STICK = "stick"


@dataclass(frozen=True, slots=True)
class BackupPlaces:
    """`own`: the folder on the server's disk; none when the server makes no backups. `second`: one on another disk.
    `every`: how often. `root`: where `dev` and `proc` lie, by which sticks are found. `disk_of` tells on which disk a
    folder lies."""

    own: Path | None = None
    second: Path | None = None
    every: timedelta = timedelta(hours=1)
    root: Path = Path("/")
    disk_of: Callable[[Path], int] = lambda folder: folder.stat().st_dev


@dataclass(frozen=True, slots=True)
class PlaceStatus:
    """How one place stands. `folder`: none when the disk or stick is not there. `is_apart`: it is another disk than
    the server's own. `problem`: why the last copy has failed, empty when it has not."""

    place: Place
    folder: Path | None
    newest: Backup | None
    is_apart: bool
    problem: str


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """How the backups stand. `newest`: the newest whole one, wherever it lies; none when there is none."""

    is_on: bool
    newest: Backup | None
    places: list[PlaceStatus]
    complaints: list[Complaint]


class Backups:
    """`keep` is called every minute or so, by each process; one of them works. Nobody waits for it."""

    def __init__(self, store: Store, queues: Snapshots, keys: Keyring, places: BackupPlaces) -> None:
        self._store = store
        self._queues = queues
        self._keys = keys
        self._places = places
        self._problems: dict[Place, tuple[datetime, str]] = {}

    async def keep(self) -> None:
        """A backup is made if one is due, each disk that is there has the newest one, and old ones are gone.

        Nothing is thrown away while the clock is doubted. What fails is logged, told by `status`, and tried again.
        """
        if self._places.own is None:
            return
        zone = None if self._store.clock.is_doubted() else (await self._queues.clinic()).zone
        await asyncio.to_thread(self._keep, self._places.own, self._now(), zone, await self._recipient())

    async def write(self, file: Path, *, with_keys: bool) -> bool:
        """`file` is a new backup; returns whether it has the documents' keys, too. Raises as `write_backup` does."""
        recipient = await self._recipient()
        now, url = self._store.clock.machine.now(), self._store.url
        await asyncio.to_thread(write_backup, url, file, now, self._keys, recipient, with_keys=with_keys)
        if with_keys and not recipient:
            await self.keys_were_copied()
        return with_keys or bool(recipient)

    async def make_recovery_key(self) -> str:
        """Backups are encrypted from now on, with the documents' keys in them; only the returned key opens them.

        It is kept nowhere here.
        """
        secret, recipient = new_recovery_key()
        async with self._store.transaction() as work:
            await setting_rows.save_setting(work, _RECIPIENT, recipient)
            work.record(Event("recovery_key_made", work.now, str(SYSTEM), data={"recipient": recipient}))
        return secret

    async def newest_good(self) -> Backup | None:
        """The newest whole backup, on whichever disk; none when there is none."""
        return (await self.status()).newest

    async def status(self) -> BackupStatus:
        """How the backups stand, as the disks say that are there."""
        if self._places.own is None:
            return BackupStatus(is_on=False, newest=None, places=[], complaints=[])
        now, is_copied = self._now(), await self.is_key_copied()
        return await asyncio.to_thread(self._status, self._places.own, now, is_copied)

    async def is_key_copied(self) -> bool:
        """Whether the documents' keys as they are now are somewhere else, too: copied, or in encrypted backups."""
        if self._keys.path is None or await self._recipient():
            return True
        async with self._store.reading() as connection:
            copied = await setting_rows.setting(connection, _KEYS_COPIED)
        return set(self._keys.ids()) <= set(copied if isinstance(copied, list) else [])

    async def keys_were_copied(self) -> None:
        """Somebody has a copy of the documents' keys from now on."""
        async with self._store.transaction() as work:
            ids = list(self._keys.ids())
            await setting_rows.save_setting(work, _KEYS_COPIED, ids)
            work.record(Event("keys_copied", work.now, str(SYSTEM), data={"keys": ids}))

    async def _recipient(self) -> str:
        async with self._store.reading() as connection:
            return str(await setting_rows.setting(connection, _RECIPIENT) or "")

    def _now(self) -> datetime:
        return self._store.clock.now().replace(microsecond=0)

    def _keep(self, own: Path, now: datetime, zone: tzinfo | None, recipient: str) -> None:
        """`zone`: by whose days old backups are thrown away; none when they all stay."""
        try:
            with alone_in(own) as is_alone:
                if is_alone:
                    self._do(Place.OWN, now, partial(self._make, own, now, zone, recipient))
                    for place, folder in self._others():
                        self._do(place, now, partial(self._copy, own, folder, now, zone))
        except OSError as error:
            self._failed(Place.OWN, now, error)

    def _do(self, place: Place, now: datetime, work: Callable[[], None]) -> None:
        """Unless it has failed a moment ago. What has failed here may have been done by another process since."""
        failed_at, _ = self._problems.get(place, (None, ""))
        if failed_at and timedelta(0) <= now - failed_at < TRY_AGAIN_AFTER:
            return
        try:
            work()
            self._problems.pop(place, None)
        except (CannotBackUp, BadKeys, KeyMissing, OSError) as error:
            self._failed(place, now, error)

    def _failed(self, place: Place, now: datetime, error: Exception) -> None:
        logger.warning("No backup (%s): %s", place, error)
        self._problems[place] = (now, str(error))

    def _make(self, own: Path, now: datetime, zone: tzinfo | None, recipient: str) -> None:
        there = backups_in(own)
        if not backup_plan.is_due(now, [backup.made_at for backup in there], self._places.every):
            return
        clear_unfinished(own)
        self._make_room(own, 2 * self._size(there), zone)
        write_backup(self._store.url, own / name_at(now), now, self._keys, recipient)
        _thin_out(own, zone)

    def _copy(self, own: Path, folder: Path, now: datetime, zone: tzinfo | None) -> None:
        newest = _newest(now, backups_in(own))
        if newest is None or newest.made_at in {backup.made_at for backup in backups_in(folder)}:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        clear_unfinished(folder)
        self._make_room(folder, newest.size, zone)
        copy_into(folder, newest)
        _thin_out(folder, zone)

    def _make_room(self, folder: Path, size: int, zone: tzinfo | None) -> None:
        """Raises `CannotBackUp` where the disk has no room, even when only a few backups stay."""
        if not has_room(folder, size):
            _thin_out(folder, zone, backup_plan.FEW_HOURS, backup_plan.FEW_DAYS)
        if not has_room(folder, size):
            raise CannotBackUp(f"The disk of {folder} is full.")

    def _size(self, there: list[Backup]) -> int:
        """About what the next backup needs, in bytes."""
        path = None if self._store.is_postgres else Path(str(self._store.url.database))
        return path.stat().st_size if path and path.exists() else max((backup.size for backup in there), default=0)

    def _others(self) -> Iterator[tuple[Place, Path]]:
        """Where else backups go, as far as it is there: nothing is written where a disk only should be."""
        if self._places.second is not None and self._places.second.is_dir():
            yield Place.SECOND, self._places.second
        stick = mount_of(STICK_LABEL, self._places.root)
        if stick is not None and stick.is_dir():
            yield Place.STICK, stick / STICK_FOLDER

    def _status(self, own: Path, now: datetime, is_key_copied: bool) -> BackupStatus:
        there = {Place.OWN: own} | dict(self._others())
        wanted = [Place.OWN, *([Place.SECOND] if self._places.second else []), Place.STICK]
        places = [self._place(place, there.get(place), own, now) for place in wanted]
        found = [status.newest for status in places if status.newest]
        newest = _newest(now, found)
        told = backup_plan.complaints(
            now,
            newest.made_at if newest else None,
            has_failed=any(status.problem for status in places),
            is_key_copied=is_key_copied,
            is_elsewhere=any(
                status.is_apart and status.newest and now - status.newest.made_at <= timedelta(days=1)
                for status in places
            ),
        )
        return BackupStatus(is_on=True, newest=newest, places=places, complaints=told)

    def _place(self, place: Place, folder: Path | None, own: Path, now: datetime) -> PlaceStatus:
        _, problem = self._problems.get(place, (now, ""))
        try:
            newest = _newest(now, backups_in(folder)) if folder else None
            is_apart = newest is not None and self._places.disk_of(newest.file.parent) != self._places.disk_of(own)
        except OSError as error:
            return PlaceStatus(place, None, None, is_apart=False, problem=problem or str(error))
        return PlaceStatus(place, folder, newest, is_apart, problem if folder else "")


def _newest(now: datetime, backups: list[Backup]) -> Backup | None:
    moment = backup_plan.newest(now, [backup.made_at for backup in backups])
    return next((backup for backup in backups if backup.made_at == moment), None)


def _thin_out(folder: Path, zone: tzinfo | None, hours: int = backup_plan.HOURS, days: int = backup_plan.DAYS) -> None:
    if zone is not None:
        there = backups_in(folder)
        keep_only(there, backup_plan.kept([backup.made_at for backup in there], zone, hours, days))
