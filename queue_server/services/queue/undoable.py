"""Changes to entries within one transaction, journalled and remembered for an undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Duty, Room, Undo
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import Action, QueueEntry
from queue_server.services.queue.duties import end_break
from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import queue_rows, undo_rows


@dataclass(frozen=True, slots=True)
class Change:
    """What an action does to an entry; the journal notes `data` besides."""

    before: QueueEntry
    after: QueueEntry
    action: Action
    data: Mapping[str, object] = field(default_factory=dict)


class UndoableChanges:
    """What one press does to entries: each is saved, journalled, and can be taken back together with the others."""

    def __init__(self, work: Transaction, by: Actor) -> None:
        self.work = work
        self.by = by
        self._before: dict[int, QueueEntry] = {}
        self._versions: dict[int, int] = {}
        self._made: list[int] = []
        self._calls: list[int] = []
        self._ended_break: Duty | None = None

    async def save(self, before: QueueEntry, after: QueueEntry, action: Action, **data: object) -> None:
        """The entry is stored as `after`, and the journal says that `action` was done."""
        await self.save_all([Change(before, after, action, data)])

    async def save_all(self, changes: Sequence[Change]) -> None:
        """The same of several entries, in this order."""
        self._saved(changes, await queue_rows.save_entries(self.work, [change.after for change in changes]))

    async def save_and_call(self, changes: Sequence[Change], room: Room) -> None:
        """The same, and the last one's number is called to the room. An undo withdraws the call."""
        entries = [change.after for change in changes]
        versions, call_id = await queue_rows.save_and_call(self.work, entries, room)
        self._calls.append(call_id)
        *others, called = changes
        self._saved([*others, replace(called, data={"room": room.code, "call_id": call_id, **called.data})], versions)

    def made(self, entry_id: int) -> None:
        """The press has made this entry; an undo unmakes it."""
        self._made.append(entry_id)
        self._versions[entry_id] = 1

    async def end_break(self, room: Room, duty: Duty | None) -> None:
        """Whoever was on a break in the room and calls from it is back; an undo resumes the break."""
        self._ended_break = await end_break(self.work, room, duty, self.by)

    def record(self, entry: QueueEntry, action: str, **data: object) -> None:
        """The journal says that `action` was done to the entry; the department's views are touched."""
        more = {"number": entry.number, "state": entry.state, **data, **({} if entry.is_here else {"is_here": False})}
        self.work.record(Event(action, self.work.now, str(self.by), entry.token_id, entry.department_id, more))

    def allow_undo(self, room_id: int | None, action: Action, number: str) -> None:
        """For a few seconds the room can take all of this back. Without a room nobody is there to do so."""
        if room_id is not None:
            before = tuple(self._before.values())
            made, calls = tuple(self._made), tuple(self._calls)
            undo_rows.save(
                self.work,
                room_id,
                Undo(action, number, self.work.now, before, self._versions, made, calls, self._ended_break),
            )

    def _saved(self, changes: Iterable[Change], versions: Iterable[int]) -> None:
        for change, version in zip(changes, versions, strict=True):
            self._before.setdefault(change.before.id, change.before)
            self._versions[change.after.id] = version
            self.record(change.after, change.action, **change.data)
