"""The digits that slips print, from a secret that the clinic's processes share."""

from __future__ import annotations

import secrets

from queue_server.domain.records.slip_digits import is_digits_of, slip_digits
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store

_SECRET = "slip_secret"  # noqa: S105  (the setting's name)


class SlipDigits:
    """The secret is made when the first slip needs it. It lies in the database, so a restored one knows its slips."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._secret = ""

    async def of(self, key: str) -> str:
        """What the slip with this link's key prints."""
        return slip_digits(await self.secret(), key)

    async def are(self, typed: str, key: str) -> bool:
        """Whether these are the digits of the slip with this link's key."""
        return is_digits_of(typed, await self.secret(), key)

    async def secret(self) -> str:
        """The secret itself, for what else is made of it."""
        if not self._secret:
            async with self._store.reading() as connection:
                found = await setting_rows.setting(connection, _SECRET)
            if found is None:
                async with self._store.transaction() as work:
                    await setting_rows.save_first(work, _SECRET, secrets.token_hex(16))
                    found = await setting_rows.setting(work.connection, _SECRET)
            self._secret = str(found)
        return self._secret
