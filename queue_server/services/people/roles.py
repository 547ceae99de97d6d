"""Roles of the clinic's own: which rights they hold and where, and who has which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from queue_server import sources
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.roles import MOST_ROLES, KnownRole, OwnRole, read_role
from queue_server.domain.errors import (
    BadFields,
    LastAdministrator,
    NotAllowed,
    StillInUse,
    UnknownRole,
    UnknownStaff,
)
from queue_server.domain.form_reading import Problem, Reader
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import DutyState
from queue_server.services.access.role_changes import change_role, chosen, log_out, said
from queue_server.services.queue.duties import Duties
from queue_server.storage.clinic import configuration_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import role_rows, staff_rows


class Roles:
    """Whoever gets other rights logs in anew, so that no open screen goes on with the old ones."""

    def __init__(self, store: Store, duties: Duties) -> None:
        self._store = store
        self._duties = duties

    async def everything(self) -> list[KnownRole]:
        """Every role of the clinic's own, by name."""
        async with self._store.reading() as connection:
            return await role_rows.roles(connection)

    async def one(self, role_id: int) -> OwnRole:
        """The role. Raises `UnknownRole`."""
        async with self._store.reading() as connection:
            found = await role_rows.role(connection, role_id)
        if found is None:
            raise UnknownRole
        return found

    async def add(self, sent: Mapping[str, Any], *, by: Actor) -> int:
        """A new role; returns its id. Raises `BadFields`."""
        async with self._store.transaction() as work:
            made = await _read(work, sent)
            if len(await role_rows.roles(work.connection)) >= MOST_ROLES:
                raise BadFields([Problem("name", "too_many", {"most": MOST_ROLES})])
            added = await role_rows.add_role(work, made)
            if added is None:
                raise _in_use(made)
            work.record(Event("role_added", work.now, str(by), data={"role": added, **said(made)}))
        return added

    async def change(self, role_id: int, sent: Mapping[str, Any], *, by: Actor) -> None:
        """The role is like this, and whoever holds it is logged out. Raises `UnknownRole`, `BadFields`."""
        async with self._store.transaction() as work:
            before = await role_rows.role(work.connection, role_id)
            if before is None:
                raise UnknownRole
            made = await _read(work, sent)
            if any(
                known.id != role_id and known.role.name == made.name for known in await role_rows.roles(work.connection)
            ):
                raise _in_use(made)
            await change_role(work, role_id, before, made, by=by)

    async def remove(self, role_id: int, *, by: Actor) -> None:
        """The role is gone. Raises `UnknownRole`, `StillInUse` while an account has it."""
        async with self._store.transaction() as work:
            found = await role_rows.role(work.connection, role_id)
            if found is None:
                raise UnknownRole
            if count := len(await role_rows.holders(work.connection, role_id)):
                raise StillInUse("The role", "accounts have it", accounts=count)
            await role_rows.remove_role(work, role_id)
            work.record(Event("role_removed", work.now, str(by), data={"role": role_id, "name": found.name}))

    async def give(self, staff_id: int, word: str, *, by: Actor) -> None:
        """The account has this role from now on (a built-in one, or the name of one of the clinic's own).

        It is logged out everywhere, and a doctor who is none any more leaves the room. Raises `NotAllowed` for one's
        own account, `UnknownStaff`, `BadInput` for an unknown role, `LastAdministrator`.
        """
        if by.is_staff and by.id == staff_id:
            raise NotAllowed("Nobody changes the role of the own account.")
        async with self._store.transaction() as work:
            one = await staff_rows.by_id(work.connection, staff_id)
            if one is None:
                raise UnknownStaff
            admins = await staff_rows.active_admins(work)
            role, role_id = await chosen(work, word)
            if (role, role_id) == (one.role, one.role_id):
                return
            if role is not Role.ADMIN and admins == {staff_id}:
                raise LastAdministrator
            await staff_rows.change_staff(work, staff_id, role=role, role_id=role_id)
            await log_out(work, [staff_id])
            work.touch(sources.CLINIC)
            data = {"staff": staff_id, "role": word, "was": one.role}
            work.record(Event("staff_role_changed", work.now, str(by), data=data))
        if role is not Role.DOCTOR and (room := await self._duties.room_of(staff_id)):
            doctor = Actor(ActorKind(one.role), one.id, one.name)
            await self._duties.change(room, DutyState.OFF_DUTY, doctor=doctor)


async def _read(work: Transaction, sent: Mapping[str, Any]) -> OwnRole:
    problems: list[Problem] = []
    codes = [plan.code for plan in (await configuration_rows.departments(work.connection)).values()]
    made = read_role(Reader(sent, problems), codes)
    if problems:
        raise BadFields(problems)
    return made


def _in_use(made: OwnRole) -> BadFields:
    return BadFields([Problem("name", "in_use", {"value": made.name})])
