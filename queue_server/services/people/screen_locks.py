"""Locked screens: nothing personal leaves the server until the PIN or the password is given."""

from __future__ import annotations

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import BadInput
from queue_server.domain.people.patients import plain_digits
from queue_server.domain.people.staff import LONGEST_UNLOCK_PIN, new_unlock_pin
from queue_server.domain.queue.events import Event
from queue_server.services.access.credentials import check_lane, hash_password, is_password
from queue_server.services.access.throttling import Throttling
from queue_server.services.people.accounts import Accounts
from queue_server.storage.engine.store import Store
from queue_server.storage.people import staff_rows


class ScreenLocks:
    """A session is locked by hand, or by itself when nobody has touched it for `Accounts.lock_after`."""

    def __init__(self, store: Store, accounts: Accounts, tries: Throttling) -> None:
        self._store = store
        self._accounts = accounts
        self._tries = tries

    async def lock(self, actor: Actor) -> None:
        """The actor's session shows nothing until it is unlocked; its open lines are cut."""
        async with self._store.transaction() as work:
            await staff_rows.change_session(work, actor.session, is_locked=True)
            work.touch(sources.SESSIONS)

    async def unlock(self, actor: Actor, secret: str) -> None:
        """The session is open again. `secret`: the PIN, if the actor has one, or the password.

        Raises `BadInput` for a wrong secret, `TooManyTries` while the next PIN has to wait; a password is never
        made to wait here.
        """
        async with self._store.reading() as connection:
            password_hash, unlock_hash = await staff_rows.hashes(connection, actor.id)
        digits = plain_digits(secret[:40])
        if unlock_hash is not None and digits is not None and len(digits) <= LONGEST_UNLOCK_PIN:
            check_lane(is_owner=True)
            scope = f"unlock:{actor.session}"
            await self._tries.count(scope)
            if not await is_password(digits, unlock_hash, is_owner=True):
                raise BadInput("secret", "This PIN is wrong.")
            await self._tries.succeeded(scope)
        elif not await is_password(secret, password_hash, is_owner=True):
            raise BadInput("secret", "This PIN or password is wrong.")
        async with self._store.transaction() as work:
            await staff_rows.change_session(work, actor.session, is_locked=False, seen_at=work.now)

    async def set_pin(self, actor: Actor, password: str, pin: str, *, cost: int = 12) -> None:
        """This PIN unlocks the actor's screens from now on; an empty one takes the present one away.

        Raises `BadInput` naming the field, for a wrong password too.
        """
        chosen = new_unlock_pin(pin) if pin.strip() else None
        async with self._store.reading() as connection:
            password_hash, _ = await staff_rows.hashes(connection, actor.id)
        if not await is_password(password, password_hash, is_owner=True):
            raise BadInput("password", "This is not the password.")
        if chosen is not None and plain_digits(password) == chosen:
            raise BadInput("pin", "The PIN must not be the password.")
        hashed = await hash_password(chosen, cost, is_owner=True) if chosen else None
        async with self._store.transaction() as work:
            await staff_rows.change_staff(work, actor.id, unlock_hash=hashed)
            work.record(Event("unlock_pin_changed", work.now, str(actor), data={"is_set": chosen is not None}))
