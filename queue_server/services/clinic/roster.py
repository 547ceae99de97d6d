"""Holidays, and the duty roster: who is expected when, in which room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from queue_server import sources
from queue_server.domain.access.actors import SYSTEM, Actor
from queue_server.domain.clinic.clinic import Duty
from queue_server.domain.clinic.configuration import clashing, read_holiday, read_shift, written
from queue_server.domain.clinic.roster import newly_expected, no_longer_expected
from queue_server.domain.clinic.seen_values import check
from queue_server.domain.errors import NotFound
from queue_server.domain.form_reading import Problem, Reader
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import service_day
from queue_server.domain.queue.tokens import DutyState
from queue_server.live.json_views import moment
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.clinic import clinic_rows, configuration_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.queue import duty_rows


class HolidayView(TypedDict):
    """A holiday of the department (its code), or of the whole clinic."""

    id: int
    day: str
    name: str
    department: str | None
    is_over: bool


class ShiftView(TypedDict):
    """A line of the roster: the doctor's login and name; weekday, begin and end as in `ShiftPlan`."""

    id: int
    doctor: str
    name: str
    room: str
    weekday: str
    begins: str
    ends: str


class Roster:
    """What is sent is plain JSON as `domain.clinic.configuration` reads it. Raises `BadFields` with every problem."""

    def __init__(self, store: Store, queues_: Snapshots) -> None:
        self._store = store
        self._queues = queues_

    async def holidays(self) -> list[HolidayView]:
        """Every holiday with its id, earliest first, and whether it is over."""
        today = (await self._queues.day()).isoformat()
        async with self._store.reading() as connection:
            known = await configuration_rows.holidays(connection)
        return [
            {"id": id_, "day": plan.day, "name": plan.name, "department": plan.department, "is_over": plan.day < today}
            for id_, plan in known.items()
        ]

    async def add_holiday(self, sent: Mapping[str, Any], *, by: Actor) -> None:
        """Add a holiday of the clinic or of one department: no numbers are given out."""
        problems: list[Problem] = []
        setting = await self._queues.clinic()
        async with self._store.transaction() as work:
            departments = {
                plan.code: id_ for id_, plan in (await configuration_rows.departments(work.connection)).items()
            }
            today = service_day(work.now, setting.zone, setting.roll_over)
            plan = read_holiday(Reader(sent, problems), departments, today)
            for other in (await configuration_rows.holidays(work.connection)).values():
                if other.day == plan.day and other.department in (None, plan.department):
                    problems.append(Problem("day", "twice", {"value": plan.day}))
                    break
            check(problems)
            await configuration_rows.add_holiday(work, plan, departments.get(plan.department or ""))
            work.record(Event("holiday_added", work.now, str(by), data=written(plan)))
            work.touch(sources.CLINIC)

    async def remove_holiday(self, holiday_id: int, *, by: Actor) -> None:
        """Delete the holiday. Raises `NotFound`."""
        async with self._store.transaction() as work:
            if (plan := (await configuration_rows.holidays(work.connection)).get(holiday_id)) is None:
                raise NotFound("There is no such holiday.")
            await configuration_rows.remove_holiday(work, holiday_id)
            work.record(Event("holiday_removed", work.now, str(by), data=written(plan)))
            work.touch(sources.CLINIC)

    async def shifts(self) -> list[ShiftView]:
        """Every line of the roster with its id and the doctor's name, in the order of the week."""
        async with self._store.reading() as connection:
            names = dict((await configuration_rows.doctors(connection)).values())
            known = await configuration_rows.shifts(connection)
        return [
            {
                "id": id_,
                "doctor": plan.doctor,
                "name": names.get(plan.doctor, plan.doctor),
                "room": plan.room,
                "weekday": plan.weekday,
                "begins": plan.begins,
                "ends": plan.ends,
            }
            for id_, plan in known.items()
        ]

    async def doctors(self) -> list[tuple[str, str]]:
        """Login and name of every doctor."""
        async with self._store.reading() as connection:
            return list((await configuration_rows.doctors(connection)).values())

    async def add_shift(self, sent: Mapping[str, Any], *, by: Actor) -> None:
        """The doctor is expected there; neither doctor nor room is wanted twice at one time."""
        problems: list[Problem] = []
        async with self._store.transaction() as work:
            doctors = {login: id_ for id_, (login, _) in (await configuration_rows.doctors(work.connection)).items()}
            rooms = {plan.code: id_ for id_, plan in (await configuration_rows.rooms(work.connection)).items()}
            plan = read_shift(Reader(sent, problems), doctors, rooms)
            known = list((await configuration_rows.shifts(work.connection)).values())
            for earlier, later, what in clashing([*known, plan]):
                if later == len(known):
                    other = known[earlier]
                    problems.append(Problem(what, "clash", {"value": f"{other.begins}–{other.ends}"}))
            check(problems)
            await configuration_rows.add_shift(work, plan, doctors[plan.doctor], rooms[plan.room])
            work.record(Event("shift_added", work.now, str(by), data={**written(plan), "doctor": doctors[plan.doctor]}))
            work.touch(sources.CLINIC)
            await self._keep(work)

    async def remove_shift(self, shift_id: int, *, by: Actor) -> None:
        """Delete the shift. Raises `NotFound`."""
        async with self._store.transaction() as work:
            if (plan := (await configuration_rows.shifts(work.connection)).get(shift_id)) is None:
                raise NotFound("There is no such line of the roster.")
            await configuration_rows.remove_shift(work, shift_id)
            data = {"room": plan.room, "weekday": plan.weekday, "begins": plan.begins, "ends": plan.ends}
            work.record(Event("shift_removed", work.now, str(by), data=data))
            work.touch(sources.CLINIC)
            await self._keep(work)

    async def keep(self) -> None:
        """Screens show as expected whom the roster expects now, and nobody whose shift is over."""
        now, zone = self._store.clock.now(), (await self._queues.clinic()).zone
        async with self._store.reading() as connection:
            shifts, present = await configuration_rows.roster(connection), await duty_rows.duties(connection)
        if newly_expected(shifts, present, now, zone) or no_longer_expected(shifts, present, now, zone):
            async with self._store.transaction() as work:
                await self._keep(work)

    async def _keep(self, work: Transaction) -> None:
        zone = (await self._queues.clinic()).zone
        rooms = {room.id: room for room in await clinic_rows.rooms(work.connection)}
        await clinic_rows.lock_departments(work, [room.department_id for room in rooms.values()])
        shifts, present = await configuration_rows.roster(work.connection), await duty_rows.duties(work.connection)
        over = no_longer_expected(shifts, present, work.now, zone)
        changed = list[Duty]()
        for duty in over:
            await duty_rows.clear(work, duty.doctor_id, duty.room_id)
            changed.append(Duty(duty.doctor_id, duty.doctor, duty.room_id, DutyState.OFF_DUTY, work.now))
        left = [duty for duty in present if duty not in over]
        for new in newly_expected(shifts, left, work.now, zone):
            await duty_rows.clear(work, new.doctor_id, new.room_id)
            duty = Duty(new.doctor_id, "", new.room_id, DutyState.EXPECTED, work.now, back_at=new.starts_at)
            await duty_rows.add(work, duty)
            changed.append(duty)
        for duty in changed:
            room = rooms[duty.room_id]
            data = {"room": room.code, "state": duty.state, "doctor": duty.doctor_id, "back_at": moment(duty.back_at)}
            event = Event(
                "duty", work.now, str(SYSTEM), department_id=room.department_id, data={**data, "reason": None}
            )
            work.record(event)
