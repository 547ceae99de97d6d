"""Checking a phone number's PIN: wrong ones are counted, and more than a few make everybody but the owner wait."""

from __future__ import annotations

from queue_server.domain.errors import LoginRequired
from queue_server.domain.people.patients import PIN_LENGTH, plain_digits
from queue_server.services.access.credentials import check_lane, fingerprint, is_password
from queue_server.services.access.throttling import Throttling
from queue_server.storage.engine.store import Store
from queue_server.storage.people import patient_rows, pin_attempt_rows
from queue_server.storage.people.patient_rows import PhoneAccount

#: Begins the scopes of browsers that are known as their phone's owner's.
_BROWSER = "browser:"


class Pins:
    """The answer to a wrong PIN is the same, and takes as long, whether or not the phone number is registered."""

    def __init__(self, store: Store, tries: Throttling) -> None:
        self._store = store
        self._tries = tries

    async def check(self, phone: str, pin: str, browser: str | None = None) -> PhoneAccount:
        """The account of the phone (E.164) that the PIN opens. `browser`: the secret that a known browser sends.

        Raises `LoginRequired` for a wrong PIN or an unknown phone, `TooManyTries` while the next try has to wait.
        """
        scope = await self.begin(phone, browser)
        async with self._store.reading() as connection:
            account = await patient_rows.account_of_phone(connection, phone)
        is_owner = scope.startswith(_BROWSER)
        if not await self.is_right(account, pin, is_owner=is_owner) or account is None:
            raise LoginRequired("Phone number or PIN is wrong.")
        await self.succeeded(scope)
        return account

    async def begin(self, phone: str, browser: str | None) -> str:
        """One more try is counted as wrong until `succeeded` is told; returns its scope. Raises `TooManyTries`."""
        async with self._store.reading() as connection:
            is_known = browser is not None and await pin_attempt_rows.is_known_browser(
                connection, fingerprint(browser), phone
            )
        check_lane(is_owner=is_known)
        scope = f"{_BROWSER}{fingerprint(browser)}" if browser and is_known else f"phone:{fingerprint(phone)}"
        await self._tries.count(scope)
        return scope

    async def is_right(self, account: PhoneAccount | None, pin: str, *, is_owner: bool = False) -> bool:
        """Whether the PIN, written in any script's digits, opens the account; never without one, in the same time."""
        digits = plain_digits(pin[: 4 * PIN_LENGTH]) or ""
        return await is_password(digits, account.pin_hash if account else None, is_owner=is_owner)

    async def succeeded(self, scope: str) -> None:
        """The PIN was right: what was wrong before no longer counts."""
        await self._tries.succeeded(scope)
