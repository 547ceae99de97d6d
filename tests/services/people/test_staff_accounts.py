"""Accounts of staff: first passwords, sessions, locks, and who is out at once."""

from __future__ import annotations

import asyncio

import pytest

from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.access.authorisation import May, authorise
from queue_server.domain.errors import (
    BadInput,
    LastAdministrator,
    Locked,
    LoginRequired,
    PasswordChangeRequired,
    TooManyTries,
    UnknownStaff,
    WeakPassword,
)
from queue_server.domain.people.staff import Role
from queue_server.services.people.accounts import ABSOLUTE, IDLE, mark_of
from queue_server.services.people.staff_accounts import StaffForm
from tests.clinics import Clinic

PASSWORD = "correct horse"
OTHER = "a nicer mule"
CHROME = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0"


async def log_in(clinic: Clinic, login: str = "first", password: str = PASSWORD) -> str:
    return await clinic.services.people.accounts.log_in(login, password, user_agent=CHROME)


async def who(clinic: Clinic, secret: str, *, is_use: bool = True) -> Actor | None:
    return await clinic.services.people.accounts.who(secret, is_use=is_use)


async def me(clinic: Clinic, secret: str) -> Actor:
    found = await who(clinic, secret)
    assert found is not None
    return found


async def test_a_new_account_must_change_its_first_password(clinic: Clinic) -> None:
    staffing, accounts = clinic.services.people.staffing, clinic.services.people.accounts
    staff_id, first = await staffing.add("Meera", "doctor", StaffForm("Meera", "MBBS", "MCI 42"), by=SYSTEM, cost=4)
    secret = await log_in(clinic, "meera", first)

    with pytest.raises(PasswordChangeRequired):
        authorise(await who(clinic, secret), May.OPEN_CONSOLE)
    actor = authorise(await who(clinic, secret), May.KEEP_ACCOUNT)
    await accounts.change_password(actor, first, OTHER, cost=4)

    assert authorise(await who(clinic, secret), May.OPEN_CONSOLE).id == staff_id
    one = await staffing.one(staff_id)
    assert (one.login, one.qualification, one.registration, one.must_change) == ("meera", "MBBS", "MCI 42", False)


async def test_a_login_is_given_once(clinic: Clinic) -> None:
    for login in ("first", "FIRST "):
        with pytest.raises(BadInput):
            await clinic.services.people.staffing.add(login, "desk", StaffForm("Somebody"), by=SYSTEM, cost=4)
    with pytest.raises(BadInput):
        await clinic.services.people.staffing.add("new", "owner", StaffForm("Somebody"), by=SYSTEM, cost=4)


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


async def test_who_is_deactivated_is_out_at_once_and_the_room_is_free(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    secret, doctor = await log_in(clinic), clinic.doctors[0]

    await clinic.services.people.staffing.set_active(doctor.id, is_active=False, by=SYSTEM)

    assert await who(clinic, secret) is None
    with pytest.raises(LoginRequired):
        await log_in(clinic)
    await clinic.on_duty(1, "1")
    await clinic.services.people.staffing.set_active(doctor.id, is_active=True, by=SYSTEM)
    assert await log_in(clinic)
    assert await who(clinic, secret) is None


async def test_the_last_administrator_stays(clinic: Clinic) -> None:
    staffing, accounts = clinic.services.people.staffing, clinic.services.people.accounts
    one = await accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
    other = await accounts.create("deputy", PASSWORD, Role.ADMIN, "Deputy", cost=4)

    closed = await asyncio.gather(
        *(staffing.set_active(staff_id, is_active=False, by=SYSTEM) for staff_id in (one, other)),
        return_exceptions=True,
    )

    assert [type(result) for result in closed if result] == [LastAdministrator]
    with pytest.raises(UnknownStaff):
        await staffing.set_active(9999, is_active=False, by=SYSTEM)


async def test_a_password_that_was_reset_is_new_and_to_be_changed(clinic: Clinic) -> None:
    secret, doctor = await log_in(clinic), clinic.doctors[0]
    browser = await clinic.services.people.accounts.know_browser("first")

    password = await clinic.services.people.staffing.reset_password(doctor.id, by=SYSTEM, cost=4)

    assert await who(clinic, secret) is None
    assert not await clinic.services.people.accounts.is_known_browser("first", browser)
    with pytest.raises(LoginRequired):
        await log_in(clinic)
    with pytest.raises(PasswordChangeRequired):
        authorise(await who(clinic, await log_in(clinic, password=password)), May.OPEN_CONSOLE)


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


async def test_what_happens_to_accounts_is_in_the_journal_without_names(clinic: Clinic) -> None:
    staff_id, _ = await clinic.services.people.staffing.add(
        "meera", "desk", StaffForm("Meera"), by=Actor(ActorKind.ADMIN, 7), cost=4
    )
    await clinic.services.people.staffing.change(staff_id, StaffForm("Meera N"), by=Actor(ActorKind.ADMIN, 7))
    await clinic.services.people.staffing.reset_password(staff_id, by=Actor(ActorKind.ADMIN, 7), cost=4)
    await clinic.services.people.staffing.set_active(staff_id, is_active=False, by=Actor(ActorKind.ADMIN, 7))

    assert (await clinic.kinds())[-4:] == ["staff_added", "staff_changed", "password_reset", "staff_deactivated"]
    lines = (await clinic.services.programs.journal.events(0, 1000))[-4:]
    assert {line["actor"] for line in lines} == {"admin:7"}
    assert "eera" not in str(lines)
