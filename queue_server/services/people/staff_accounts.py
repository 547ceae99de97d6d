"""Who works here, as the administrator sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from queue_server import sources
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, LastAdministrator, UnknownStaff
from queue_server.domain.people.patients import clean_name
from queue_server.domain.people.staff import Staff, new_login
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import DutyState
from queue_server.services.access.credentials import hash_password, new_password
from queue_server.services.access.role_changes import chosen
from queue_server.services.queue.duties import Duties
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import staff_rows

#: The longest qualification and registration number.
LONGEST_WORDS = 64


@dataclass(frozen=True, slots=True)
class StaffForm:
    """What was typed about a member of staff; a doctor's papers bear `qualification` and `registration`."""

    name: str
    qualification: str = ""
    registration: str = ""


class StaffAccounts:
    """Accounts are never removed, because papers and the journal point at them; they are closed."""

    def __init__(self, store: Store, duties: Duties) -> None:
        self._store = store
        self._duties = duties

    async def everybody(self) -> list[tuple[Staff, datetime | None]]:
        """All accounts with the last use of any of their logins, the active ones first."""
        async with self._store.reading() as connection:
            seen = await staff_rows.last_seen(connection)
            return [(one, seen.get(one.id)) for one in await staff_rows.everybody(connection)]

    async def one(self, staff_id: int) -> Staff:
        """The account, active or not. Raises `UnknownStaff`."""
        async with self._store.reading() as connection:
            found = await staff_rows.by_id(connection, staff_id)
        if found is None:
            raise UnknownStaff
        return found

    async def add(self, login: str, role: str, form: StaffForm, *, by: Actor, cost: int = 12) -> tuple[int, str]:
        """A new account: its id, and its first password, which is not stored anywhere and must be changed.

        Raises `BadInput` naming the field.
        """
        login, values, password = new_login(login), _values(form), new_password()
        hashed = await hash_password(password, cost)
        async with self._store.transaction() as work:
            base, role_id = await chosen(work, role)
            more = {"role": base, "role_id": role_id, "must_change": True, **values}
            added = await staff_rows.add_staff(work, login, hashed, **more)
            if added is None:
                raise BadInput("login", f"The login {login!r} is in use.")
            work.record(Event("staff_added", work.now, str(by), data={"staff": added, "role": role}))
        return added, password

    async def change(self, staff_id: int, form: StaffForm, *, by: Actor) -> None:
        """Save the account. Raises `UnknownStaff`, `BadInput`."""
        values = _values(form)
        async with self._store.transaction() as work:
            await _known(work, staff_id)
            await staff_rows.change_staff(work, staff_id, **values)
            work.record(Event("staff_changed", work.now, str(by), data={"staff": staff_id}))
            # Boards and consoles show the name.
            work.touch(sources.CLINIC)

    async def add_registration(self, number: str, *, by: Actor) -> None:
        """The doctor's papers bear this registration number from now on; one that is known already stays.

        Raises `UnknownStaff`, `BadInput`.
        """
        async with self._store.transaction() as work:
            one = await _known(work, by.id)
            if one.registration:
                return
            added = _values(StaffForm(one.name, one.qualification, number))["registration"]
            if not added:
                raise BadInput("registration", "A registration number is needed.")
            await staff_rows.change_staff(work, by.id, registration=added)
            work.record(Event("staff_changed", work.now, str(by), data={"staff": by.id}))

    async def reset_password(self, staff_id: int, *, by: Actor, cost: int = 12) -> str:
        """A new password, which is not stored anywhere and must be changed; every login of the account is over.

        Raises `UnknownStaff`.
        """
        password = new_password()
        hashed = await hash_password(password, cost)
        async with self._store.transaction() as work:
            await _known(work, staff_id)
            await staff_rows.change_staff(work, staff_id, password_hash=hashed, must_change=True, unlock_hash=None)
            await _shut_out(work, staff_id)
            work.record(Event("password_reset", work.now, str(by), data={"staff": staff_id}))
        return password

    async def set_active(self, staff_id: int, *, is_active: bool, by: Actor) -> None:
        """The account may log in, or is out at once: its logins are over and the doctor's room is free.

        Raises `UnknownStaff`, `LastAdministrator`.
        """
        async with self._store.transaction() as work:
            one = await _known(work, staff_id)
            if not is_active:
                if await staff_rows.active_admins(work) == {staff_id}:
                    raise LastAdministrator
                await _shut_out(work, staff_id)
            await staff_rows.change_staff(work, staff_id, is_active=is_active)
            kind = "staff_activated" if is_active else "staff_deactivated"
            work.record(Event(kind, work.now, str(by), data={"staff": staff_id}))
        if not is_active and (room := await self._duties.room_of(staff_id)):
            await self._duties.change(room, DutyState.OFF_DUTY, doctor=Actor(ActorKind(one.role), one.id, one.name))


async def _known(work: Transaction, staff_id: int) -> Staff:
    found = await staff_rows.by_id(work.connection, staff_id)
    if found is None:
        raise UnknownStaff
    return found


async def _shut_out(work: Transaction, staff_id: int) -> None:
    await staff_rows.end_sessions(work, staff_id)
    await staff_rows.delete_browsers(work, staff_id)
    work.touch(sources.SESSIONS)


def _values(form: StaffForm) -> dict[str, str]:
    words = {"qualification": form.qualification.strip(), "registration": form.registration.strip()}
    for field, text in words.items():
        if len(text) > LONGEST_WORDS or not text.isprintable():
            raise BadInput(field, f"{field} has at most {LONGEST_WORDS} plain characters.")
    return {"name": clean_name(form.name), **words}
