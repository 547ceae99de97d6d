"""Setting the clinic up: settings, departments, rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from queue_server import sources
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.clinic.opening_hours import parse_hours
from queue_server.domain.errors import BadInput
from queue_server.domain.queue.events import Event
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store

#: Minutes by which each priority is called earlier, unless the department says otherwise.
DEFAULT_CREDITS: Mapping[str, int] = {"normal": 0, "assisted": 20, "urgent": 60}


@dataclass(frozen=True, slots=True)
class NewDepartment:
    """A department to add; `names` maps language → name."""

    code: str
    prefix: str
    names: Mapping[str, str]
    icon: str
    colour: str
    pace_s: int = 180


class Administering:
    """Every change is journalled and shown at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def set_up(self, **settings: object) -> None:
        """The clinic's settings have these values: name, time_zone, roll_over, languages."""
        async with self._store.transaction() as work:
            for name, value in settings.items():
                await setting_rows.save_setting(work, name, value)
            work.record(Event("settings", work.now, str(SYSTEM), data={"names": sorted(settings)}))
            work.touch(sources.CLINIC)

    async def add_department(self, new: NewDepartment, rooms: list[str]) -> None:
        """The department exists, with these rooms. Raises `BadInput` for a code, prefix or room in use."""
        async with self._store.transaction() as work:
            known = await clinic_rows.departments(work.connection)
            if new.code in {department.code for department in known}:
                raise BadInput("code", f"The code {new.code!r} is in use.")
            if new.prefix in {department.prefix for department in known}:
                raise BadInput("prefix", f"The prefix {new.prefix!r} is in use.")
            taken = {room.code for room in await clinic_rows.rooms(work.connection)} & set(rooms)
            if taken:
                raise BadInput("rooms", f"The room {min(taken)!r} exists already.")
            department_id = await clinic_rows.add_department(
                work,
                code=new.code,
                prefix=new.prefix,
                names=dict(new.names),
                icon=new.icon,
                colour=new.colour,
                position=len(known),
                is_open=True,
                return_after=3,
                credits=dict(DEFAULT_CREDITS),
                pace_s=new.pace_s,
            )
            for room in rooms:
                await clinic_rows.add_room(work, room, department_id)
            work.record(Event("department_added", work.now, str(SYSTEM), data={"code": new.code, "rooms": rooms}))
            work.touch(sources.CLINIC)

    async def set_open(self, code: str, *, is_open: bool) -> None:
        """The department issues tokens, or does not. Raises `UnknownDepartment`."""
        async with self._store.transaction() as work:
            department = await clinic_rows.lock_department(work, code)
            await clinic_rows.set_open(work, department.id, is_open=is_open)
            kind = "department_opened" if is_open else "department_closed"
            work.record(Event(kind, work.now, str(SYSTEM), department_id=department.id))
            work.touch(sources.CLINIC)

    async def set_opening(
        self, code: str, hours: Mapping[str, list[list[str]]] | None, daily_quota: int | None
    ) -> None:
        """When the department gives out numbers (see `domain.opening.parse_hours`; none: always), and how many a day.

        Raises `UnknownDepartment`, `BadInput`.
        """
        if hours is not None:
            parse_hours(hours)
        if daily_quota is not None and daily_quota < 1:
            raise BadInput("daily_quota", f"A daily quota is at least 1, not {daily_quota}.")
        async with self._store.transaction() as work:
            department = await clinic_rows.lock_department(work, code)
            await clinic_rows.set_opening(work, department.id, hours, daily_quota)
            work.record(Event("department_hours", work.now, str(SYSTEM), department_id=department.id))
            work.touch(sources.CLINIC)
