"""Departments and their rooms: added, changed, removed and restored while the queues go on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.configuration import DepartmentPlan, read_department, written
from queue_server.domain.clinic.department_signs import sign_for
from queue_server.domain.clinic.rooms import MOST_AT_ONCE, RoomPlan, is_moved, read_room, room_of, with_code
from queue_server.domain.clinic.seen_values import check, check_unchanged
from queue_server.domain.errors import StillInUse, UnknownDepartment, UnknownRoom
from queue_server.domain.form_reading import Problem, Reader
from queue_server.domain.queue.events import Event
from queue_server.live.json_views import Json
from queue_server.locale import LANGUAGES
from queue_server.storage.clinic import clinic_rows, configuration_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.queue.idempotency_rows import once


class Departments:
    """Every change is journalled, and shown at once on every screen.

    What is sent is plain JSON as `domain.clinic.configuration` reads it; `seen` is what the editor started from.
    Raises `BadFields` with every problem, `ChangedMeanwhile` when the thing is no longer as it was `seen`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self) -> list[Json]:
        """Every department with its rooms and the tokens that wait there, in the order in which they are shown."""
        async with self._store.reading() as connection:
            known = await configuration_rows.departments(connection)
            rooms = (await configuration_rows.rooms(connection)).values()
            today = await clinic_rows.service_day_at(connection, self._store.clock.now())
            waiting = await configuration_rows.waiting(connection, today)
        return [
            written(plan)
            | {"rooms": [room.code for room in rooms if room.department == plan.code], "waiting": waiting[id_]}
            | {
                "room_names": {
                    room.code: dict(room.names) for room in rooms if room.department == plan.code and room.names
                }
            }
            for id_, plan in known.items()
        ]

    async def removed(self) -> list[Json]:
        """The departments that were removed and can be restored."""
        async with self._store.reading() as connection:
            return [written(plan) for plan in (await configuration_rows.departments(connection, removed=True)).values()]

    async def one(self, code: str) -> Json:
        """The department as a form fills it in. Raises `UnknownDepartment`."""
        async with self._store.reading() as connection:
            return written((await _find(connection, code))[1])

    async def add(self, sent: Mapping[str, Any], *, by: Actor, key: str | None = None) -> str:
        """The department is there, with the rooms of the lines in `sent["rooms"]`; returns its code.

        Without an icon or a colour it gets ones that suit its name and differ from the others'. The same `key` again
        changes nothing.
        """
        problems: list[Problem] = []
        async with self._store.transaction() as work, once(work, f"departments:{by}", key, sent) as this:
            if this.is_repeated:
                return str(this.answer["code"])
            known = {room.code for room in (await configuration_rows.rooms(work.connection)).values()}
            rooms = _rooms_of(sent, known, problems)
            others = (await configuration_rows.departments(work.connection)).values()
            plan = read_department(Reader(_with_sign(_without_rooms(sent), others), problems), LANGUAGES)
            await _check_free(work, plan, None, problems)
            check(problems)
            department_id = await configuration_rows.add_department(work, plan)
            for room in rooms:
                await configuration_rows.put_room(work, replace(room, department=plan.code), department_id)
            _record(work, "department_added", by, code=plan.code, rooms=[room.code for room in rooms])
            this.answer = {"code": plan.code}
        return plan.code

    async def save(self, code: str, sent: Mapping[str, Any], seen: Mapping[str, Any] | None, *, by: Actor) -> None:
        """The department is as `sent` says; numbers given out keep their prefix. Raises `UnknownDepartment`."""
        problems: list[Problem] = []
        plan = read_department(Reader({**sent, "code": code}, problems), LANGUAGES)
        async with self._store.transaction() as work:
            department = await clinic_rows.lock_department(work, code)
            before = (await configuration_rows.departments(work.connection))[department.id]
            check_unchanged(seen, written(before))
            await _check_free(work, plan, department.id, problems)
            check(problems)
            await configuration_rows.save_department(work, department.id, **written(plan))
            changed = [name for name, value in written(plan).items() if value != written(before)[name]]
            _record(work, "department_changed", by, code=code, fields=changed)
            work.touch(sources.department(department.id))

    async def change(
        self, code: str, fields: Mapping[str, Any], seen: Mapping[str, Any] | None = None, *, by: Actor
    ) -> None:
        """What `fields` names of the department is so, everything else stays. Raises `UnknownDepartment`."""
        seen = seen or await self.one(code)
        await self.save(code, {**seen, **fields}, seen, by=by)

    async def move(self, code: str, places: int, *, by: Actor) -> None:
        """The department is shown so many places later (negative: earlier). Raises `UnknownDepartment`."""
        async with self._store.transaction() as work:
            order = list(await configuration_rows.departments(work.connection))
            department_id, _ = await _find(work.connection, code)
            place = max(0, min(len(order) - 1, order.index(department_id) + places))
            order.remove(department_id)
            order.insert(place, department_id)
            for position, id_ in enumerate(order):
                await configuration_rows.save_department(work, id_, position=position)
            _record(work, "department_moved", by, code=code, place=place)

    async def remove(self, code: str, seen: Mapping[str, Any] | None = None, *, by: Actor) -> None:
        """The department and its rooms are gone from every screen; its history stays, and so do its code and prefix.

        Raises `UnknownDepartment`, `StillInUse` while tokens wait there.
        """
        async with self._store.transaction() as work:
            department = await clinic_rows.lock_department(work, code)
            check_unchanged(seen, written((await _find(work.connection, code))[1]))
            today = await clinic_rows.service_day_at(work.connection, work.now)
            if waiting := (await configuration_rows.waiting(work.connection, today))[department.id]:
                raise StillInUse(f"Department {code}", f"{waiting} tokens wait there", waiting=waiting)
            await configuration_rows.remove_department(work, department.id)
            await configuration_rows.delete_department(work, code)
            _record(work, "department_removed", by, code=code)
            work.touch(sources.department(department.id))

    async def restore(self, code: str, *, by: Actor) -> None:
        """The removed department is there again, without rooms. Raises `UnknownDepartment`."""
        async with self._store.transaction() as work:
            removed = await configuration_rows.departments(work.connection, removed=True)
            found = next((id_ for id_, plan in removed.items() if plan.code == code), None)
            if found is None:
                raise UnknownDepartment(code)
            await configuration_rows.save_department(work, found, is_removed=False)
            _record(work, "department_restored", by, code=code)

    async def rooms(self) -> list[Json]:
        """Every room, with its id."""
        async with self._store.reading() as connection:
            return [{"id": id_, **written(plan)} for id_, plan in (await configuration_rows.rooms(connection)).items()]

    async def room(self, code: str) -> tuple[int, Json]:
        """The room's id, and the room as a form fills it in. Raises `UnknownRoom`."""
        async with self._store.reading() as connection:
            for id_, plan in (await configuration_rows.rooms(connection)).items():
                if plan.code == code:
                    return id_, written(plan)
        raise UnknownRoom(code)

    async def add_room(self, sent: Mapping[str, Any], *, by: Actor, key: str | None = None) -> None:
        """Add the room. One with a name and no code gets a code that is free. The same `key` again changes nothing."""
        problems: list[Problem] = []
        async with self._store.transaction() as work, once(work, f"rooms:{by}", key, sent) as this:
            if this.is_repeated:
                return
            known = {room.code for room in (await configuration_rows.rooms(work.connection)).values()}
            plan, department_id = await _room(work, with_code(sent, known), problems)
            if plan.code in known:
                problems.append(Problem("code", "in_use", {"value": plan.code}))
            check(problems)
            await configuration_rows.put_room(work, plan, department_id)
            _record(work, "room_added", by, room=plan.code, code=plan.department)
            this.answer = {"code": plan.code}
            work.touch(sources.department(department_id))

    async def save_room(
        self, room_id: int, sent: Mapping[str, Any], seen: Mapping[str, Any] | None, *, by: Actor
    ) -> None:
        """The room has this code and these names and belongs to this department. Raises `UnknownRoom`, `StillInUse`."""
        problems: list[Problem] = []
        async with self._store.transaction() as work:
            known = await configuration_rows.rooms(work.connection)
            if (before := known.get(room_id)) is None:
                raise UnknownRoom(str(room_id))
            check_unchanged(seen, written(before))
            plan, department_id = await _room(work, sent, problems)
            if plan.code in {room.code for id_, room in known.items() if id_ != room_id}:
                problems.append(Problem("code", "in_use", {"value": plan.code}))
            check(problems)
            if is_moved(before, plan):
                await _check_room_free(work, room_id, before)
            await configuration_rows.save_room(
                work, room_id, code=plan.code, names=dict(plan.names), department_id=department_id
            )
            _record(work, "room_changed", by, room=plan.code, was=before.code, code=plan.department)
            work.touch(sources.department(department_id))
            work.touch(sources.department((await _find(work.connection, before.department))[0]))

    async def remove_room(self, room_id: int, seen: Mapping[str, Any] | None = None, *, by: Actor) -> None:
        """The room is gone from every screen. Raises `UnknownRoom`, `StillInUse` while somebody is there."""
        async with self._store.transaction() as work:
            if (plan := (await configuration_rows.rooms(work.connection)).get(room_id)) is None:
                raise UnknownRoom(str(room_id))
            check_unchanged(seen, written(plan))
            await _check_room_free(work, room_id, plan)
            await configuration_rows.remove_rooms(work, [room_id])
            _record(work, "room_removed", by, room=plan.code)
            work.touch(sources.department((await _find(work.connection, plan.department))[0]))


async def _find(connection: Any, code: str) -> tuple[int, DepartmentPlan]:
    for id_, plan in (await configuration_rows.departments(connection)).items():
        if plan.code == code:
            return id_, plan
    raise UnknownDepartment(code)


async def _check_free(work: Transaction, plan: DepartmentPlan, own: int | None, problems: list[Problem]) -> None:
    """Notes a code or prefix that another department has, or had before it was removed."""
    for removed, rule in ((False, "in_use"), (True, "in_use_removed")):
        for id_, other in (await configuration_rows.departments(work.connection, removed=removed)).items():
            if id_ == own:
                continue
            for name in ("code", "prefix"):
                value = getattr(plan, name)
                if value and value == getattr(other, name):
                    problems.append(Problem(name, rule, {"value": value}))
    is_named = any(problem.field == "prefix" for problem in problems)
    today = await clinic_rows.service_day_at(work.connection, work.now)
    if not is_named and await configuration_rows.prefix_of_others(work, plan.prefix, own, today):
        problems.append(Problem("prefix", "in_use", {"value": plan.prefix}))


async def _room(work: Transaction, sent: Mapping[str, Any], problems: list[Problem]) -> tuple[RoomPlan, int]:
    departments = {plan.code: id_ for id_, plan in (await configuration_rows.departments(work.connection)).items()}
    plan = read_room(Reader(sent, problems), departments, LANGUAGES)
    return plan, departments.get(plan.department, 0)


async def _check_room_free(work: Transaction, room_id: int, plan: RoomPlan) -> None:
    if who := await configuration_rows.room_in_use(work.connection, room_id):
        raise StillInUse(f"Room {plan.code}", f"{who} is there", who=who)


def _with_sign(sent: Mapping[str, Any], others: Iterable[DepartmentPlan]) -> dict[str, Any]:
    names = sent.get("names")
    words = [str(name) for name in names.values()] if isinstance(names, Mapping) else []
    icon, colour = sign_for(words, [(other.icon, other.colour) for other in others])
    return {**sent, "icon": sent.get("icon") or icon, "colour": sent.get("colour") or colour}


def _rooms_of(sent: Mapping[str, Any], known: Collection[str], problems: list[Problem]) -> list[RoomPlan]:
    """A new department's rooms, each as `room_of` reads it; every problem with one is at the field `rooms`."""
    found: dict[str, RoomPlan] = {}
    lines = sent.get("rooms") or []
    if len(lines) > MOST_AT_ONCE:
        problems.append(Problem("rooms", "too_many", {"most": MOST_AT_ONCE}))
        return []
    for line in lines:
        own: list[Problem] = []
        sent_room = room_of(line, {*known, *found}) if isinstance(line, str) else {"code": line}
        room = read_room(Reader({**sent_room, "department": "-"}, own), ["-"], LANGUAGES)
        if room.code in {*known, *found}:
            own.append(Problem("rooms", "twice" if room.code in found else "in_use", {"value": room.code}))
        problems += [replace(problem, field="rooms") for problem in own]
        found[room.code] = room
    return list(found.values())


def _without_rooms(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sent.items() if name != "rooms"}


def _record(work: Transaction, kind: str, by: Actor, **data: object) -> None:
    work.record(Event(kind, work.now, str(by), data=data))
    work.touch(sources.CLINIC)
