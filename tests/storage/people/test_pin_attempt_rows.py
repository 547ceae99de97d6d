"""Wrong PINs in a row, and browsers that are known."""

from __future__ import annotations

from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.people import pin_attempt_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import later

PHONE = "+918123456789"


async def an_account(work: Transaction, phone: str = PHONE) -> int:
    """A phone account."""
    account = await patient_rows.add_account(work, phone, "a hash")
    assert account is not None
    return account


async def test_wrong_pins_are_counted_in_their_scope_until_the_right_one(work: Transaction) -> None:
    assert await rows.failures(work, "phone") == (0, MORNING)
    at = later(work, minutes=1)
    await rows.save(work, "phone", 3)
    later(work, minutes=1)

    assert await rows.failures(work, "phone") == (3, at)
    assert (await rows.failures(work, "address"))[0] == 0

    await rows.clear(work, "phone")
    assert (await rows.failures(work, "phone"))[0] == 0


async def test_wrong_pins_of_long_ago_no_longer_count(work: Transaction) -> None:
    for scope in ("old", "new"):
        await rows.failures(work, scope)
        await rows.save(work, scope, 3)
        moment = later(work, hours=1)

    await rows.delete_before(work, moment.replace(hour=moment.hour - 1))

    assert [(await rows.failures(work, scope))[0] for scope in ("old", "new")] == [0, 3]


async def test_a_browser_is_known_for_its_owners_phone_only(work: Transaction) -> None:
    account = await an_account(work)
    await an_account(work, "+918123456780")
    await rows.know_browser(work, "a secret's hash", account)

    assert await rows.is_known_browser(work.connection, "a secret's hash", PHONE)
    assert not await rows.is_known_browser(work.connection, "a secret's hash", "+918123456780")
    assert not await rows.is_known_browser(work.connection, "another", PHONE)


async def test_one_browser_or_all_of_a_phone_are_no_longer_known(work: Transaction) -> None:
    account = await an_account(work)
    for browser in ("one", "two", "three"):
        await rows.know_browser(work, browser, account)

    async def known() -> list[bool]:
        return [await rows.is_known_browser(work.connection, browser, PHONE) for browser in ("one", "two", "three")]

    await rows.delete_browser(work, "one")
    assert await known() == [False, True, True]

    await rows.delete_browsers(work, account)
    assert await known() == [False, False, False]
