"""Entering afterwards what was done by voice while the server was away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Room
from queue_server.domain.queue.afterwards import MARK, Line, Sheet, checked, entered
from queue_server.domain.queue.tokens import Action, QueueEntry
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.queue.transfers import go_back
from queue_server.services.queue.undoable import UndoableChanges
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import duty_rows, queue_rows
from queue_server.storage.queue.idempotency_rows import once


class Afterwards:
    """A whole sheet is one transaction. Nothing of it is called, judged as a wait, or told to a patient."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues

    async def check(self, lines: Sequence[Line], *, only: Collection[str] = (), room_code: str | None = None) -> Sheet:
        """What the lines mean and what is wrong with them, as the queues stand now.

        `only`: the codes of the departments that are the asker's business, none: all. A console enters what happened
        in its room, `room_code`, to patients of its department. Raises `UnknownRoom`.
        """
        async with self._store.reading() as connection:
            room = await clinic_rows.room(connection, room_code) if room_code else None
            today = await queue_rows.entries_of_day(connection, await self._queues.day())
        return checked(lines, _business(today, await self._departments(only, room)), room.id if room else None)

    async def enter(
        self,
        lines: Sequence[Line],
        *,
        by: Actor,
        only: Collection[str] = (),
        room_code: str | None = None,
        key: str | None = None,
    ) -> Sheet:
        """Everything on the sheet is done and journalled, or, if anything is wrong with it, nothing.

        The rest is as in `check`. A console's room can take all of it back together, as any press. The same `key`
        does it once; a repetition gets an empty sheet. Raises `UnknownRoom`, `KeyReused`.
        """
        asked = {"lines": [[line.number, line.action] for line in lines], "room": room_code}
        day = await self._queues.day()
        async with self._store.transaction() as work, once(work, f"afterwards:{by}", key, asked) as this:
            if this.is_repeated:
                return Sheet()
            room = await clinic_rows.room(work.connection, room_code) if room_code else None
            departments = await self._departments(only, room)
            await clinic_rows.lock_departments(work, sorted(departments))
            today = _business(await queue_rows.entries_of_day(work.connection, day), departments)
            sheet = checked(lines, today, room.id if room else None)
            if not sheet.mistakes:
                await self._enter(UndoableChanges(work, by), sheet, room, day)
        return sheet

    async def _enter(self, changes: UndoableChanges, sheet: Sheet, room: Room | None, day: date) -> None:
        work = changes.work
        duties = await duty_rows.duties(work.connection, [room.id]) if room else []
        doctor_id = next((duty.doctor_id for duty in duties), None)
        for entry, action in sheet.done:
            after = entered(entry, action, work.now, room_id=room.id if room else None, doctor_id=doctor_id)
            await enter(changes, entry, after, action, day)
        if sheet.done:
            (first, action), *_ = sheet.done
            changes.allow_undo(room.id if room else None, action, first.number)

    async def _departments(self, only: Collection[str], room: Room | None) -> set[int]:
        known = await self._queues.departments()
        wanted = {one.id for one in known if not only or one.code in only}
        return wanted & {room.department_id} if room else wanted


async def enter(changes: UndoableChanges, before: QueueEntry, after: QueueEntry, action: Action, day: date) -> None:
    """The entry is stored as `after`, and the journal says that this was entered afterwards.

    Whoever was attended and is to come back to a room waits there again.
    """
    await changes.save(before, after, action, **{MARK: True})
    if action is Action.ATTEND and after.return_to is not None:
        await go_back(changes, after, day)


def _business(today: Sequence[QueueEntry], departments: Collection[int]) -> list[QueueEntry]:
    return [entry for entry in today if entry.department_id in departments]
