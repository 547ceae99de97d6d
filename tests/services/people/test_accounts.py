"""Logins of staff: passwords and sessions."""

from __future__ import annotations

import pytest

from queue_server.domain.errors import (
    BadInput,
    LoginRequired,
    WeakPassword,
)
from queue_server.services.people.accounts import ABSOLUTE, IDLE, mark_of
from tests.clinics import Clinic
from tests.services.people.staff_logins import OTHER, PASSWORD, log_in, me, who


async def test_another_password_needs_the_present_one_and_ends_the_other_logins(clinic: Clinic) -> None:
    here, elsewhere = await log_in(clinic), await log_in(clinic)
    accounts = clinic.services.people.accounts

    with pytest.raises(BadInput):
        await accounts.change_password(await me(clinic, here), "wrong horse", OTHER, cost=4)
    with pytest.raises(WeakPassword):
        await accounts.change_password(await me(clinic, here), PASSWORD, "password", cost=4)
    with pytest.raises(BadInput):
        await accounts.change_password(await me(clinic, here), PASSWORD, PASSWORD, cost=4)
    assert await who(clinic, elsewhere)
    await accounts.change_password(await me(clinic, here), PASSWORD, OTHER, cost=4)

    assert await who(clinic, here)
    assert await who(clinic, elsewhere) is None
    with pytest.raises(LoginRequired):
        await log_in(clinic)
    assert await log_in(clinic, password=OTHER)


async def test_a_login_ends_after_twelve_idle_hours(clinic: Clinic) -> None:
    secret = await log_in(clinic)

    clinic.clock.forward(seconds=IDLE.total_seconds() + 1)

    assert await who(clinic, secret) is None


async def test_a_login_in_use_ends_after_a_day(clinic: Clinic) -> None:
    secret = await log_in(clinic)
    actor = await me(clinic, secret)

    for _ in range(int(ABSOLUTE.total_seconds() // 3600)):
        clinic.clock.forward(hours=1)
        await clinic.services.people.locking.unlock(actor, PASSWORD)
        assert await who(clinic, secret)

    clinic.clock.forward(seconds=1)
    assert await who(clinic, secret) is None


async def test_logging_in_again_ends_the_browsers_session_before(clinic: Clinic) -> None:
    before, elsewhere = await log_in(clinic), await log_in(clinic)

    after = await clinic.services.people.accounts.log_in("second", PASSWORD, old=before)

    assert [bool(await who(clinic, secret)) for secret in (before, elsewhere, after)] == [False, True, True]


async def test_own_logins_are_listed_and_ended_one_by_one(clinic: Clinic) -> None:
    accounts = clinic.services.people.accounts
    here, elsewhere, others = await log_in(clinic), await log_in(clinic), await log_in(clinic, "second")
    actor, other = await me(clinic, here), await me(clinic, others)
    listed = await accounts.sessions(actor.id)

    assert [session.browser for session in listed] == ["Chrome · Windows"] * 2
    theirs = mark_of((await accounts.sessions(other.id))[0])
    await accounts.end_session(actor.id, theirs, by=actor)
    await accounts.end_session(actor.id, "nobody's", by=actor)
    assert await who(clinic, others)
    mark = next(mark_of(session) for session in listed if session.secret_hash != actor.session)
    await accounts.end_session(actor.id, mark, by=actor)

    assert [bool(await who(clinic, secret)) for secret in (here, elsewhere)] == [True, False]


async def test_logging_out_everywhere_leaves_no_login(clinic: Clinic) -> None:
    secrets = [await log_in(clinic) for _ in range(3)]
    actor = await me(clinic, secrets[0])

    await clinic.services.people.accounts.end_sessions(actor.id, by=actor)

    assert [await who(clinic, secret) for secret in secrets] == [None] * 3
