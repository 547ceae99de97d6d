"""The whole set-up goes out as one file, and comes in as one change: all of it, or nothing."""

from __future__ import annotations

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.configuration import written
from queue_server.domain.clinic.configuration_file import Known, SetUp, dump, line_of, load
from queue_server.domain.clinic.rooms import is_moved
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import BadFields
from queue_server.domain.form_reading import Problem
from queue_server.domain.queue.events import Event
from queue_server.locale import LANGUAGES
from queue_server.progress import Steps
from queue_server.services.access.role_changes import put_roles
from queue_server.services.clinic.displays import REGIONS
from queue_server.storage.clinic import clinic_rows, configuration_rows
from queue_server.storage.devices import device_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import role_rows


class BadFile(BadFields):
    """A file of which nothing was taken over; `lines` has (line, problem) for everything that is wrong with it."""

    def __init__(self, text: str, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.lines = sorted(((_line(text, problem), problem) for problem in problems), key=lambda pair: pair[0])
        found = [{"line": line, "field": problem.field, "message": problem.sentence} for line, problem in self.lines]
        self.details = {**self.details, "lines": found}


def _line(text: str, problem: Problem) -> int:
    return int(str(problem.values["value"])) if problem.rule == "not_json" else line_of(text, problem.field)


class ConfigurationFile:
    """Departments, rooms, holidays, the roster, displays, letterhead and settings; no people, devices or keys."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def export(self) -> str:
        """The file's text."""
        async with self._store.reading() as connection:
            return dump(
                SetUp(
                    clinic=await configuration_rows.clinic_plan(connection),
                    departments=tuple((await configuration_rows.departments(connection)).values()),
                    rooms=tuple((await configuration_rows.rooms(connection)).values()),
                    holidays=tuple((await configuration_rows.holidays(connection)).values()),
                    shifts=tuple((await configuration_rows.shifts(connection)).values()),
                    displays=tuple((await configuration_rows.displays(connection)).values()),
                    letterhead=await configuration_rows.heading(connection, LANGUAGES),
                    roles=tuple(known.role for known in await role_rows.roles(connection)),
                )
            )

    async def load(self, text: str, *, by: Actor) -> SetUp:
        """The clinic is set up as the file says; what the file does not name is removed. Raises `BadFile`."""
        problems: list[Problem] = []
        async with self._store.transaction() as work:
            doctors = {login: id_ for id_, (login, _) in (await configuration_rows.doctors(work.connection)).items()}
            made = load(text, Known(LANGUAGES, REGIONS, doctors), problems)
            if not problems:
                await self._apply(work, made, doctors, problems, by)
            if problems:
                raise BadFile(text, problems)
            data = {"departments": [plan.code for plan in made.departments], "rooms": len(made.rooms)}
            work.record(Event("set_up_imported", work.now, str(by), data=data))
            work.touch(sources.CLINIC)
        return made

    async def _apply(
        self, work: Transaction, made: SetUp, doctors: dict[str, int], problems: list[Problem], by: Actor
    ) -> None:
        steps = Steps(
            len(made.departments) + len(made.rooms) + len(made.displays) + len(made.holidays) + len(made.shifts)
        )
        await configuration_rows.save_clinic(work, made.clinic)
        if made.letterhead is not None:
            await configuration_rows.save_heading(work, made.letterhead)
        departments = await self._departments(work, made, problems, steps)
        await self._rooms(work, made, departments, problems, steps)
        await self._displays(work, made, problems, steps)
        if made.roles is not None:
            problems.extend(await put_roles(work, made.roles, by=by))
        if problems:
            return
        await configuration_rows.remove_holiday(work, None)
        for holiday in steps.of(made.holidays):
            await configuration_rows.add_holiday(work, holiday, departments.get(holiday.department or ""))
        await configuration_rows.remove_shift(work, None)
        rooms = {plan.code: id_ for id_, plan in (await configuration_rows.rooms(work.connection)).items()}
        for shift in steps.of(made.shifts):
            await configuration_rows.add_shift(work, shift, doctors[shift.doctor], rooms[shift.room])

    async def _departments(
        self, work: Transaction, made: SetUp, problems: list[Problem], steps: Steps
    ) -> dict[str, int]:
        """The departments are those of the file; returns code → id."""
        present = {plan.code: id_ for id_, plan in (await configuration_rows.departments(work.connection)).items()}
        once = await configuration_rows.departments(work.connection, removed=True)
        removed = {plan.code: (id_, plan) for id_, plan in once.items()}
        wanted = {plan.code for plan in made.departments}
        await clinic_rows.lock_departments(work, list(present.values()))
        today = await clinic_rows.service_day_at(work.connection, work.now)
        waiting = await configuration_rows.waiting(work.connection, today)
        for code in sorted(present.keys() - wanted):
            if count := waiting[present[code]]:
                problems.append(Problem("departments", "still_waiting", {"value": code, "count": count}))
            await configuration_rows.remove_department(work, present[code])
        taken = {plan.prefix: code for code, (_, plan) in removed.items() if code not in wanted}
        ids = present | {code: id_ for code, (id_, _) in removed.items()}
        for position, plan in enumerate(made.departments):
            field, values = f"departments[{position + 1}].prefix", {"value": plan.prefix}
            if plan.prefix in taken:
                problems.append(Problem(field, "in_use_removed", values))
            elif await configuration_rows.prefix_of_others(work, plan.prefix, ids.get(plan.code), today):
                problems.append(Problem(field, "in_use", values))
            elif plan.code in ids:
                # Two departments may swap their prefixes, which are unique: each gives up its own first.
                await configuration_rows.save_department(work, ids[plan.code], prefix=f"~{position}")
        if problems:
            return ids
        for position, plan in enumerate(steps.of(made.departments)):
            if plan.code not in ids:
                ids[plan.code] = await configuration_rows.add_department(work, plan)
            await configuration_rows.save_department(
                work, ids[plan.code], **written(plan), position=position, is_removed=False
            )
            work.touch(sources.department(ids[plan.code]))
        return ids

    async def _rooms(
        self, work: Transaction, made: SetUp, ids: dict[str, int], problems: list[Problem], steps: Steps
    ) -> None:
        wanted = {plan.code: plan for plan in made.rooms}
        for id_, plan in (await configuration_rows.rooms(work.connection)).items():
            if not is_moved(plan, wanted.get(plan.code)):
                continue
            if who := await configuration_rows.room_in_use(work.connection, id_):
                problems.append(Problem("rooms", "room_in_use", {"value": plan.code, "who": who}))
            if plan.code not in wanted:
                await configuration_rows.remove_rooms(work, [id_])
        if not problems:
            for plan in steps.of(made.rooms):
                await configuration_rows.put_room(work, plan, ids[plan.department])

    async def _displays(self, work: Transaction, made: SetUp, problems: list[Problem], steps: Steps) -> None:
        wanted = {plan.name for plan in made.displays}
        hanging = {device.place for device in await device_rows.devices(work.connection, DeviceKind.DISPLAY)}
        for name in await configuration_rows.displays(work.connection):
            if name not in wanted:
                if name in hanging and name != configuration_rows.MAIN:
                    problems.append(Problem("displays", "display_in_use", {"value": name}))
                await configuration_rows.remove_display(work, name)
        for plan in steps.of(made.displays):
            await configuration_rows.put_display(work, plan)
