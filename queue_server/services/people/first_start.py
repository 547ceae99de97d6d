"""The first start of a new clinic: whoever has the code that the server printed becomes the first administrator."""

from __future__ import annotations

from queue_server.domain.errors import LoginRequired, NotFound
from queue_server.domain.people.staff import Role
from queue_server.services.access.credentials import fingerprint, new_code
from queue_server.services.people.accounts import add_account, new_account
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.people import staff_rows

#: The setting that holds the fingerprints of the newest codes: servers that start at once print one each, and whoever
#: stands before one of them cannot know which was the last.
_CODES, _VALID = "set_up_code", 4


class FirstStart:
    """There is a first start as long as the clinic has no account at all."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._is_over = False

    async def is_due(self) -> bool:
        """Whether nobody has an account yet."""
        if not self._is_over:
            async with self._store.reading() as connection:
                self._is_over = bool(await staff_rows.everybody(connection))
        return not self._is_over

    async def offer(self) -> str | None:
        """A new code for the first start, beside the three before it; none when somebody has an account."""
        if not await self.is_due():
            return None
        code = new_code()
        async with self._store.transaction() as work:
            await setting_rows.save_first(work, _CODES, [])
            offered = _offered(await setting_rows.locked_setting(work, _CODES))
            await setting_rows.save_setting(work, _CODES, [*offered, fingerprint(code)][-_VALID:])
        return code

    async def begin(self, code: str, login: str, password: str, name: str, *, cost: int = 12) -> None:
        """The first account is there, an administrator's, and all codes are void.

        Raises `NotFound` when the first start is over, `LoginRequired` for a wrong code, and what
        `Accounts.create` raises.
        """
        if not await self.is_due():
            raise NotFound("The clinic is set up already.")
        written = fingerprint(code.replace("-", "").replace(" ", "").upper())
        async with self._store.reading() as connection:
            _check(await setting_rows.setting(connection, _CODES), written)
        account = await new_account(login, password, Role.ADMIN, name or login, cost)
        async with self._store.transaction() as work:
            # Of two who have the same code, the second finds it void.
            _check(await setting_rows.locked_setting(work, _CODES), written)
            await setting_rows.save_setting(work, _CODES, None)
            await add_account(work, account)


def _offered(kept: object) -> list[str]:
    """The fingerprints; earlier versions kept one alone."""
    return [str(one) for one in (kept if isinstance(kept, list) else [kept] if kept else [])]


def _check(kept: object, written: str) -> None:
    if written not in _offered(kept):
        raise LoginRequired("This is not the code that the server has printed.")
