"""Logins of staff: passwords, sessions, and the browsers in which people have logged in before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from queue_server import sources
from queue_server.domain.access.actors import CODE, NEW_FACTOR, NEW_PASSWORD, SYSTEM, UNLOCKING, Actor, ActorKind
from queue_server.domain.errors import BadInput, LoginRequired, UnknownStaff
from queue_server.domain.people.second_factor import CODE_WITHIN
from queue_server.domain.people.staff import (
    LOCK_AFTER,
    Role,
    Staff,
    StaffSession,
    browser_words,
    is_locked,
    new_login,
    new_password,
)
from queue_server.domain.queue.events import Event
from queue_server.services.access.credentials import fingerprint, hash_password, is_password, new_key
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import staff_rows

#: A login ends after this long without use, and after this long in any case.
IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(hours=24)

#: How often the use of a session is written down; a screen may lock so much too early or too late.
NOTED_EVERY = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that may be added: its login and password have been checked, and the password is hashed."""

    login: str
    hashed: str = field(repr=False)
    role: Role
    name: str


async def new_account(login: str, password: str, role: Role, name: str, cost: int = 12) -> NewAccount:
    """What `add_account` takes; hashing is slow, so it is done before the transaction. Raises `BadInput`,
    `WeakPassword`."""
    login = new_login(login)
    return NewAccount(login, await hash_password(new_password(password, login, name), cost), role, name)


async def add_account(work: Transaction, account: NewAccount) -> int:
    """The account is there; returns its id. Raises `BadInput` for a login in use."""
    staff_id = await staff_rows.add_staff(work, account.login, account.hashed, role=account.role, name=account.name)
    if staff_id is None:
        raise BadInput("login", f"The login {account.login!r} is in use.")
    work.record(Event("staff_added", work.now, str(SYSTEM), data={"staff": staff_id, "role": account.role}))
    return staff_id


class Accounts:
    """Who is who. Sessions live in the database and can be ended there."""

    def __init__(self, store: Store, lock_after: timedelta = LOCK_AFTER, *, codes_required: bool = False) -> None:
        """`codes_required`: administrators need a second factor."""
        self._store = store
        self.lock_after = lock_after
        self.codes_required = codes_required

    async def create(self, login: str, password: str, role: Role, name: str, *, cost: int = 12) -> int:
        """A new account of somebody who has chosen the password; returns its id.

        Raises `BadInput` for a login in use, `WeakPassword`.
        """
        account = await new_account(login, password, role, name, cost)
        async with self._store.transaction() as work:
            return await add_account(work, account)

    async def by_login(self, login: str) -> Staff | None:
        """The active account with this login."""
        async with self._store.reading() as connection:
            found = await staff_rows.by_login(connection, login)
        return found[0] if found else None

    async def log_in(
        self,
        login: str,
        password: str,
        *,
        user_agent: str = "",
        old: str = "",
        browser: str = "",
        is_owner: bool = False,
    ) -> str:
        """The secret of a new session; the browser's session before it, whose secret is `old`, is over.

        Of an account with a second factor the session waits for its code, unless the browser with the secret `browser`
        is remembered. `is_owner`: the browser is known as the login's own. Raises `LoginRequired`, in the same time for
        a wrong login or password, and `RateLimited` while too many wait.
        """
        async with self._store.reading() as connection:
            found = await staff_rows.by_login(connection, login.strip().lower())
        if not await is_password(password, found[1] if found else None, is_owner=is_owner) or found is None:
            raise LoginRequired("Login or password is wrong.")
        secret, who = new_key(), found[0]
        async with self._store.transaction() as work:
            if old:
                await staff_rows.end_session(work, fingerprint(old))
                work.touch(sources.SESSIONS)
            needs_code = who.has_factor and not await staff_rows.is_remembered(
                work.connection, fingerprint(browser), who.id, work.now
            )
            words = browser_words(user_agent)
            await staff_rows.add_session(work, fingerprint(secret), who.id, words, needs_code=needs_code)
            if not needs_code:
                work.record(Event("logged_in", work.now, f"{who.role}:{who.id}"))
        return secret

    async def log_out(self, secret: str) -> bool:
        """The session's secret opens nothing any more; returns whether a login provider had let it in."""
        async with self._store.transaction() as work:
            was_provided = await staff_rows.is_by_provider(work.connection, fingerprint(secret))
            if await staff_rows.end_session(work, fingerprint(secret)) is not None:
                work.touch(sources.SESSIONS)
        return was_provided

    async def is_known_browser(self, login: str, browser: str) -> bool:
        """Whether the login's owner has logged in with the browser of this secret before."""
        async with self._store.reading() as connection:
            return await staff_rows.is_known_browser(connection, fingerprint(browser), login)

    async def know_browser(self, login: str) -> str:
        """The secret by which a browser is known as this login's owner's from now on; it opens nothing."""
        secret = new_key()
        async with self._store.transaction() as work:
            if found := await staff_rows.by_login(work.connection, login):
                await staff_rows.know_browser(work, fingerprint(secret), found[0].id)
        return secret

    async def who(self, secret: str, *, is_use: bool = True) -> Actor | None:
        """Whose session this is; none when it has ended or never was.

        `is_use`: a person has done something, rather than a page that keeps itself up to date.
        """
        now, hashed = self._store.clock.now(), fingerprint(secret)
        async with self._store.reading() as connection:
            found = await staff_rows.session(connection, hashed, now - IDLE, now - ABSOLUTE)
        if found is None:
            return None
        person, session, role = found
        if session.needs_code and now - session.created_at > CODE_WITHIN:
            return None
        locked = self._is_locked(session, now)
        if is_use and not locked and now - session.seen_at > NOTED_EVERY:
            async with self._store.transaction() as work:
                await staff_rows.change_session(work, hashed, seen_at=work.now)
        waits_for = UNLOCKING if locked else self._waits_for(person, session)
        return Actor(ActorKind(person.role), person.id, person.name, session=hashed, waits_for=waits_for, role=role)

    async def me(self, actor: Actor) -> Staff:
        """The actor's own account. Raises `UnknownStaff` for whoever has none."""
        async with self._store.reading() as connection:
            found = await staff_rows.by_id(connection, actor.id) if actor.is_staff else None
        if found is None:
            raise UnknownStaff
        return found

    async def change_password(self, actor: Actor, old: str, new: str, *, cost: int = 12) -> None:
        """The account has another password, and its other logins are over. Raises `BadInput`, `WeakPassword`."""
        me = await self.me(actor)
        async with self._store.reading() as connection:
            hashed, _ = await staff_rows.hashes(connection, me.id)
        if not await is_password(old, hashed, is_owner=True):
            raise BadInput("old", "This is not the present password.")
        chosen = new_password(new, me.login, me.name)
        if old == new:
            raise BadInput("password", "This is the present password.")
        made = await hash_password(chosen, cost, is_owner=True)
        async with self._store.transaction() as work:
            await staff_rows.change_staff(work, me.id, password_hash=made, must_change=False)
            await staff_rows.end_sessions(work, me.id, but=actor.session)
            work.touch(sources.SESSIONS)
            work.record(Event("password_changed", work.now, str(actor)))

    async def sessions(self, staff_id: int) -> list[StaffSession]:
        """The open logins of this account, the one used last first."""
        now = self._store.clock.now()
        async with self._store.reading() as connection:
            return await staff_rows.sessions_of(connection, staff_id, now - IDLE, now - ABSOLUTE)

    async def end_session(self, staff_id: int, mark: str, *, by: Actor) -> None:
        """The account's login that is shown under this mark (see `mark_of`) is over; nothing happens without one."""
        for session in await self.sessions(staff_id):
            if mark_of(session) == mark:
                async with self._store.transaction() as work:
                    await staff_rows.end_session(work, session.secret_hash)
                    _ended(work, staff_id, by)

    async def end_sessions(self, staff_id: int, *, by: Actor, but: str = "") -> None:
        """No login of the account is left, except the one whose secret has the hash `but`."""
        async with self._store.transaction() as work:
            await staff_rows.end_sessions(work, staff_id, but=but)
            _ended(work, staff_id, by)

    async def standing(self, hashes: Iterable[str]) -> Mapping[str, bool]:
        """Of these sessions (by the hashes of their secrets) those that are open; true for the locked ones."""
        now = self._store.clock.now()
        async with self._store.reading() as connection:
            found = await staff_rows.open_sessions(connection, hashes, now - IDLE, now - ABSOLUTE)
        return {session.secret_hash: self._is_locked(session, now) for session in found}

    def _waits_for(self, person: Staff, session: StaffSession) -> str:
        if session.needs_code:
            return CODE
        if person.must_change and not session.by_provider:
            return NEW_PASSWORD
        is_weak = not person.has_factor and not session.is_strong
        return NEW_FACTOR if self.codes_required and person.role is Role.ADMIN and is_weak else ""

    def _is_locked(self, session: StaffSession, now: datetime) -> bool:
        return is_locked(session.is_locked, session.seen_at, now, self.lock_after)


def mark_of(session: StaffSession) -> str:
    """The short name of a session on pages; nobody can act with it."""
    return session.secret_hash[:16]


def _ended(work: Transaction, staff_id: int, by: Actor) -> None:
    work.touch(sources.SESSIONS)
    work.record(Event("sessions_ended", work.now, str(by), data={"staff": staff_id}))
