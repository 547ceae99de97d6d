"""What is wrong now: the facts are gathered here, the rule is `domain.devices.troubles`."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from queue_server.domain.clinic.presence import is_anybody_calling
from queue_server.domain.devices.troubles import BackupFact, DiskFact, Facts, Trouble, what_is_wrong
from queue_server.services.clinic.backups import Backups
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.devices import device_rows, keeper_rows
from queue_server.storage.engine.store import Store

#: Disks are looked at so often; a desk asks what is wrong with every change of a queue.
LOOKED_EVERY = timedelta(seconds=20)


class Troubles:
    """What staff should see to, as it is when it is asked for."""

    def __init__(self, store: Store, queues: Snapshots, backups: Backups) -> None:
        self._store = store
        self._queues = queues
        self._backups = backups
        self._since: datetime | None = None
        self._looked: tuple[datetime, BackupFact, DiskFact | None] | None = None
        #: What was wrong when it was last looked at, at most some seconds ago.
        self.known: list[Trouble] = []

    async def now(self) -> list[Trouble]:
        """Everything that is wrong, the worst first."""
        self.known = what_is_wrong(await self.facts(), self._queues.now())
        return self.known

    async def facts(self) -> Facts:
        """How things stand."""
        queues, now = await self._queues.all(), self._queues.now()
        self._since = min(now, self._since or now)
        async with self._store.reading() as connection:
            devices = await device_rows.all_devices(connection)
            tasks = await keeper_rows.count_open_tasks(connection)
        backup, disk = await self._disks(now)
        return Facts(
            devices=devices,
            backup=backup,
            disk=disk,
            is_clock_wrong=self._queues.is_clock_wrong,
            is_working=any(queue.line or is_anybody_calling(queue) for queue in queues),
            listening_since=self._since,
            tasks=tasks,
        )

    async def _disks(self, now: datetime) -> tuple[BackupFact, DiskFact | None]:
        if self._looked is None or abs(now - self._looked[0]) >= LOOKED_EVERY:
            self._looked = now, await backup_fact(self._backups), self._disk()
        return self._looked[1:]

    def _disk(self) -> DiskFact | None:
        """The disk of an SQLite file; PostgreSQL's may be another machine's."""
        if self._store.is_postgres:
            return None
        usage = shutil.disk_usage(Path(str(self._store.url.database)).parent)
        return DiskFact(usage.free, usage.total)


async def backup_fact(backups: Backups) -> BackupFact:
    """How the backups stand."""
    status, is_key_copied = await backups.status(), await backups.is_key_copied()
    newest_at = status.newest.made_at if status.newest else None
    return BackupFact(is_expected=status.is_on, newest_at=newest_at, is_key_copied=is_key_copied)
