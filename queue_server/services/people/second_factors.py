"""The second factor of a login: set up by its owner, asked for after the password, removed when the phone is lost."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from queue_server import sources
from queue_server.domain.access.actors import CODE, Actor
from queue_server.domain.errors import BadInput, LoginRequired, UnknownStaff
from queue_server.domain.people.second_factor import (
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    REMEMBERED,
    SECRET_BYTES,
    first_fitting,
    fitting,
    is_recovery_code,
    step_at,
)
from queue_server.domain.queue.events import Event
from queue_server.services.access import factor_secrets
from queue_server.services.access.credentials import CODE_CHARACTERS, as_code, fingerprint, is_password
from queue_server.services.access.throttling import Throttling
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import factor_rows, staff_rows
from queue_server.storage.records.keyring import Keyring

#: A used code is remembered so long; its step fits for minutes only.
_USED_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FactorState:
    """Whether an account is asked for a code, and how many recovery codes it has left."""

    is_set: bool
    recovery_left: int = 0


class SecondFactors:
    """Secrets lie wrapped under a master key of the documents; recovery codes work without it."""

    def __init__(self, store: Store, keys: Keyring, tries: Throttling) -> None:
        self._store = store
        self._keys = keys
        self._tries = tries

    async def state(self, staff_id: int) -> FactorState:
        """How the account stands."""
        async with self._store.reading() as connection:
            is_set = await factor_rows.is_confirmed(connection, staff_id)
            return FactorState(is_set, await factor_rows.recovery_left(connection, staff_id) if is_set else 0)

    async def having(self) -> set[int]:
        """Ids of the accounts that are asked for a code."""
        async with self._store.reading() as connection:
            return await factor_rows.having(connection)

    async def begin(self, actor: Actor, password: str) -> None:
        """A new secret waits to be confirmed. Raises `BadInput` for a wrong password, or while a factor is set."""
        await self._check_password(actor, password)
        async with self._store.transaction() as work:
            if await factor_rows.is_confirmed(work.connection, actor.id):
                raise BadInput("factor", "This account has a second factor already.")
            await factor_secrets.put(work, self._keys, actor.id, secrets.token_bytes(SECRET_BYTES))

    async def beginning(self, actor: Actor) -> bytes | None:
        """The secret that waits to be confirmed, if any."""
        async with self._store.reading() as connection:
            stored = await factor_rows.factor(connection, actor.id, is_confirmed=False)
        found = factor_secrets.opened(self._keys, stored)
        return found.secret if found else None

    async def confirm(self, actor: Actor, typed: str) -> list[str]:
        """The app gives the right codes, so they are asked for from now on; returns the recovery codes, shown once.

        The account's other logins are over. Raises `BadInput` for a wrong code.
        """
        secret, now = await self.beginning(actor), self._store.clock.now()
        step = first_fitting(secret, typed, now) if secret else None
        if step is None:
            raise BadInput("code", "This is not the code that the app shows now.")
        codes = _new_codes()
        async with self._store.transaction() as work:
            await factor_rows.confirm(work, actor.id)
            await factor_rows.use(work, actor.id, step, step - step_at(now))
            await factor_rows.put_recovery(work, actor.id, map(_hashed, codes))
            await staff_rows.end_sessions(work, actor.id, but=actor.session)
            work.touch(sources.SESSIONS)
            work.record(Event("factor_set", work.now, str(actor)))
        return codes

    async def prove(self, actor: Actor, typed: str, *, browser: str = "") -> None:
        """The login of `actor`, which waits for its code, is whole. `browser`: the secret of a known browser.

        Raises `LoginRequired` for a wrong or used code, `TooManyTries` while the next one has to wait.
        """
        if actor.waits_for != CODE:
            return
        # Whoever guesses with a stolen password does not slow down the browser in which the owner logs in.
        scope = f"code:{fingerprint(browser)}" if browser else f"code:{actor.id}"
        await self._tries.count(scope)
        used = await self._use(actor, typed)
        if used is None:
            raise LoginRequired("This code is wrong, expired or already used.")
        await self._tries.succeeded(scope)
        async with self._store.transaction() as work:
            await staff_rows.change_session(work, actor.session, needs_code=False, is_strong=True)
            if used == "recovery":
                work.record(Event("recovery_code_used", work.now, str(actor)))
            work.record(Event("logged_in", work.now, str(actor)))

    async def remember(self, browser: str) -> None:
        """In the browser with this secret the password is enough for a month."""
        async with self._store.transaction() as work:
            await staff_rows.remember_browser(work, fingerprint(browser), work.now + REMEMBERED)

    async def renew_recovery(self, actor: Actor, password: str) -> list[str]:
        """Other recovery codes, shown once; the ones before open nothing. Raises `BadInput`."""
        await self._check_password(actor, password)
        codes = _new_codes()
        async with self._store.transaction() as work:
            if not await factor_rows.is_confirmed(work.connection, actor.id):
                raise BadInput("factor", "This account has no second factor.")
            await factor_rows.put_recovery(work, actor.id, map(_hashed, codes))
            work.record(Event("recovery_codes_made", work.now, str(actor)))
        return codes

    async def turn_off(self, actor: Actor, password: str, typed: str) -> None:
        """The password is enough again. Raises `BadInput` for a wrong password or code, `TooManyTries`."""
        await self._check_password(actor, password)
        scope = f"code:{actor.id}"
        await self._tries.count(scope)
        if await self._use(actor, typed) is None:
            raise BadInput("code", "This code is wrong, expired or already used.")
        await self._tries.succeeded(scope)
        await self._remove(actor.id, by=actor, but=actor.session)

    async def reset(self, staff_id: int, *, by: Actor) -> None:
        """Somebody's phone is lost: the password is enough again, and the account is logged out everywhere.

        Raises `UnknownStaff`.
        """
        async with self._store.reading() as connection:
            if await staff_rows.by_id(connection, staff_id) is None:
                raise UnknownStaff
        await self._remove(staff_id, by=by)

    async def _remove(self, staff_id: int, *, by: Actor, but: str = "") -> None:
        async with self._store.transaction() as work:
            if await factor_rows.remove(work, staff_id):
                await staff_rows.end_sessions(work, staff_id, but=but)
                await staff_rows.delete_browsers(work, staff_id)
                work.touch(sources.SESSIONS)
                work.record(Event("factor_removed", work.now, str(by), data={"staff": staff_id}))

    async def _use(self, actor: Actor, typed: str) -> str | None:
        """What was typed is used up: "code" or "recovery"; none where it is neither, or was used before."""
        async with self._store.transaction() as work:
            if is_recovery_code(typed):
                return "recovery" if await factor_rows.use_recovery(work, actor.id, _hashed(typed)) else None
            return "code" if await self._use_code(work, actor, typed) else None

    async def _use_code(self, work: Transaction, actor: Actor, typed: str) -> bool:
        # Without its key a factor opens nothing, and a recovery code still does.
        known = factor_secrets.opened(self._keys, await factor_rows.factor(work.connection, actor.id))
        here = step_at(work.now)
        for step in fitting(known, typed, work.now) if known else ():
            if await factor_rows.use(work, actor.id, step, step - here):
                await factor_rows.forget_used(work, work.now - _USED_KEPT)
                return True
        return False

    async def _check_password(self, actor: Actor, password: str) -> None:
        async with self._store.reading() as connection:
            hashed, _ = await staff_rows.hashes(connection, actor.id)
        if not await is_password(password, hashed, is_owner=True):
            raise BadInput("password", "This is not the password.")


def _new_codes() -> list[str]:
    """Recovery codes as they are shown: four groups of four."""
    groups = RECOVERY_LENGTH // 4
    return ["-".join(_word(4) for _ in range(groups)).lower() for _ in range(RECOVERY_CODES)]


def _word(length: int) -> str:
    return "".join(secrets.choice(CODE_CHARACTERS) for _ in range(length))


def _hashed(code: str) -> str:
    return fingerprint(as_code(code))
