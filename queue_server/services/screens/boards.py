"""What displays, kiosks, consoles and the desk show: whole views, computed from the departments as they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from queue_server import sources
from queue_server.domain.clinic.clinic import Call, Department, DepartmentQueue, Room
from queue_server.domain.clinic.configuration import DisplayPlan
from queue_server.domain.clinic.legibility import is_quiet, layout
from queue_server.domain.clinic.names import text_in
from queue_server.domain.clinic.opening_hours import Opening, numbers_now
from queue_server.domain.clinic.presence import absence
from queue_server.domain.devices.devices import Device, DeviceKind
from queue_server.domain.errors import UnknownDevice
from queue_server.domain.queue.ordering import next_for
from queue_server.domain.queue.tokens import IN_ROOM, LIVE, DutyState, QueueEntry, State
from queue_server.domain.queue.transitions import UNDO_WINDOW, possible
from queue_server.live.json_views import away_view, department_names, entry_view, moment
from queue_server.live.topics import View
from queue_server.live.view_types import (
    BoardView,
    CallView,
    DepartmentView,
    DeskSlipsView,
    DoctorView,
    DutyView,
    EntryView,
    KioskView,
    RoomView,
    SpokenView,
    UndoView,
)
from queue_server.services.access.here_codes import HereCodes
from queue_server.services.clinic.snapshot import ANNOUNCED_WITHIN, Snapshots
from queue_server.services.clinic.voices import Voices
from queue_server.services.waits.forecasts import Waits
from queue_server.sources import Source
from queue_server.storage.devices import device_rows, print_job_rows
from queue_server.storage.engine.store import Store

#: Older calls are shown and no longer spoken, so their frames carry no words; a display's clock may lag so much.
SPOKEN_WITHIN = ANNOUNCED_WITHIN + timedelta(seconds=30)


#: Room's code → language → name, of the rooms that have one.
RoomNames = Mapping[str, Mapping[str, str]]
#: Number, the room's code, languages, the room's name in each of them or none, whether the number is called again →
#: what is said, one item a language.
Say = Callable[[str, str, Sequence[str], Mapping[str, str], bool], list[SpokenView]]

#: Besides what changes a stay: the medical history of whoever is in the room can be opened.
OPEN_RECORDS = "history"
#: State → what staff may do with an entry in it.
ACTIONS = {
    str(state): [*map(str, possible(state)), *([OPEN_RECORDS] if state in IN_ROOM else [])] for state in sorted(LIVE)
}


class Boards:
    """One method a kind of screen; each returns the data and the sources whose change makes it stale."""

    def __init__(
        self, store: Store, queues: Snapshots, waits: Waits, say: Say, voices: Voices, codes: HereCodes
    ) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._say = say
        self._voices = voices
        self._codes = codes

    async def board(self, name: str) -> View:
        """A display. Raises `UnknownBoard`."""
        look = await self._queues.display(name)
        clinic = await self._queues.clinic()
        languages = look.languages or clinic.languages
        every = await self._queues.all()
        queues = [queue for queue in every if not look.departments or queue.department.code in look.departments]
        names = {code: _in_each(known, languages) for code, known in (await self._queues.room_names()).items()}
        data: BoardView = {
            "board": name,
            "clinic": clinic.name,
            "languages": list(languages),
            "time_zone": str(clinic.zone),
            "layout": layout(look.layout, look.distance_m, look.screen_inches),
            "volume": 0 if is_quiet(self._queues.now().astimezone(clinic.zone).time(), look.quiet) else look.volume,
            "notices": _notices(look.notices, languages),
            "calls": self._calls(queues, languages, names),
            "waiting": {queue.department.code: len(queue.line) for queue in queues},
            "departments": [
                {**await self._department(queue), "names": _in_each(_public_names(queue.department), languages)}
                for queue in queues
            ],
            "doctors": [doctor for queue in queues for doctor in _doctors(queue)],
            "room_names": names,
            "voices": await self._voices.addresses(languages),
            "trial": await self._voices.trial(name),
            "here_code": await self._codes.now() if any(queue.department.must_arrive for queue in queues) else "",
            "abha_code": await self._abha_code(look, every),
            "abha_sms": clinic.abdm_sms,
            "clock_wrong": self._queues.is_clock_wrong,
        }
        return View(data, _shown(every) | {sources.VOICES})

    async def _abha_code(self, look: DisplayPlan, queues: Sequence[DepartmentQueue]) -> str:
        """The chosen code, while its department gives out numbers: whoever scans another has walked up for nothing."""
        chosen = next((queue for queue in queues if queue.department.code == look.abha_code), None)
        return look.abha_code if chosen and (await self._opening(chosen)).is_open else ""

    def _calls(self, queues: Sequence[DepartmentQueue], languages: Sequence[str], names: RoomNames) -> list[CallView]:
        spoken_since = self._queues.now() - SPOKEN_WITHIN
        calls = sorted(((call, queue) for queue in queues for call in queue.calls), key=lambda pair: pair[0].id)
        return [
            {
                "call_id": call.id,
                "number": call.number,
                "room": call.room,
                "department": queue.department.code,
                "at": moment(call.at),
                "is_recall": call.is_recall,
                "say": self._spoken(call, languages, names) if call.at > spoken_since else [],
            }
            for call, queue in calls
        ]

    def _spoken(self, call: Call, languages: Sequence[str], names: RoomNames) -> list[SpokenView]:
        return self._say(call.number, call.room, languages, names.get(call.room, {}), call.is_recall)

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
        data: KioskView = {
            "clinic": clinic.name,
            "departments": [await self._department(queue) for queue in queues],
            "printer": printer,
            "prints": {str(job.id): job.state for job in jobs},
            "reach": round(device.screen.share, 3) if device.screen else 1,
            "abha_code": "" if clinic.abdm_sms else clinic.abha_code,
            "voices": await self._voices.addresses(clinic.languages),
            "clock_wrong": self._queues.is_clock_wrong,
        }
        depends = {sources.prints(device.place), sources.DEVICES, sources.CLINIC, sources.VOICES}
        return View(data, _shown(queues) | depends)

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
            "not_here": views(queue.not_here),
            "held": views(standing(State.HELD)),
            "missed": views(standing(State.MISSED)),
            "elsewhere": views([entry for entry in in_rooms if entry.room_id != room.id]),
            "next": following.token_id if following else None,
            "actions": ACTIONS,
            "undo": self._undo(queue, room),
            "departments": [department_names(department) for department in departments if department.is_open],
            "rooms": [known.code for known in queue.rooms],
            "room_names": await self._queues.room_names(),
            "clock_wrong": self._queues.is_clock_wrong,
        }
        return View(data, _shown([queue]))

    async def desk(self) -> View:
        """The desk: prints, printers, and every department at a glance."""
        queues = await self._queues.all()
        async with self._store.reading() as connection:
            jobs = await print_job_rows.recent_slips(connection, 50)
            agents = await device_rows.devices(connection, DeviceKind.AGENT)
        data: DeskSlipsView = {
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
            "away": away_view(absence(queue, self._queues.now())) if opening.is_open else None,
            "must_arrive": queue.department.must_arrive,
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
        now, pace = self._queues.now(), self._store.clock.pace
        if step is None or now - step.acted_at > UNDO_WINDOW * pace:
            return None
        # The screen counts the seconds of whoever looks at it.
        until_at = now + UNDO_WINDOW - (now - step.acted_at) / pace
        return {"action": step.action, "number": step.number, "until_at": moment(until_at)}


def _public_names(department: Department) -> Mapping[str, str]:
    """What everybody in the waiting room may read."""
    return department.private_names or department.names


def _in_each(texts: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """The text in each of the languages, or what stands in for it; see `names`."""
    return {language: text for language in languages if (text := text_in(texts, language))}


def _notices(notices: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """The notice in those of the languages that have one; where none has, the one that stands in for it."""
    own = {language: notices[language] for language in languages if notices.get(language)}
    return own or {code: text for code, text in notices.items() if text and text == text_in(notices, "en")}


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
