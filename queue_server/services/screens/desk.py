"""The desk: every queue side by side, any token found and followed, and what staff change by hand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import DepartmentQueue
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import BadInput, ChangedMeanwhile, UnknownPatient, UnknownToken, WhichPatient
from queue_server.domain.form_reading import clean
from queue_server.domain.people.patients import FoundPatient, Sought
from queue_server.domain.queue.afterwards import MARK
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.ordering import reason_for, with_priority
from queue_server.domain.queue.tokens import FINAL, LIVE, Action, FinishedToken, FoundToken, Priority, State
from queue_server.domain.queue.transitions import act, may
from queue_server.live.json_views import department_names, moment, place_view, trouble_view
from queue_server.live.list_types import (
    FoundRow,
    FoundView,
    HistoryLine,
    HistorySlip,
    PersonAtDesk,
    TokenFacts,
    TokenHistory,
)
from queue_server.live.topics import View
from queue_server.live.view_types import DeskToken, DeskView
from queue_server.locale import offered
from queue_server.services.alerts.troubles import Troubles
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.devices.printing import reprint
from queue_server.services.queue.undoable import UndoableChanges
from queue_server.services.records.documents import note_reads
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.access.actor_names import named
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.devices import device_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import queue_rows
from queue_server.storage.screens import desk_rows

#: So many finished tokens of a department are shown; older ones are found by their number, or in the list of a day.
SHOWN, LISTED = 100, 10_000
FOUND = 20  # tokens, and patients, with which a search answers

#: A patient who is looked at again within this time is not noted again.
NOTED_AGAIN = timedelta(minutes=10)

#: The order in which the states of live tokens are listed.
_STANDING = {State.SERVING: 0, State.CALLED: 0, State.WAITING: 1, State.HELD: 2, State.MISSED: 3}


class Desk:
    """Whoever reads who a patient is leaves a line in the journal."""

    def __init__(self, store: Store, queues_: Snapshots, waits: Waits, troubles: Troubles) -> None:
        self._store = store
        self._queues = queues_
        self._waits = waits
        self._troubles = troubles
        self._done: dict[int, tuple[DepartmentQueue, list[DeskToken], int]] = {}
        self._noted: dict[tuple[str, int, int | None], datetime] = {}

    async def queues(self, only: Collection[str] = ()) -> View:
        """Active and completed tokens of today, by department: all, or those with the codes `only`."""
        every = [queue for queue in await self._queues.all() if not only or queue.department.code in only]
        day = await self._queues.day()
        rooms = {room.id: room.code for room in await self._queues.rooms()}
        doctors = {duty.doctor_id: duty.doctor for queue in every for duty in queue.duties}
        completed, count = list[DeskToken](), 0
        for queue in every:
            rows, in_all = await self._completed(queue, day, rooms)
            completed += rows
            count += in_all
        data: DeskView = {
            "day": day.isoformat(),
            "departments": [
                {**department_names(queue.department), "is_closing": await self._waits.is_closing(queue)}
                for queue in every
            ],
            "doctors": [
                {"id": duty.doctor_id, "doctor": duty.doctor, "room": rooms.get(duty.room_id), "state": duty.state}
                for queue in every
                for duty in queue.duties
            ],
            "active": [row for queue in every for row in _active(queue, rooms, doctors)],
            "completed": sorted(completed, key=lambda row: row["at"] or "", reverse=True)[:SHOWN],
            "completed_count": count,
            "troubles": [trouble_view(trouble) for trouble in await self._troubles.now()],
            "room_names": await self._queues.room_names(),
            "clock_wrong": self._queues.is_clock_wrong,
        }
        shown = (sources.department(queue.department.id) for queue in every)
        return View(data, frozenset({sources.CLINIC, sources.DEVICES, *shown}))

    async def whole_day(self, only: Collection[str] = ()) -> list[DeskToken]:
        """Every token of today, those in the queues first: of all departments, or those with the codes `only`."""
        every = [queue for queue in await self._queues.all() if not only or queue.department.code in only]
        rooms = {room.id: room.code for room in await self._queues.rooms()}
        doctors = {duty.doctor_id: duty.doctor for queue in every for duty in queue.duties}
        listed, day = [row for queue in every for row in _active(queue, rooms, doctors)], await self._queues.day()
        async with self._store.reading() as connection:
            for queue in every:
                found, _ = await desk_rows.done(connection, queue.department.id, day, LISTED)
                listed += [_finished(one, queue, rooms) for one in found]
        return listed

    async def department_of(self, token_id: int) -> str:
        """The code of the department in which the token stands; empty for a removed one. Raises `UnknownToken`."""
        async with self._store.reading() as connection:
            newest = await queue_rows.newest_entry_id(connection, token_id)
            (entry,) = await queue_rows.entries_by_id(connection, [newest])
        return next((one.code for one in await self._queues.departments() if one.id == entry.department_id), "")

    async def find(self, text: str, *, by: Actor) -> FoundView:
        """Today's tokens by number, and patients by name or phone with their newest tokens.

        Tokens of departments that are none of the asker's business are left out.
        """
        wanted = clean(text)[:60]
        sought = Sought.of(wanted)
        day = await self._queues.day()
        names = {department.id: department for department in await self._queues.departments()}
        async with self._store.reading() as connection:
            tokens = await desk_rows.find_numbers(connection, day, wanted.upper(), FOUND) if wanted else []
            found = await desk_rows.find_people(connection, sought.name, sought.phone_end, FOUND)
            theirs = await desk_rows.tokens_of(connection, [one.id for one in found], 3 * FOUND) if found else []
        await self._note_read([one.id for one in found] + [one.patient_id for one in tokens if one.patient_id], by)

        def row(token: FoundToken) -> FoundRow:
            department = names.get(token.department_id)
            return {
                "id": token.token_id,
                "number": token.number,
                "day": token.day,
                "is_today": token.day == day,
                "names": dict(department.names) if department else {},
                "name": token.name,
            }

        def is_shown(token: FoundToken) -> bool:
            department = names.get(token.department_id)
            return not by.departments or (department is not None and department.code in by.departments)

        return {
            "tokens": [row(token) for token in tokens if is_shown(token)],
            "patients": [
                {
                    **_person(one),
                    "tokens": [row(token) for token in theirs if token.patient_id == one.id and is_shown(token)][:5],
                }
                for one in found
            ],
        }

    async def patient(self, text: str, chosen: str, *, by: Actor) -> int | None:
        """The patient whom a search means: by id where one was chosen, none for an empty search.

        Raises `WhichPatient` for several, `UnknownPatient` for nobody.
        """
        if chosen:
            async with self._store.reading() as connection:
                is_id = chosen.isascii() and chosen.isdecimal() and len(chosen) < 10
                one = await desk_rows.person(connection, int(chosen)) if is_id else None
            if one is None:
                raise UnknownPatient
            return one.id
        if not text.strip():
            return None
        found = (await self.find(text, by=by))["patients"]
        if not found:
            raise UnknownPatient
        if len(found) > 1:
            raise WhichPatient([{"id": one["id"], "name": f"{one['name']} · {one['phone']}"} for one in found])
        return found[0]["id"]

    async def history(self, token_id: int, *, by: Actor) -> TokenHistory:
        """Everything about the token: where it stands, who it is, every event with its actor, its slips.

        Raises `UnknownToken`; a deleted one is told to whoever looks for it by its id.
        """
        async with self._store.reading() as connection:
            token = await desk_rows.token_facts(connection, token_id)
            if token is None:
                raise UnknownToken
            newest = await queue_rows.newest_entry_id(connection, token_id)
            (entry,) = await queue_rows.entries_by_id(connection, [newest])
            lines = await desk_rows.events_of(connection, token_id)
            actors = await named(connection, {line.actor for line in lines})
            slips = await desk_rows.prints_of(connection, token_id)
            one = await desk_rows.person(connection, token.patient_id) if token.patient_id else None
            places = [agent.place for agent in await device_rows.devices(connection, DeviceKind.AGENT)]
        await self._note_read([one.id] if one else [], by, token_id)
        departments = {known.id: known for known in await self._queues.departments()}
        department = departments.get(entry.department_id)
        is_open = token.service_day == await self._queues.day() and not token.is_deleted
        return {
            **_facts(token),
            "state": entry.state,
            "priority": entry.priority,
            "reason": entry.priority_reason,
            "place": place_view(entry, department.rules) if department else None,
            "room": {room.id: room.code for room in await self._queues.rooms()}.get(entry.room_id or 0),
            "department": department_names(department) if department else None,
            "patient": _person(one) if one else None,
            "actions": [action for action in _LISTED if is_open and may(entry, action)],
            "is_here": entry.is_here,
            "can_change": is_open and entry.state in LIVE,
            "is_open": is_open,
            "places": sorted(set(places)),
            "events": [_told(line, token, actors[line.actor]) for line in lines],
            "slips": [_slip(slip) for slip in slips],
            "room_names": await self._queues.room_names(),
            "by_slip": is_open and one is None and (await self._queues.clinic()).papers_by_slip,
            "departments": [department_names(known) for known in departments.values() if known is not department],
        }

    async def change_priority(self, token_id: int, priority: Priority, reason: str, *, by: Actor) -> None:
        """The token has this priority. Raises `UnknownToken`, `ChangedMeanwhile` when its day is over, `BadInput`."""
        written = reason_for(priority, reason)
        async with self._store.transaction() as work:
            entry = await queue_rows.newest_entry(work.connection, token_id)
            await clinic_rows.lock_departments(work, [entry.department_id])
            entry = await queue_rows.newest_entry(work.connection, token_id)
            if entry.state not in LIVE:
                raise ChangedMeanwhile(f"Token {entry.number} is {entry.state}; its priority is of no use any more.")
            rules = (await clinic_rows.department(work.connection, entry.department_id)).rules
            changed = with_priority(entry, priority, written, rules)
            await queue_rows.save_entry(work, changed)
            data = {"number": entry.number, "was": entry.priority, "priority": priority}
            work.record(Event("priority", work.now, str(by), token_id, entry.department_id, data))

    async def edit(self, token_id: int, language: str, *, by: Actor) -> None:
        """The token's slips and messages are in this language. Raises `UnknownToken`."""
        async with self._store.transaction() as work:
            token = await queue_rows.token_by_id(work.connection, token_id)
            await desk_rows.save_token(work, token_id, language=offered(language))
            data = {"number": token.number, "was": token.language, "language": offered(language)}
            work.record(Event("token_changed", work.now, str(by), token_id, token.department_id, data))

    async def delete(self, token_id: int, reason: str, *, by: Actor) -> None:
        """No page shows the token any more; if it was live it is cancelled. Raises `UnknownToken`, `BadInput`."""
        written = clean(reason)[:200]
        if not written:
            raise BadInput("reason", "Deleting a token needs a reason.")
        async with self._store.transaction() as work:
            entry = await queue_rows.newest_entry(work.connection, token_id)
            await clinic_rows.lock_departments(work, [entry.department_id])
            entry = await queue_rows.newest_entry(work.connection, token_id)
            changes = UndoableChanges(work, by)
            if entry.state not in FINAL:
                await changes.save(entry, act(entry, Action.CANCEL, work.now), Action.CANCEL)
            await desk_rows.save_token(work, token_id, is_deleted=True, deleted_because=written)
            data = {"number": entry.number}
            work.record(Event("token_deleted", work.now, str(by), token_id, entry.department_id, data))

    async def print_slip(self, token_id: int, place: str, *, by: Actor) -> int:
        """One more slip of the token is queued at the place; returns the job. Raises `UnknownToken`, `BadInput`."""
        async with self._store.transaction() as work:
            return await reprint(work, token_id, place, by)

    async def left(self, department: str | None = None) -> list[int]:
        """The ids of the tokens that still stand in a queue today. Raises `UnknownDepartment`."""
        wanted = await self._wanted(department)
        async with self._store.reading() as connection:
            return await desk_rows.live_of_day(connection, await self._queues.day(), wanted)

    async def end_day(self, department: str | None, confirmed: int, *, by: Actor) -> int:
        """Every token that still stands in a queue is expired; returns how many.

        `confirmed`: how many somebody has seen and agreed to. Raises `ChangedMeanwhile` when there are more by now,
        `UnknownDepartment`.
        """
        wanted, day = await self._wanted(department), await self._queues.day()
        async with self._store.transaction() as work:
            await clinic_rows.lock_departments(work, wanted)
            left = await desk_rows.live_of_day(work.connection, day, wanted)
            if len(left) > confirmed:
                raise ChangedMeanwhile(f"There are {len(left)} tokens by now, not {confirmed}.", count=len(left))
            changes = UndoableChanges(work, by)
            for token_id in left:
                entry = await queue_rows.newest_entry(work.connection, token_id)
                await changes.save(entry, act(entry, Action.EXPIRE, work.now), Action.EXPIRE)
        return len(left)

    async def _wanted(self, department: str | None) -> list[int]:
        """The ids of the department, or of all. Raises `UnknownDepartment`."""
        if department:
            return [(await self._queues.department(department)).id]
        return [known.id for known in await self._queues.departments()]

    async def _completed(self, queue: DepartmentQueue, day: date, rooms: dict[int, str]) -> tuple[list[DeskToken], int]:
        """The department's finished tokens, read again only when the queue has changed."""
        kept = self._done.get(queue.department.id)
        if kept is not None and kept[0] is queue:
            return kept[1], kept[2]
        async with self._store.reading() as connection:
            found, count = await desk_rows.done(connection, queue.department.id, day, SHOWN)
        rows = [_finished(one, queue, rooms) for one in found]
        self._done[queue.department.id] = (queue, rows, count)
        return rows, count

    async def _note_read(self, patients: list[int], by: Actor, token_id: int | None = None) -> None:
        """The patients can see who has read of them; the same reading again within minutes is no further line."""
        now = self._store.clock.now()
        self._noted = {key: at for key, at in self._noted.items() if now - at < NOTED_AGAIN}
        new = [one for one in sorted(set(patients)) if (str(by), one, token_id) not in self._noted]
        if new:
            async with self._store.transaction() as work:
                await note_reads(work, by, "desk", [(one, token_id) for one in new])
            self._noted |= {(str(by), one, token_id): now for one in new}


#: What the desk may do to a token, in the order of its buttons.
_LISTED = (
    *(Action.ARRIVE, Action.START, Action.ATTEND, Action.MISS, Action.REQUEUE),
    *(Action.HOLD, Action.RESUME, Action.CANCEL, Action.EXPIRE),
)


def _active(queue: DepartmentQueue, rooms: dict[int, str], doctors: dict[int, str]) -> list[DeskToken]:
    live = [entry for entry in queue.entries if entry.state in _STANDING]
    live.sort(key=lambda entry: (_STANDING[entry.state], not entry.is_here, entry.rank.key))
    return [
        {
            "id": entry.token_id,
            "number": entry.number,
            "department": queue.department.code,
            "state": entry.state,
            "priority": entry.priority,
            "room": rooms.get(entry.room_id or 0),
            "doctor": entry.doctor_id or entry.for_doctor_id,
            "at": moment(entry.called_at if entry.room_id else entry.here_since),
            "is_here": entry.is_here,
        }
        for entry in live
    ]


def _finished(one: FinishedToken, queue: DepartmentQueue, rooms: dict[int, str]) -> DeskToken:
    return {
        "id": one.token_id,
        "number": one.number,
        "department": queue.department.code,
        "state": one.state,
        "priority": one.priority,
        "room": rooms.get(one.room_id or 0),
        "doctor": one.doctor_id,
        "at": moment(one.finished_at),
        "is_here": True,
    }


def _person(one: FoundPatient) -> PersonAtDesk:
    """Who it is; of the phone number only the end, which is enough to ask for."""
    end = f"… {one.phone[-4:]}" if one.phone else ""
    return {"id": one.id, "name": one.name, "birth_year": one.birth_year, "phone": end}


def _facts(token: Any) -> TokenFacts:
    return {
        "id": token.id,
        "number": token.number,
        "key": token.key,
        "day": token.service_day,
        "language": token.language,
        "channel": token.channel,
        "is_deleted": token.is_deleted,
    }


def _slip(slip: Any) -> HistorySlip:
    """A slip that was queued, and what became of it."""
    return {"place": slip.place, "copy": slip.copy_number, "state": slip.state, "at": slip.updated_at}


def _told(line: Any, token: Any, by: Actor) -> HistoryLine:
    """What a line of a token's history says. Why the token was deleted is no part of the journal."""
    known = line.data if isinstance(line.data, dict) else {}
    reason = token.deleted_because if line.kind == "token_deleted" else None
    return {
        "kind": line.kind,
        "at": datetime.fromisoformat(known["issued_at"]) if "series" in known else line.at,
        "reason": reason,
        "room": known.get("room"),
        "priority": known.get("priority"),
        "place": known.get("place"),
        "to": known.get("to"),
        "was": known.get("was"),
        "language": known.get("language"),
        "is_afterwards": bool(known.get(MARK)),
        "is_kept": "series" in known,
        "by": by,
    }
