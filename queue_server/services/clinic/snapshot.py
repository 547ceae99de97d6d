"""Every department as it stands, read once per change and shared by all views."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server import sources
from queue_server.domain.clinic.clinic import Clinic, Department, DepartmentQueue, Order, Room
from queue_server.domain.clinic.configuration import DisplayPlan
from queue_server.domain.clinic.roster import Shift, with_ends
from queue_server.domain.errors import UnknownBoard, UnknownDepartment, UnknownRoom
from queue_server.domain.queue.numbering import day_ends_at, service_day
from queue_server.domain.queue.tokens import QueueEntry
from queue_server.services.clinic.quotas import given_out
from queue_server.sources import Source
from queue_server.storage.clinic import clinic_rows, configuration_rows
from queue_server.storage.engine.group_commit import EntriesChanged
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import around_rows, queue_rows
from queue_server.storage.queue.queue_rows import KnownEntries

#: Calls younger than this are announced by a display that missed them.
ANNOUNCED_WITHIN = timedelta(minutes=2)
#: So many revisions that nobody has looked at are kept apart; then everybody is looked at again.
_MANY_REVISIONS = 64


@dataclass(slots=True)
class KnownLine:
    """A department's entries as they were looked at, at the revision `rev`; and later revisions with what changed."""

    day: date
    rev: int
    entries: KnownEntries
    order: Order
    changed: dict[int, frozenset[int]] = field(default_factory=dict)

    def changed_until(self, rev: int) -> frozenset[int] | None:
        """Which entries differ at that revision; none where this was not heard of each one in between."""
        between = range(self.rev + 1, rev + 1)
        if rev < self.rev or len(between) > len(self.changed) or not all(one in self.changed for one in between):
            return None
        return frozenset().union(*(self.changed[one] for one in between))


class Snapshots:
    """The newest known state of each department. `changed` must hear of every commit, of any process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rooms: list[Room] | None = None
        self._departments: list[Department] | None = None
        self._clinic: Clinic | None = None
        self._shifts: list[Shift] | None = None
        self._name = ""
        self._languages: tuple[str, ...] = ()
        self._displays: dict[str, DisplayPlan] | None = None
        self._queues: dict[int, tuple[int, date, DepartmentQueue]] = {}
        self._lines: dict[int, KnownLine] = {}
        self._changes: defaultdict[int, int] = defaultdict(int)
        self._revs: dict[Source, int] = {}
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def changed(self, changed: Mapping[Source, int]) -> None:
        """These sources have these revisions now; what was read before is no longer used."""
        for source, rev in changed.items():
            self._revs[source] = max(rev, self._revs.get(source, 0))
            department_id = sources.department_of(source)
            if department_id is not None:
                self._changes[department_id] += 1
            elif source == sources.CLINIC:
                self.forget()

    def forget(self) -> None:
        """Everything is read again when it is next asked for."""
        self._clinic = self._departments = self._rooms = self._displays = self._shifts = None
        self._queues.clear()
        for department_id in self._changes:
            self._changes[department_id] += 1

    def rev(self) -> int:
        """A number that grows with every change of anything shown; the same in every process that has heard of it."""
        return sum(self._revs.values())

    def rev_of(self, source: Source) -> int:
        """The newest revision of the source that was heard of."""
        return self._revs.get(source, 0)

    def knows(self, source: Source, rev: int) -> bool:
        """Whether this revision of the source was already heard of."""
        return self.rev_of(source) >= rev

    async def clinic(self) -> Clinic:
        """The clinic's settings."""
        if self._clinic is None:
            async with self._store.reading() as connection:
                self._clinic = await clinic_rows.clinic(connection)
            self._name, self._languages = self._clinic.name, self._clinic.languages
        return self._clinic

    def clinic_name(self) -> str:
        """The clinic's name as it was last read."""
        return self._name

    def clinic_languages(self) -> tuple[str, ...]:
        """The clinic's languages as they were last read, the first one first; none before that."""
        return self._languages

    async def display(self, name: str) -> DisplayPlan:
        """How this display looks and sounds. Raises `UnknownBoard`."""
        if self._displays is None:
            async with self._store.reading() as connection:
                self._displays = await configuration_rows.displays(connection)
        if name not in self._displays:
            raise UnknownBoard(name)
        return self._displays[name]

    async def departments(self) -> list[Department]:
        """All departments in the order in which they are shown."""
        if self._departments is None:
            async with self._store.reading() as connection:
                self._departments = await clinic_rows.departments(connection)
        return self._departments

    async def rooms(self) -> list[Room]:
        """All rooms."""
        if self._rooms is None:
            async with self._store.reading() as connection:
                self._rooms = await clinic_rows.rooms(connection)
        return self._rooms

    async def room_names(self) -> dict[str, dict[str, str]]:
        """Code → names, by language, of the rooms that have one."""
        return {room.code: dict(room.names) for room in await self.rooms() if room.names}

    async def _roster(self) -> list[Shift]:
        if self._shifts is None:
            async with self._store.reading() as connection:
                self._shifts = await configuration_rows.roster(connection)
        return self._shifts

    async def department(self, code: str) -> Department:
        """The department with this code. Raises `UnknownDepartment`."""
        for department in await self.departments():
            if department.code == code:
                return department
        raise UnknownDepartment(code)

    async def room(self, code: str) -> Room:
        """The room with this code. Raises `UnknownRoom`."""
        for room in await self.rooms():
            if room.code == code:
                return room
        raise UnknownRoom(code)

    async def department_id(self, code: str) -> int | None:
        """Of which department this code is, as far as this process has heard; none when it has not heard of it."""
        return next((one.id for one in await self.departments() if one.code == code), None)

    async def department_of_room(self, code: str) -> int | None:
        """The same of a room's code."""
        return next((one.department_id for one in await self.rooms() if one.code == code), None)

    async def day(self) -> date:
        """The clinic's present service day."""
        clinic = await self.clinic()
        return service_day(self._store.clock.now(), clinic.zone, clinic.roll_over)

    async def all(self) -> list[DepartmentQueue]:
        """Every department as it stands, all at one moment: a later call is never there without an earlier one."""
        while True:
            changes = dict(self._changes)
            read = [await self.of(department.id) for department in await self.departments()]
            if all(self._changes[department_id] == count for department_id, count in changes.items()):
                return read

    async def of(self, department_id: int) -> DepartmentQueue:
        """The department as it stands after every change that this process has heard of."""
        day = await self.day()
        async with self._locks[department_id]:
            kept = self._queues.get(department_id)
            change = self._changes[department_id]
            if kept is not None and kept[:2] == (change, day):
                return kept[2]
            queue = await self._read(department_id, day)
            self._queues[department_id] = (change, day, queue)
            return queue

    def coming_back(self, rooms: Iterable[Room]) -> list[QueueEntry]:
        """Whoever is at another department, as far as that was looked at, and comes back to one of these rooms."""
        ids = {room.id for room in rooms}
        return [entry for _, _, queue in self._queues.values() for entry in queue.sent if entry.return_to in ids]

    async def _read(self, department_id: int, day: date) -> DepartmentQueue:
        clinic = await self.clinic()
        now = self._store.clock.now()
        day_began = day_ends_at(day - timedelta(days=1), clinic.zone, clinic.roll_over)
        department = next((known for known in await self.departments() if known.id == department_id), None)
        if department is None:
            raise UnknownDepartment(str(department_id))
        rooms = [room for room in await self.rooms() if room.department_id == department_id]
        room_ids = {room.id for room in rooms}
        shifts = await self._roster()
        rev = self.rev_of(sources.department(department_id))
        async with self._store.reading() as connection:
            around = await around_rows.around_line(connection, department_id, day_began, now - ANNOUNCED_WITHIN)
            line = await self._look(connection, department_id, day, around.rev)
            return DepartmentQueue(
                department=department,
                rev=rev,
                entries=tuple([known.entry for known in line.entries.values()]),
                known=line.order,
                calls=tuple(around.calls),
                rooms=tuple(rooms),
                duties=tuple(
                    with_ends((one for one in around.duties if one.room_id in room_ids), shifts, now, clinic.zone)
                ),
                undos=tuple(one for one in around.undos if one.room_id in room_ids),
                issued=await given_out(connection, department, day),
            )

    async def live(self, connection: AsyncConnection, department_id: int, day: date) -> list[QueueEntry]:
        """The department's entries as they stand in this transaction."""
        found = await queue_rows.live_entries(connection, department_id, day, self._known(department_id))
        return [known.entry for known in found.values()]

    def entries_changed(self, change: EntriesChanged) -> None:
        """A commit, of this process or of one that tells, has changed these entries: the line is known but for them.

        Unless somebody who kept no list has changed it in between: then a revision is missing, and everybody in it is
        looked at again.
        """
        line = self._lines.get(change.department_id)
        if line is not None and change.rev > line.rev:
            if len(line.changed) >= _MANY_REVISIONS:
                line.changed.clear()
            line.changed[change.rev] = change.ids

    async def _look(self, connection: AsyncConnection, department_id: int, day: date, rev: int) -> KnownLine:
        """The department's entries, as they are committed at this revision."""
        line = self._lines.get(department_id)
        changed = line.changed_until(rev) if line is not None and line.day == day else None
        entries = await queue_rows.live_entries(connection, department_id, day, self._known(department_id), changed)
        if line is None or changed is None:
            order = Order.of([known.entry for known in entries.values()])
        else:
            gone, come = ([of[one].entry for one in changed if one in of] for of in (line.entries, entries))
            order = line.order.after(gone, come)
        # While PostgreSQL answered, later commits may have been noted.
        later = {one: ids for one, ids in line.changed.items() if one > rev} if line is not None else {}
        self._lines[department_id] = looked = KnownLine(day, rev, entries, order, later)
        return looked

    def _known(self, department_id: int) -> KnownEntries:
        """The department's entries as they were last committed and looked at."""
        line = self._lines.get(department_id)
        return line.entries if line is not None else queue_rows.NOTHING_KNOWN

    def now(self) -> datetime:
        """The clinic's clock."""
        return self._store.clock.now()

    @property
    def is_clock_wrong(self) -> bool:
        """Whether the machine's clock is behind the journal."""
        return self._store.clock.is_wrong
