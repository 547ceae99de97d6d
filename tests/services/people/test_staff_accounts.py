"""Accounts of staff: first passwords, the last administrator, and who is out at once."""

from __future__ import annotations

import asyncio

import pytest

from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.access.authorisation import May, authorise
from queue_server.domain.errors import (
    BadInput,
    LastAdministrator,
    LoginRequired,
    PasswordChangeRequired,
    UnknownStaff,
)
from queue_server.domain.people.staff import Role
from queue_server.services.people.staff_accounts import StaffForm
from tests.clinics import Clinic
from tests.services.people.staff_logins import OTHER, PASSWORD, log_in, who


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
