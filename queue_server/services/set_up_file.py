"""The whole set-up goes out as one file, and comes in as one change: all of it, or nothing."""

from __future__ import annotations

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import BadFields
from queue_server.domain.events import Event
from queue_server.domain.plans import written
from queue_server.domain.reading import Problem
from queue_server.domain.set_up_file import Known, SetUp, dump, line_of, load
from queue_server.locale import LANGUAGES
from queue_server.services.displays import REGIONS
from queue_server.storage import clinic, people, plans
from queue_server.storage.store import Store, Transaction


class BadFile(BadFields):
    """A file of which nothing was taken over; `lines` has (line, problem) for everything that is wrong with it."""

    def __init__(self, text: str, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.lines = sorted(((_line(text, problem), problem) for problem in problems), key=lambda pair: pair[0])
        found = [{"line": line, "field": problem.field, "message": problem.sentence} for line, problem in self.lines]
        self.details = {**self.details, "lines": found}


def _line(text: str, problem: Problem) -> int:
    return int(str(problem.values["value"])) if problem.rule == "not_json" else line_of(text, problem.field)


class SetUpFile:
    """Departments, rooms, holidays, the roster, displays, letterhead and settings; no people, devices or keys."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def export(self) -> str:
        """The file's text."""
        async with self._store.reading() as connection:
            return dump(
                SetUp(
                    clinic=await plans.clinic_plan(connection),
                    departments=tuple((await plans.departments(connection)).values()),
                    rooms=tuple((await plans.rooms(connection)).values()),
                    holidays=tuple((await plans.holidays(connection)).values()),
                    shifts=tuple((await plans.shifts(connection)).values()),
                    displays=tuple((await plans.displays(connection)).values()),
                    letterhead=await plans.heading(connection, LANGUAGES),
                )
            )

    async def load(self, text: str, *, by: Actor) -> SetUp:
        """The clinic is set up as the file says; what the file does not name is removed. Raises `BadFile`."""
        problems: list[Problem] = []
        async with self._store.transaction() as work:
            doctors = {login: id_ for id_, (login, _) in (await plans.doctors(work.connection)).items()}
            made = load(text, Known(LANGUAGES, REGIONS, doctors), problems)
            if not problems:
                await self._apply(work, made, doctors, problems)
            if problems:
                raise BadFile(text, problems)
            data = {"departments": [plan.code for plan in made.departments], "rooms": len(made.rooms)}
            work.record(Event("set_up_imported", work.now, str(by), data=data))
            work.touch(sources.CLINIC)
        return made

    async def _apply(self, work: Transaction, made: SetUp, doctors: dict[str, int], problems: list[Problem]) -> None:
        await plans.save_clinic(work, made.clinic)
        if made.letterhead is not None:
            await plans.save_heading(work, made.letterhead)
        departments = await self._departments(work, made, problems)
        await self._rooms(work, made, departments, problems)
        await self._displays(work, made, problems)
        if problems:
            return
        await plans.remove_holiday(work, None)
        for holiday in made.holidays:
            await plans.add_holiday(work, holiday, departments.get(holiday.department or ""))
        await plans.remove_shift(work, None)
        rooms = {plan.code: id_ for id_, plan in (await plans.rooms(work.connection)).items()}
        for shift in made.shifts:
            await plans.add_shift(work, shift, doctors[shift.doctor], rooms[shift.room])

    async def _departments(self, work: Transaction, made: SetUp, problems: list[Problem]) -> dict[str, int]:
        """The departments are those of the file; returns code → id."""
        present = {plan.code: id_ for id_, plan in (await plans.departments(work.connection)).items()}
        once = await plans.departments(work.connection, removed=True)
        removed = {plan.code: (id_, plan) for id_, plan in once.items()}
        wanted = {plan.code for plan in made.departments}
        await clinic.lock_departments(work, list(present.values()))
        waiting = await plans.waiting(work.connection, work.now.date())
        for code in sorted(present.keys() - wanted):
            if count := waiting[present[code]]:
                problems.append(Problem("departments", "still_waiting", {"value": code, "count": count}))
            await plans.remove_department(work, present[code])
        taken = {plan.prefix: code for code, (_, plan) in removed.items() if code not in wanted}
        ids = present | {code: id_ for code, (id_, _) in removed.items()}
        for position, plan in enumerate(made.departments):
            if plan.prefix in taken:
                values = {"value": plan.prefix}
                problems.append(Problem(f"departments[{position + 1}].prefix", "in_use_removed", values))
            elif plan.code in ids:
                # Two departments may swap their prefixes, which are unique: each lets go of its own first.
                await plans.save_department(work, ids[plan.code], prefix=f"~{position}")
        if problems:
            return ids
        for position, plan in enumerate(made.departments):
            if plan.code not in ids:
                ids[plan.code] = await plans.add_department(work, plan)
            await plans.save_department(work, ids[plan.code], **written(plan), position=position, is_removed=False)
            work.touch(sources.department(ids[plan.code]))
        return ids

    async def _rooms(self, work: Transaction, made: SetUp, ids: dict[str, int], problems: list[Problem]) -> None:
        wanted = {plan.code: plan for plan in made.rooms}
        for id_, plan in (await plans.rooms(work.connection)).items():
            if wanted.get(plan.code) == plan:
                continue
            if who := await plans.room_in_use(work.connection, id_):
                problems.append(Problem("rooms", "room_in_use", {"value": plan.code, "who": who}))
            if plan.code not in wanted:
                await plans.remove_rooms(work, [id_])
        if not problems:
            for plan in made.rooms:
                await plans.put_room(work, plan, ids[plan.department])

    async def _displays(self, work: Transaction, made: SetUp, problems: list[Problem]) -> None:
        wanted = {plan.name for plan in made.displays}
        hanging = {device.place for device in await people.devices(work.connection, DeviceKind.DISPLAY)}
        for name in await plans.displays(work.connection):
            if name not in wanted:
                if name in hanging and name != plans.MAIN:
                    problems.append(Problem("displays", "display_in_use", {"value": name}))
                await plans.remove_display(work, name)
        for plan in made.displays:
            await plans.put_display(work, plan)
