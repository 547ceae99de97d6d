"""What the end of a service day leaves behind."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from queue_server import sources
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.queue.numbering import day_ends_at
from queue_server.domain.queue.tokens import Action
from queue_server.domain.queue.transitions import act
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.queue.undoable import UndoableChanges
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import duty_rows, idempotency_rows, queue_rows

#: How long the answer to a repeated request is remembered.
ANSWERS_KEPT = timedelta(days=2)


class DayEnd:
    """Run every minute and at start, so that a server which slept through the night catches up."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues

    async def expire_leftovers(self) -> int:
        """Whoever is left from earlier service days is expired, and their duties are over; returns how many.

        While the clock is doubted nothing happens.
        """
        if self._store.clock.is_doubted():
            return 0
        day = await self._queues.day()
        setting = await self._queues.clinic()
        began = day_ends_at(day - timedelta(days=1), setting.zone, setting.roll_over)
        if not await self._has_leftovers(day, began):
            return 0
        async with self._store.transaction() as work:
            departments = await clinic_rows.departments(work.connection)
            await clinic_rows.lock_departments(work, [department.id for department in departments])
            left = await queue_rows.entries_before(work.connection, day)
            changes = UndoableChanges(work, SYSTEM)
            for entry in left:
                await changes.save(entry, act(entry, Action.EXPIRE, work.now), Action.EXPIRE)
            await duty_rows.end_before(work, began)
            await idempotency_rows.delete_before(work, work.now - ANSWERS_KEPT)
            for department in departments:
                work.touch(sources.department(department.id))
        return len(left)

    async def _has_leftovers(self, day: date, began: datetime) -> bool:
        async with self._store.reading() as connection:
            if any(duty.since_at < began for duty in await duty_rows.duties(connection)):
                return True
            return bool(await queue_rows.entries_before(connection, day))
