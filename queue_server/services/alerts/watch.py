"""Alerts that follow from time rather than from a press: soon, next, and a doctor who does not come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from queue_server import sources
from queue_server.domain.alerts.alerts import AlertKind, Channel, Contact, is_late, is_soon
from queue_server.domain.clinic.clinic import DepartmentQueue, Duty
from queue_server.domain.clinic.presence import Away, absence, is_anybody_calling
from queue_server.domain.queue.ordering import is_too_late
from queue_server.domain.queue.tokens import DutyState, QueueEntry, State
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.wording import STEP_MINUTES
from queue_server.services.alerts.causes import Causes, cause_of
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.waits.forecasts import Waits
from queue_server.sources import Source
from queue_server.storage.alerts import preference_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import queue_rows

logger = logging.getLogger(__name__)

#: Every department is judged this often even when nothing happens, because time passes; and never more often than
#: `LEAST_S` after one another, however fast presses follow.
TICK_S = 5.0
LEAST_S = 0.2


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody is to be told something now."""

    kind: AlertKind
    entry: QueueEntry
    contact: Contact
    data: dict[str, object]
    back_at: datetime | None = None


class AlertWatch:
    """Looks at the queues after each change and at each tick; only at those who want to be told something."""

    def __init__(
        self, store: Store, queues: Snapshots, waits: Waits, causes: Causes, channels: Collection[Channel]
    ) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._causes = causes
        self._channels = frozenset(channels) - {Channel.LIVE}
        self._changed: set[int] = set()
        self._wake = asyncio.Event()
        self._contacts: dict[int, dict[int, Contact]] = {}
        self._asked: dict[int, frozenset[int]] = {}
        self._choices_rev = -1
        self._told: set[tuple[AlertKind, int]] = set()
        self._day: date | None = None

    def changed(self, changed: Iterable[Source]) -> None:
        """These sources have changed: their departments are judged in a moment."""
        for source in changed:
            department_id = sources.department_of(source)
            if department_id is not None:
                self._changed.add(department_id)
                self._wake.set()
            elif source == sources.ALERT_CHOICES:
                self._changed.update(self._asked)
                self._wake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside, whoever wants to be told is told in time."""
        if not self._channels:
            yield
            return
        task = asyncio.create_task(self._run(), name="alert watch")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(TICK_S):
                    await self._wake.wait()
                changed, self._changed = self._changed, set()
            except TimeoutError:
                changed = set()
            self._wake.clear()
            try:
                await self.judge(changed or None)
            except Exception:
                logger.exception("The queues could not be judged.")
            await asyncio.sleep(LEAST_S)

    async def judge(self, department_ids: Collection[int] | None = None) -> int:
        """Write the alerts that these departments (none: all) make due now; returns how many messages are new."""
        await self._begin_day()
        known = [department.id for department in await self._queues.departments()]
        chosen = known if department_ids is None else [one for one in known if one in department_ids]
        return sum([await self._judge(await self._queues.of(department_id)) for department_id in chosen])

    async def _begin_day(self) -> None:
        day = await self._queues.day()
        if day != self._day:
            self._day = day
            self._told.clear()
            self._contacts.clear()
            self._asked.clear()

    async def _judge(self, queue: DepartmentQueue) -> int:
        waiting = {entry.token_id: entry for entry in queue.entries if entry.state is State.WAITING}
        contacts = await self._contacts_of(queue.department.id, frozenset(waiting))
        if not contacts:
            return 0
        due = await self._due(queue, waiting, contacts)
        if not due:
            return 0
        async with self._store.transaction() as work:
            told = 0
            for one in due:
                # Somebody may have been called since the queue was looked at.
                entry = await queue_rows.newest_entry(work.connection, one.entry.token_id)
                if entry.id != one.entry.id or entry.state is not State.WAITING:
                    continue
                if one.kind is AlertKind.DELAYED:
                    told += await self._causes.tell_delay(work, one.contact, entry, one.back_at)
                else:
                    cause = cause_of(one.kind, entry, work.now, await self._queues.clinic())
                    told += await self._causes.tell(work, one.kind, one.contact, cause, one.data)
        self._told.update((one.kind, one.entry.id) for one in due)
        return told

    async def _contacts_of(self, department_id: int, token_ids: frozenset[int]) -> dict[int, Contact]:
        """Those of the tokens whose holders want to be told; read again only when somebody new could be among them."""
        rev = self._queues.rev_of(sources.ALERT_CHOICES)
        if rev != self._choices_rev:
            self._contacts.clear()
            self._asked.clear()
            self._choices_rev = rev
        asked = self._asked.get(department_id, frozenset())
        if new := token_ids - asked:
            async with self._store.reading() as connection:
                found = await preference_rows.contacts(connection, new, self._channels)
            self._contacts.setdefault(department_id, {}).update(found)
        kept = self._contacts.get(department_id, {})
        for gone in kept.keys() - token_ids:
            del kept[gone]
        self._asked[department_id] = token_ids
        return kept

    async def _due(
        self, queue: DepartmentQueue, waiting: dict[int, QueueEntry], contacts: dict[int, Contact]
    ) -> list[Due]:
        due: list[Due] = []
        order, waits = queue.ahead, await self._waits.fresh(queue, contacts)
        rules, now = queue.department.rules, self._queues.now()
        late, away = late_doctors(queue, now), absence(queue, now)
        is_calling, is_overdue = is_anybody_calling(queue), away is not None and away.why is Away.LATE
        for token_id, contact in contacts.items():
            entry, ahead, wait = waiting[token_id], order[token_id], waits.get(token_id)
            if is_too_late(entry, rules, now):
                continue
            told = {} if entry.is_here else {"must_arrive": True}
            if is_calling and ahead == 0:
                due.append(Due(AlertKind.NEXT, entry, contact, {**told}))
            elif (AlertKind.NEXT, entry.id) in self._told:
                pass
            elif not is_overdue and is_soon(contact.wish, wait, ahead, is_calling=is_calling):
                due.append(Due(AlertKind.SOON, entry, contact, _soon(contact, wait, ahead) | told))
            doctor = next((duty for duty in late if entry.for_doctor_id in {None, duty.doctor_id}), None)
            if doctor is not None and (not is_calling or entry.for_doctor_id is not None):
                due.append(Due(AlertKind.DELAYED, entry, contact, {}, doctor.back_at))
        return [one for one in due if (one.kind, one.entry.id) not in self._told]


def late_doctors(queue: DepartmentQueue, now: datetime) -> list[Duty]:
    """The doctors whose announced time has passed by more than twenty minutes, and who are not there."""
    away = {DutyState.EXPECTED, DutyState.ON_BREAK}
    return [duty for duty in queue.duties if duty.state in away and is_late(duty.back_at, now)]


def _soon(contact: Contact, wait: Wait | None, ahead: int) -> dict[str, object]:
    if contact.wish.ahead is not None or wait is None:
        return {"ahead": ahead}
    steps = round(wait.likely_s / 60 / STEP_MINUTES)
    return {"minutes": max(steps, 1) * STEP_MINUTES}
