"""Which account a login at the provider opens. Local accounts work without it, and go on when it is away."""

from __future__ import annotations

from queue_server import sources
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, NoAccount
from queue_server.domain.people.patients import LONGEST_NAME, clean_name
from queue_server.domain.people.provider_logins import Identity, Mapped, free_login, role_for
from queue_server.domain.people.staff import Role, Staff, browser_words
from queue_server.domain.queue.events import Event
from queue_server.services.access.credentials import fingerprint, hash_password, is_password, new_key
from queue_server.services.access.role_changes import chosen, log_out
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import identity_rows, staff_rows


class ProviderAccounts:
    """An identity opens the account to which its owner has connected it, or one that its groups have made.

    Never by a name or an e-mail address: those can be chosen, or given to somebody else.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def log_in(self, identity: Identity, mapped: Mapped, *, user_agent: str = "", old: str = "") -> str:
        """The secret of a new session; the browser's session before it, whose secret is `old`, is over.

        Of an account with a second factor it waits for the code, unless the provider has asked for more than a
        password. Raises `NoAccount`.
        """
        async with self._store.reading() as connection:
            is_new = await identity_rows.known(connection, identity) is None
        # The password of an account that is made is one that nobody knows; hashing takes long.
        unusable, secret = (await hash_password(new_key()) if is_new else ""), new_key()
        async with self._store.transaction() as work:
            who = await self._account(work, identity, mapped, unusable)
            if not who.is_active:
                raise NoAccount
            if old:
                await staff_rows.end_session(work, fingerprint(old))
                work.touch(sources.SESSIONS)
            needs_code = who.has_factor and not identity.is_strong
            more = {"needs_code": needs_code, "by_provider": True, "is_strong": identity.is_strong}
            await staff_rows.add_session(work, fingerprint(secret), who.id, browser_words(user_agent), **more)
            if not needs_code:
                by = str(Actor(ActorKind(who.role), who.id))
                work.record(Event("logged_in", work.now, by, data={"by": "provider"}))
        return secret

    async def connect(self, actor: Actor, identity: Identity) -> None:
        """The identity opens the actor's own account from now on. Raises `BadInput` where it opens another's."""
        async with self._store.transaction() as work:
            if await identity_rows.add(work, identity, actor.id, is_managed=False):
                work.record(Event("provider_connected", work.now, str(actor)))
                return
            found = await identity_rows.known(work.connection, identity)
            if found is None or found.staff_id != actor.id:
                raise BadInput("identity", "This login belongs to another account here.")

    async def disconnect(self, actor: Actor, password: str) -> None:
        """Only the password opens the actor's own account. Raises `BadInput` for a wrong password."""
        await self.check_password(actor, password)
        async with self._store.transaction() as work:
            if await identity_rows.remove(work, actor.id):
                work.record(Event("provider_disconnected", work.now, str(actor)))

    async def check_password(self, actor: Actor, password: str) -> None:
        """It is the owner who connects an account. Raises `BadInput`."""
        async with self._store.reading() as connection:
            hashed, _ = await staff_rows.hashes(connection, actor.id)
        if not await is_password(password, hashed, is_owner=True):
            raise BadInput("password", "This is not the password.")

    async def is_connected(self, staff_id: int) -> bool:
        """Whether a login at the provider opens the account."""
        async with self._store.reading() as connection:
            return bool(await identity_rows.of_account(connection, staff_id))

    async def _account(self, work: Transaction, identity: Identity, mapped: Mapped, unusable: str) -> Staff:
        found, word = await identity_rows.known(work.connection, identity), role_for(identity.groups, mapped)
        if found is None:
            staff_id = await _made(work, identity, word, unusable)
        else:
            staff_id = found.staff_id
            if found.is_managed:
                await _follow(work, staff_id, word)
        who = await staff_rows.by_id(work.connection, staff_id)
        if who is None:
            raise NoAccount
        return who


async def _made(work: Transaction, identity: Identity, word: str | None, unusable: str) -> int:
    """A new account whose role the groups say, with a password that nobody knows; returns its id."""
    role, role_id = await _role(work, word)
    login = free_login(identity.login, await identity_rows.logins(work.connection))
    try:
        name = clean_name(identity.name[:LONGEST_NAME])
    except BadInput:
        name = login
    added = await staff_rows.add_staff(work, login, unusable, role=role, role_id=role_id, name=name)
    if added is None or not await identity_rows.add(work, identity, added, is_managed=True):
        raise NoAccount
    by = str(Actor(ActorKind(role), added))
    work.record(Event("staff_added", work.now, by, data={"staff": added, "role": word, "by": "provider"}))
    work.touch(sources.CLINIC)
    return added


async def _follow(work: Transaction, staff_id: int, word: str | None) -> None:
    """The account has the role that the groups say now; whoever has none is let in no more."""
    role, role_id = await _role(work, word)
    one = await staff_rows.by_id(work.connection, staff_id)
    if one is None or (one.role, one.role_id) == (role, role_id):
        return
    if role is not Role.ADMIN and await staff_rows.active_admins(work) == {staff_id}:
        # The clinic would have no administrator left.
        return
    await staff_rows.change_staff(work, staff_id, role=role, role_id=role_id)
    await log_out(work, [staff_id])
    work.touch(sources.CLINIC)
    data = {"staff": staff_id, "role": word, "was": one.role, "by": "provider"}
    work.record(Event("staff_role_changed", work.now, str(Actor(ActorKind(role), staff_id)), data=data))


async def _role(work: Transaction, word: str | None) -> tuple[Role, int | None]:
    if word is None:
        raise NoAccount
    try:
        return await chosen(work, word)
    except BadInput as error:
        raise NoAccount from error
