"""What a doctor or nurse does with the queue: call, finish, miss, hold, and take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Duty, Room, Undo
from queue_server.domain.errors import BadInput, ChangedMeanwhile, IllegalTransition, NothingToUndo
from queue_server.domain.queue.afterwards import MARK, entered
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.ordering import after_the_next, in_order, is_too_late
from queue_server.domain.queue.tokens import Action, QueueEntry, State
from queue_server.domain.queue.transitions import act, check_undo, making_room
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.queue.afterwards import enter
from queue_server.services.queue.duties import resume_break
from queue_server.services.queue.token_versions import check_version
from queue_server.services.queue.transfers import go_back, transfer
from queue_server.services.queue.undoable import Change, UndoableChanges
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.engine.together import together
from queue_server.storage.queue import duty_rows, queue_rows, undo_rows
from queue_server.storage.queue.idempotency_rows import once

#: `expected` of a caller that does not say whom it believes to be in the room.
ANYBODY: Final = -1

#: The actions that `Calling.act` does; `call`, `transfer` and `undo` have calls of their own.
SIMPLE = frozenset(
    {
        *(Action.ARRIVE, Action.START, Action.ATTEND, Action.MISS, Action.REQUEUE, Action.HOLD, Action.RESUME),
        *(Action.CANCEL, Action.EXPIRE),
    }
)


@dataclass(frozen=True, slots=True)
class Press:
    """A press that brings somebody to the room. `is_chosen`: another patient was next.

    `in_turn`: nobody was; then the turn of those who would have come before, had they been here, has passed.
    """

    room: Room
    duty: Duty | None
    by: Actor
    was_seen: bool
    is_chosen: bool = False
    in_turn: bool = True

    def call(self, entry: QueueEntry, now: datetime) -> Change:
        """The entry is called. Raises `IllegalTransition`, `NotHere`."""
        is_chosen, room_id, doctor_id = self.is_chosen, self.room.id, self.duty.doctor_id if self.duty else None
        called = act(entry, Action.CALL, now, room_id=room_id, doctor_id=doctor_id, is_chosen=is_chosen)
        data = {"arrived_at": entry.arrived_at.isoformat()} if entry.arrived_at else {}
        return Change(entry, called, Action.CALL, {"doctor": doctor_id, **data})

    def finish(self, entry: QueueEntry, now: datetime) -> Change:
        """Whoever is in the room leaves it."""
        action = making_room(entry.state, was_seen=self.was_seen)
        return Change(entry, act(entry, action, now), action)


class Calling:
    """Each method is one use case in one transaction; two pressed together are done one after the other."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues

    async def call_next(
        self,
        room_code: str,
        *,
        by: Actor,
        expected: int | None = ANYBODY,
        was_seen: bool = False,
        key: str | None = None,
    ) -> QueueEntry | None:
        """Whoever is in the room is finished, and the next patient is called there; none when nobody waits.

        Whoever was called there and not begun with is attended if `was_seen`, else missed.
        A doctor who calls, here or with `call`, is back from a break.
        `expected` is the token id that the caller's screen shows in the room (none: nobody). When somebody else is
        there the press came from an old screen, for example as the second of a double press: `ChangedMeanwhile`.
        The same `key` for the same room gives the same answer again. Raises `UnknownRoom`, `KeyReused`.
        """
        day = await self._queues.day()
        asked = {"expected": expected, "was_seen": was_seen}
        about = await self._queues.department_of_room(room_code)
        async with self._store.transaction(about) as work:
            room, duty = await _locked_room(work, room_code)
            looking = queue_rows.looking_at_next(room, day, duty.doctor_id if duty else None)
            async with once(work, f"call-next:{room.id}", key, asked, looking) as this:
                if this.is_repeated:
                    called_id = this.answer["token_id"]
                    return await queue_rows.newest_entry(work.connection, called_id) if called_id else None
                present, following = queue_rows.next_in(this.looked)
                _check_expected(room, present, expected)
                called = await self._bring_in(work, Press(room, duty, by, was_seen=was_seen), present, following)
                this.answer = {"token_id": called.token_id if called else None}
        return called

    async def call(
        self,
        token_id: int,
        room_code: str,
        *,
        by: Actor,
        expected: int | None = ANYBODY,
        was_seen: bool = False,
        key: str | None = None,
        match: str | None = None,
    ) -> QueueEntry:
        """This patient is called to the room out of turn; the rest is as in `call_next`.

        `match`, here and below: the version at which the caller has seen the token, see `versions`; none: any.

        Raises `UnknownToken`, `UnknownRoom`, `IllegalTransition`, `NotHere`, `ChangedMeanwhile`, `Outdated`, and
        `BadInput` for a room of another department.
        """
        day = await self._queues.day()
        asked = {"action": Action.CALL, "room": room_code, "expected": expected, "was_seen": was_seen}
        async with self._store.transaction() as work, once(work, f"act:{token_id}", key, asked) as this:
            if this.is_repeated:
                return await queue_rows.newest_entry(work.connection, token_id)
            room, duty = await _locked_room(work, room_code)
            entry = await queue_rows.newest_entry(work.connection, token_id)
            await check_version(work, entry, match)
            if entry.department_id != room.department_id:
                raise BadInput("room", f"Room {room.code} belongs to another department; transfer the token first.")
            looking = queue_rows.looking_at_next(room, day, duty.doctor_id if duty else None)
            present, following = queue_rows.next_in(await together(work.connection, *looking))
            _check_expected(room, present, expected)
            if not await queue_rows.is_live(work.connection, entry.id, day):
                raise IllegalTransition(entry.number, entry.state, Action.CALL)
            press = Press(room, duty, by, was_seen, following not in (None, entry), following == entry)
            called = await self._bring_in(work, press, present, entry)
        if called is None:
            raise AssertionError("A chosen patient is always called.")
        return called

    async def recall(self, token_id: int, *, by: Actor, key: str | None = None, match: str | None = None) -> QueueEntry:
        """The patient who was called is announced again. Raises `UnknownToken`, `IllegalTransition`, `Outdated`."""
        asked = {"action": Action.RECALL}
        async with self._store.transaction() as work, once(work, f"act:{token_id}", key, asked) as this:
            if this.is_repeated:
                return await queue_rows.newest_entry(work.connection, token_id)
            entry = await _locked_entry(work, token_id)
            await check_version(work, entry, match)
            recalled = act(entry, Action.RECALL, work.now)
            await queue_rows.save_entry(work, recalled)
            room = await _room_of(work, recalled)
            call_id = await queue_rows.add_call(work, recalled, room, is_recall=True)
            work.record(_event(Action.RECALL, recalled, work, by, room=room.code, call_id=call_id))
        return recalled

    async def act(
        self,
        token_id: int,
        action: Action,
        *,
        by: Actor,
        room_code: str | None = None,
        is_afterwards: bool = False,
        key: str | None = None,
        match: str | None = None,
    ) -> QueueEntry:
        """The action is done to the token's present stay; `room_code` says at which console, for the undo.

        Who arrives when the place is no longer kept comes after the next few, as who was missed and is back.
        `is_afterwards`: it was done by voice, while the server was away; see `domain/queue/afterwards.py`.

        Raises `UnknownToken`, `IllegalTransition`, `Outdated`.
        """
        if action not in SIMPLE:
            raise BadInput("action", f"The action {action!r} is not done this way.")
        asked = {"action": action, "room": room_code} | ({MARK: True} if is_afterwards else {})
        async with self._store.transaction() as work, once(work, f"act:{token_id}", key, asked) as this:
            if this.is_repeated:
                return await queue_rows.newest_entry(work.connection, token_id)
            entry = await _locked_entry(work, token_id)
            await check_version(work, entry, match)
            room_id = await _console(work, room_code, entry)
            changes = UndoableChanges(work, by)
            if is_afterwards:
                changed = entered(entry, action, work.now, room_id=room_id, doctor_id=entry.doctor_id)
                await enter(changes, entry, changed, action, await self._queues.day())
            else:
                changed = await self._change(work, changes, entry, action)
            changes.allow_undo(room_id, action, entry.number)
        return changed

    async def transfer(
        self,
        token_id: int,
        department: str,
        *,
        by: Actor,
        returning: bool = False,
        room_code: str | None = None,
        key: str | None = None,
        match: str | None = None,
    ) -> QueueEntry:
        """The token goes on in another department, as a new stay; with `returning` it comes back to this room.

        Raises `UnknownToken`, `UnknownDepartment`, `IllegalTransition`, `DepartmentClosed`, `Outdated`, and `BadInput`
        for the department where it already is, or for a return to no room.
        """
        day = await self._queues.day()
        target = await self._queues.department(department)
        asked = {"action": Action.TRANSFER, "department": department, "returning": returning, "room": room_code}
        async with self._store.transaction() as work, once(work, f"act:{token_id}", key, asked) as this:
            if this.is_repeated:
                return await queue_rows.newest_entry(work.connection, token_id)
            entry = await queue_rows.newest_entry(work.connection, token_id)
            await clinic_rows.lock_departments(work, [entry.department_id, target.id])
            entry = await queue_rows.newest_entry(work.connection, token_id)
            await check_version(work, entry, match)
            room_id = await _console(work, room_code, entry)
            changes = UndoableChanges(work, by)
            moved = await transfer(
                changes, entry, target, day, return_to=room_id if returning else None, returning=returning
            )
            changes.allow_undo(room_id, Action.TRANSFER, entry.number)
        return moved

    async def undo(self, room_code: str, *, by: Actor) -> None:
        """The room's last action is taken back: its patients stand as before, and its call is no longer shown.

        Raises `UnknownRoom`, `NothingToUndo`.
        """
        async with self._store.transaction() as work:
            room = await clinic_rows.room(work.connection, room_code)
            await self._undo(work, room, by)

    async def undo_token(
        self, token_id: int, *, by: Actor, key: str | None = None, match: str | None = None
    ) -> QueueEntry:
        """The last action with this token is taken back. Raises `UnknownToken`, `NothingToUndo`, `Outdated`."""
        asked = {"action": Action.UNDO}
        async with self._store.transaction() as work, once(work, f"act:{token_id}", key, asked) as this:
            if this.is_repeated:
                return await queue_rows.newest_entry(work.connection, token_id)
            entry = await queue_rows.newest_entry(work.connection, token_id)
            await check_version(work, entry, match)
            rooms = {room.id: room for room in await clinic_rows.rooms(work.connection)}
            room_id = await undo_rows.room_of(work, entry.number, list(rooms))
            if room_id is None:
                raise NothingToUndo("nothing was done to this token lately")
            await self._undo(work, rooms[room_id], by)
            return await queue_rows.newest_entry(work.connection, token_id)

    async def _bring_in(
        self, work: Transaction, press: Press, present: Sequence[QueueEntry], entry: QueueEntry | None
    ) -> QueueEntry | None:
        """Finish whoever is in the room, then call the entry there; one undo takes both back."""
        changes, room = UndoableChanges(work, press.by), press.room
        await changes.end_break(room, press.duty)
        called = press.call(entry, work.now) if entry else None
        present = [other for other in present if other != entry]
        finished = [press.finish(other, work.now) for other in present]
        if entry is not None and called is not None:
            await changes.save_and_call([*finished, called], room)
            if press.in_turn and await self._must_arrive(room.department_id):
                await queue_rows.pass_by(work, entry, await self._queues.day())
        else:
            await changes.save_all(finished)
        for one in finished:
            await self._send_back(changes, one)
        if entry is not None or present:
            changes.allow_undo(room.id, Action.CALL, entry.number if entry else present[0].number)
        return called.after if called else None

    async def _change(
        self, work: Transaction, changes: UndoableChanges, entry: QueueEntry, action: Action
    ) -> QueueEntry:
        changed, more = act(entry, action, work.now), dict[str, object]()
        if action is Action.REQUEUE or (action is Action.ARRIVE and await self._is_too_late(work, entry)):
            changed = await self._give_place(work, changed)
        if action is Action.ARRIVE and entry.passed_at is not None:
            more["passed"] = True
        change = Change(entry, changed, action, more)
        await changes.save_all([change])
        await self._send_back(changes, change)
        return changed

    async def _send_back(self, changes: UndoableChanges, done: Change) -> None:
        """Whoever was attended, and is to come back to a room, waits there again."""
        if done.action is Action.ATTEND and done.after.return_to is not None:
            await go_back(changes, done.after, await self._queues.day())

    async def _give_place(self, work: Transaction, returning: QueueEntry) -> QueueEntry:
        day = await self._queues.day()
        department = await clinic_rows.department(work.connection, returning.department_id)
        entries = await self._queues.live(work.connection, returning.department_id, day)
        waiting = in_order(entry for entry in entries if entry.id != returning.id)
        sequence = 1 + max((entry.rank.after for entry in entries), default=0)
        return replace(returning, rank=after_the_next(returning, waiting, department.rules, sequence))

    async def _is_too_late(self, work: Transaction, entry: QueueEntry) -> bool:
        return is_too_late(entry, (await clinic_rows.department(work.connection, entry.department_id)).rules, work.now)

    async def _must_arrive(self, department_id: int) -> bool:
        return any(one.must_arrive for one in await self._queues.departments() if one.id == department_id)

    async def _undo(self, work: Transaction, room: Room, by: Actor) -> None:
        undo, touched = await self._take_undo(work, room)
        versions = await queue_rows.versions(work.connection, undo.versions)
        is_unchanged, pace = versions == undo.versions, self._store.clock.pace
        check_undo(undo.acted_at, work.now, is_unchanged=is_unchanged, pace=pace)
        await queue_rows.withdraw_calls(work, undo.calls)
        if undo.calls:
            await queue_rows.take_pass_back(work, room.department_id, await self._queues.day(), undo.acted_at)
        for entry in undo.before:
            await queue_rows.save_entry(work, entry)
            work.record(_event(Action.UNDO, entry, work, by, undone=undo.action))
        for entry in touched:
            if entry.id in undo.made:
                await undo_rows.unmake_entry(work, entry)
                work.touch(sources.department(entry.department_id))
        if undo.ended_break is not None:
            await resume_break(work, room, undo.ended_break, undo.acted_at, by)

    async def _take_undo(self, work: Transaction, room: Room) -> tuple[Undo, Sequence[QueueEntry]]:
        """What is undone, and the entries that it is about. Departments are locked first, as by who calls there."""
        last = await undo_rows.last(work, room.id)
        touched = await queue_rows.entries_by_id(work.connection, last.versions) if last else []
        await clinic_rows.lock_departments(work, [room.department_id, *(entry.department_id for entry in touched)])
        undo = await undo_rows.take(work, room.id)
        if undo is None or undo != last:
            raise NothingToUndo("nothing was done in this room lately")
        return undo, touched


def _check_expected(room: Room, present: Sequence[QueueEntry], expected: int | None) -> None:
    if expected == ANYBODY:
        return
    if (present[0].token_id if present else None) != expected:
        who = f"{present[0].number} is" if present else "nobody is"
        raise ChangedMeanwhile(f"The screen was out of date: {who} in room {room.code} now.", room=room.code)


async def _locked_entry(work: Transaction, token_id: int) -> QueueEntry:
    """The token's present stay, whose department nobody else changes until the commit."""
    entry = await queue_rows.newest_entry(work.connection, token_id)
    if not await clinic_rows.lock_departments(work, [entry.department_id]):
        return entry
    return await queue_rows.newest_entry(work.connection, token_id)


async def _console(work: Transaction, room_code: str | None, entry: QueueEntry) -> int | None:
    return (await clinic_rows.room(work.connection, room_code)).id if room_code else entry.room_id


async def _room_of(work: Transaction, entry: QueueEntry) -> Room:
    rooms = await clinic_rows.rooms(work.connection, entry.department_id)
    return next(room for room in rooms if room.id == entry.room_id)


async def _locked_room(work: Transaction, room_code: str) -> tuple[Room, Duty | None]:
    """The room and whose it is; nobody else changes its department until the commit."""
    room, duty = await _room_and_duty(work, room_code)
    if not await clinic_rows.lock_departments(work, [room.department_id]):
        return room, duty
    return await _room_and_duty(work, room_code)


async def _room_and_duty(work: Transaction, room_code: str) -> tuple[Room, Duty | None]:
    looking = clinic_rows.looking_for_room(room_code), duty_rows.looking_for_duties()
    rooms, duties = await together(work.connection, *looking)
    room = clinic_rows.room_in(rooms, room_code)
    return room, next((duty for duty in duty_rows.duties_in(duties) if duty.room_id == room.id), None)


def _event(action: Action, entry: QueueEntry, work: Transaction, by: Actor, **data: object) -> Event:
    more = {"number": entry.number, "state": State(entry.state), **data}
    return Event(action, work.now, str(by), entry.token_id, entry.department_id, more)
