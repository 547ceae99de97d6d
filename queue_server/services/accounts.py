"""Logins of staff."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.errors import BadInput, LoginRequired
from queue_server.domain.events import Event
from queue_server.services.actors import SYSTEM, Actor
from queue_server.services.secrets import fingerprint, hash_password, is_password, new_key
from queue_server.storage import people
from queue_server.storage.store import Store
from queue_server.storage.tables.staff import Role

#: A login ends after this long without use, and after this long in any case.
IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(hours=24)

#: How often the use of a session is written down.
_NOTED_EVERY = timedelta(minutes=10)

SHORTEST_PASSWORD = 8


class Accounts:
    """Who is who. Sessions live in the database and can be ended there."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(self, login: str, password: str, role: Role, name: str, *, cost: int = 12) -> int:
        """A new account; returns its id. Raises `BadInput` for a login in use, or a password that is too short."""
        login = login.strip().lower()
        if not login or not login.isprintable():
            raise BadInput("login", "A login needs at least one letter.")
        if len(password) < SHORTEST_PASSWORD:
            raise BadInput("password", f"A password needs at least {SHORTEST_PASSWORD} characters.")
        hashed = await hash_password(password, cost)
        async with self._store.transaction() as work:
            if await people.staff_with_hash(work.connection, login):
                raise BadInput("login", f"The login {login!r} is in use.")
            staff_id = await people.add_staff(work, login, hashed, role, name)
            work.record(Event("staff_added", work.now, str(SYSTEM), data={"staff": staff_id, "role": role}))
        return staff_id

    async def by_login(self, login: str) -> people.Staff | None:
        """The active account with this login."""
        async with self._store.reading() as connection:
            found = await people.staff_with_hash(connection, login)
        return found[0] if found else None

    async def log_in(self, login: str, password: str) -> str:
        """The secret of a new session. Raises `LoginRequired`, in the same time for a wrong login or password."""
        async with self._store.reading() as connection:
            found = await people.staff_with_hash(connection, login.strip().lower())
        if not await is_password(password, found[1] if found else None) or found is None:
            raise LoginRequired("This login and password do not belong together.")
        secret = new_key()
        async with self._store.transaction() as work:
            await people.add_session(work, fingerprint(secret), found[0].id)
            work.record(Event("logged_in", work.now, f"{found[0].role}:{found[0].id}"))
        return secret

    async def log_out(self, secret: str) -> None:
        """The session's secret opens nothing any more."""
        async with self._store.transaction() as work:
            await people.end_session(work, fingerprint(secret))

    async def who(self, secret: str) -> Actor | None:
        """Whose session this is; none when it has ended or never was."""
        now = self._store.clock.now()
        hashed = fingerprint(secret)
        async with self._store.reading() as connection:
            found = await people.staff_of_session(connection, hashed, now - IDLE, now - ABSOLUTE)
        if found is None:
            return None
        staff, seen_at = found
        if now - seen_at > _NOTED_EVERY:
            async with self._store.transaction() as work:
                await people.see_session(work, hashed)
        return Actor(staff.role, staff.id, staff.name)
