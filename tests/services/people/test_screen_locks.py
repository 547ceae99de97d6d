"""Locked screens, and what unlocks them."""

from __future__ import annotations

import asyncio

import pytest

from queue_server.domain.access.authorisation import May, authorise
from queue_server.domain.errors import (
    BadInput,
    Locked,
    TooManyTries,
)
from tests.clinics import Clinic
from tests.services.people.staff_logins import PASSWORD, log_in, me, who


async def test_an_untouched_screen_locks_and_a_line_that_comes_back_does_not_keep_it_open(clinic: Clinic) -> None:
    secret = await log_in(clinic)
    for _ in range(3):
        clinic.clock.forward(minutes=4)
        await who(clinic, secret)
    assert authorise(await who(clinic, secret), May.OPEN_CONSOLE)

    for _ in range(3):
        clinic.clock.forward(minutes=4)
        locked = await who(clinic, secret, is_use=False)

    with pytest.raises(Locked):
        authorise(locked, May.OPEN_CONSOLE)
    with pytest.raises(Locked):
        authorise(await who(clinic, secret), May.KEEP_ACCOUNT)
    assert authorise(locked, May.SEE_BOARD)


async def test_the_pin_or_the_password_unlocks_this_screen_only(clinic: Clinic) -> None:
    locking = clinic.services.people.locking
    secret, other = await log_in(clinic), await log_in(clinic)
    actor = await me(clinic, secret)
    with pytest.raises(BadInput):
        await locking.set_pin(actor, "wrong horse", "8402", cost=4)
    await locking.set_pin(actor, PASSWORD, "८४०२", cost=4)
    for key in ("8402", PASSWORD):
        await locking.lock(actor)
        assert (await me(clinic, secret)).waits_for
        assert not (await me(clinic, other)).waits_for

        with pytest.raises(BadInput):
            await locking.unlock(actor, "9999")
        await locking.unlock(actor, key)

        assert not (await me(clinic, secret)).waits_for


async def test_wrong_pins_are_counted_and_the_password_still_unlocks(clinic: Clinic) -> None:
    locking, actor = clinic.services.people.locking, await me(clinic, await log_in(clinic))
    await locking.set_pin(actor, PASSWORD, "8402", cost=4)
    await locking.lock(actor)

    tried = await asyncio.gather(*(locking.unlock(actor, "9999") for _ in range(9)), return_exceptions=True)

    kinds = [type(result) for result in tried]
    assert (kinds.count(BadInput), kinds.count(TooManyTries)) == (5, 4), kinds
    with pytest.raises(TooManyTries):
        await locking.unlock(actor, "8402")
    await locking.unlock(actor, PASSWORD)


async def test_without_a_pin_digits_unlock_nothing(clinic: Clinic) -> None:
    locking, actor = clinic.services.people.locking, await me(clinic, await log_in(clinic))
    await locking.set_pin(actor, PASSWORD, "8402", cost=4)
    await locking.set_pin(actor, PASSWORD, "", cost=4)

    with pytest.raises(BadInput):
        await locking.unlock(actor, "8402")
