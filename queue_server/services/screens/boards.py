"""What displays, kiosks, consoles and the desk show: whole views, computed from the departments as they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from queue_server import sources
from queue_server.domain.clinic.clinic import Department, DepartmentQueue, Room
from queue_server.domain.clinic.legibility import is_quiet, layout
from queue_server.domain.clinic.opening_hours import Opening, numbers_now
from queue_server.domain.devices.devices import Device, DeviceKind
from queue_server.domain.errors import UnknownDevice
from queue_server.domain.queue.ordering import next_for
from queue_server.domain.queue.tokens import IN_ROOM, LIVE, DutyState, QueueEntry, State
from queue_server.domain.queue.transitions import UNDO_WINDOW, possible
from queue_server.live.json_views import Json, department_names, entry_view, moment
from queue_server.live.topics import View
from queue_server.live.view_types import (
    BoardView,
    DepartmentView,
    DoctorView,
    DutyView,
    EntryView,
    RoomView,
    SpokenView,
    UndoView,
)
from queue_server.services.clinic.snapshot import ANNOUNCED_WITHIN, Snapshots
from queue_server.services.waits.forecasts import Waits
from queue_server.sources import Source
from queue_server.storage.devices import device_rows, print_job_rows
from queue_server.storage.engine.store import Store

#: Older calls are shown and no longer spoken, so their frames carry no words; a display's clock may lag so much.
SPOKEN_WITHIN = ANNOUNCED_WITHIN + timedelta(seconds=30)

#: Number, room, languages → what is said, one item a language.
Say = Callable[[str, str, Sequence[str]], list[SpokenView]]

#: State → what staff may do with an entry in it.
ACTIONS = {str(state): [str(action) for action in possible(state)] for state in sorted(LIVE)}


class Boards:
    """One method a kind of screen; each returns the data and the sources whose change makes it stale."""

    def __init__(self, store: Store, queues: Snapshots, waits: Waits, say: Say) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._say = say

    async def board(self, name: str) -> View:
        """A display. Raises `UnknownBoard`."""
        look = await self._queues.display(name)
        clinic = await self._queues.clinic()
        languages = look.languages or clinic.languages
        every = await self._queues.all()
        queues = [queue for queue in every if not look.departments or queue.department.code in look.departments]
        spoken_since = self._queues.now() - SPOKEN_WITHIN
        calls = sorted(((call, queue) for queue in queues for call in queue.calls), key=lambda pair: pair[0].id)
        data: BoardView = {
            "board": name,
            "clinic": clinic.name,
            "languages": list(languages),
            "time_zone": str(clinic.zone),
            "layout": layout(look.layout, look.distance_m, look.screen_inches),
            "volume": 0 if is_quiet(self._queues.now().astimezone(clinic.zone).time(), look.quiet) else look.volume,
            "notices": _in_languages(look.notices, languages),
            "calls": [
                {
                    "call_id": call.id,
                    "number": call.number,
                    "room": call.room,
                    "department": queue.department.code,
                    "at": moment(call.at),
                    "is_recall": call.is_recall,
                    "say": self._say(call.number, call.room, languages) if call.at > spoken_since else [],
                }
                for call, queue in calls
            ],
            "waiting": {queue.department.code: len(queue.line) for queue in queues},
            "departments": [
                {**await self._department(queue), "names": _in_languages(_public_names(queue.department), languages)}
                for queue in queues
            ],
            "doctors": [doctor for queue in queues for doctor in _doctors(queue)],
            "clock_wrong": self._queues.is_clock_wrong,
        }
        return View(data, _shown(every))

    async def kiosk(self, device_id: int) -> View:
        """A kiosk: the departments, its printer and its latest prints. Raises `UnknownDevice`."""
        clinic = await self._queues.clinic()
        queues = await self._queues.all()
        async with self._store.reading() as connection:
            device = await device_rows.device_by_id(connection, device_id)
            if device is None:
                raise UnknownDevice(str(device_id))
            printer = await _printer_at(await device_rows.devices(connection, DeviceKind.AGENT), device.place)
            jobs = await print_job_rows.recent_jobs(connection, 8, [device.place])
        data: Json = {
            "clinic": clinic.name,
            "departments": [await self._department(queue) for queue in queues],
            "printer": printer,
            "prints": {str(job.id): job.state for job in jobs},
            "clock_wrong": self._queues.is_clock_wrong,
        }
        return View(data, _shown(queues) | {sources.prints(device.place), sources.DEVICES})

    async def room(self, code: str) -> View:
        """A console. Raises `UnknownRoom`."""
        room = await self._queues.room(code)
        queue = await self._queues.of(room.department_id)
        rooms = {known.id: known.code for known in await self._queues.rooms()}
        departments = await self._queues.departments()
        codes = {department.id: department.code for department in departments}
        waits = await self._waits.of(queue, queue.ahead)

        def views(entries: Sequence[QueueEntry]) -> list[EntryView]:
            return [entry_view(entry, queue, codes, rooms, waits.get(entry.token_id)) for entry in entries]

        def standing(*states: State) -> list[QueueEntry]:
            return sorted((entry for entry in queue.entries if entry.state in states), key=lambda entry: entry.rank.key)

        duty, in_rooms = _duty(queue, room), standing(*IN_ROOM)
        following = next_for(queue.line, duty["doctor_id"] if duty else None)
        here = [entry for entry in in_rooms if entry.room_id == room.id]
        data: RoomView = {
            "room": room.code,
            "department": department_names(queue.department),
            "duty": duty,
            "current": views(here)[0] if here else None,
            "waiting": views(queue.line),
            "held": views(standing(State.HELD)),
            "missed": views(standing(State.MISSED)),
            "elsewhere": views([entry for entry in in_rooms if entry.room_id != room.id]),
            "next": following.token_id if following else None,
            "actions": ACTIONS,
            "undo": self._undo(queue, room),
            "departments": [department_names(department) for department in departments if department.is_open],
            "rooms": [known.code for known in queue.rooms],
            "clock_wrong": self._queues.is_clock_wrong,
        }
        return View(data, _shown([queue]))

    async def desk(self) -> View:
        """The desk: prints, printers, and every department at a glance."""
        queues = await self._queues.all()
        async with self._store.reading() as connection:
            jobs = await print_job_rows.recent_jobs(connection, 50)
            agents = await device_rows.devices(connection, DeviceKind.AGENT)
        data: Json = {
            "prints": [
                {
                    "id": job.id,
                    "token": job.token_id,
                    "number": job.number,
                    "place": job.place,
                    "copy": job.copy,
                    "state": job.state,
                    "reason": job.reason,
                    "at": moment(job.created_at),
                }
                for job in jobs
            ],
            "printers": [
                {"name": agent.name, "place": agent.place, "state": agent.printer, "at": moment(agent.seen_at)}
                for agent in agents
            ],
            "departments": [await self._department(queue) for queue in queues],
            "clock_wrong": self._queues.is_clock_wrong,
        }
        places = {job.place for job in jobs} | {agent.place for agent in agents}
        return View(data, _shown(queues) | {sources.prints(place) for place in places} | {sources.DEVICES})

    async def departments(self) -> list[DepartmentView]:
        """Every department with the people who wait and the wait of a newcomer."""
        return [await self._department(queue) for queue in await self._queues.all()]

    async def _department(self, queue: DepartmentQueue) -> DepartmentView:
        waiting = len(queue.line)
        opening = await self._opening(queue)
        wait = await self._waits.joining(queue)
        return {
            **department_names(queue.department),
            "is_open": opening.is_open,
            "why": opening.why,
            "opens_at": moment(opening.opens_at),
            "waiting": waiting,
            "wait": wait,
            "is_closing": opening.is_open and await self._waits.is_closing(queue),
        }

    async def _opening(self, queue: DepartmentQueue) -> Opening:
        known = queue.department
        return numbers_now(
            is_open=known.is_open,
            hours=known.opening_hours,
            quota=known.daily_quota,
            issued=queue.issued,
            now=self._queues.now(),
            zone=(await self._queues.clinic()).zone,
            holidays=known.holidays,
        )

    def _undo(self, queue: DepartmentQueue, room: Room) -> UndoView | None:
        step = next((step for step in queue.undos if step.room_id == room.id), None)
        if step is None or self._queues.now() - step.acted_at > UNDO_WINDOW:
            return None
        return {"action": step.action, "number": step.number, "until_at": moment(step.acted_at + UNDO_WINDOW)}


def _public_names(department: Department) -> Mapping[str, str]:
    """What everybody in the waiting room may read."""
    return department.private_names or department.names


def _in_languages(words: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """The words in the languages that a display shows, and in English, which stands in for those that are missing."""
    return {code: word for code, word in words.items() if code in languages or code == "en"}


async def _printer_at(agents: Sequence[Device], place: str) -> str:
    return next((agent.printer for agent in agents if agent.place == place), "none")


def _duty(queue: DepartmentQueue, room: Room) -> DutyView | None:
    duty = queue.duty_in(room.id)
    if duty is None:
        return None
    return {
        "state": duty.state,
        "doctor": duty.doctor,
        "doctor_id": duty.doctor_id,
        "reason": duty.reason,
        "back_at": moment(duty.back_at),
    }


def _doctors(queue: DepartmentQueue) -> list[DoctorView]:
    serving = {entry.room_id: entry.number for entry in queue.entries if entry.state in IN_ROOM}
    return [
        {
            "doctor": duty.doctor,
            "room": queue.room_code(duty.room_id) or "",
            "department": queue.department.code,
            "state": duty.state,
            "reason": duty.reason,
            "back_at": moment(duty.back_at),
            "serving": serving.get(duty.room_id) if duty.state is not DutyState.OFF_DUTY else None,
        }
        for duty in queue.duties
    ]


def _shown(queues: Sequence[DepartmentQueue]) -> frozenset[Source]:
    return frozenset({sources.CLINIC, *(sources.department(queue.department.id) for queue in queues)})
