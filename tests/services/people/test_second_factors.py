"""The second factor, on both databases: one code opens once, a lost phone is no lost account, guessing is slow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queue_server.domain.access.actors import CODE, NEW_FACTOR, SYSTEM, Actor
from queue_server.domain.access.authorisation import May, authorise
from queue_server.domain.errors import BadInput, CodeRequired, FactorRequired, LoginRequired, TooManyTries, UnknownStaff
from queue_server.domain.people.second_factor import CODE_WITHIN, STEP_S, code_of, step_at
from queue_server.domain.people.staff import Role
from queue_server.services.people.accounts import Accounts
from queue_server.services.people.second_factors import SecondFactors
from queue_server.storage.records.keyring import Keyring
from tests.clinics import Clinic
from tests.services.people.staff_logins import PASSWORD, log_in, me, who


def factors(clinic: Clinic) -> SecondFactors:
    return clinic.services.people.factors


async def set_up(clinic: Clinic) -> tuple[bytes, list[str]]:
    """The first doctor has a second factor: its secret, and the recovery codes. The code of now is used."""
    actor = await me(clinic, await log_in(clinic))
    await factors(clinic).begin(actor, PASSWORD)
    secret = await factors(clinic).beginning(actor)
    assert secret is not None
    codes = await factors(clinic).confirm(actor, shown(clinic, secret))
    clinic.clock.forward(minutes=2)
    return secret, codes


def shown(clinic: Clinic, secret: bytes) -> str:
    """What the app shows now."""
    return code_of(secret, step_at(clinic.clock.now()))


async def test_the_password_alone_opens_nothing_until_the_code_is_given(clinic: Clinic) -> None:
    secret, _ = await set_up(clinic)
    actor = await me(clinic, session := await log_in(clinic))

    for may in (May.OPEN_CONSOLE, May.KEEP_ACCOUNT, May.SEE_BOARD):
        with pytest.raises(CodeRequired):
            authorise(actor, may)
    await factors(clinic).prove(actor, shown(clinic, secret))

    assert authorise(await me(clinic, session), May.OPEN_CONSOLE)
    assert (await clinic.kinds())[-2:] == ["factor_set", "logged_in"]


async def test_a_code_opens_once(clinic: Clinic) -> None:
    secret, codes = await set_up(clinic)
    for typed in (shown(clinic, secret), codes[0].upper().replace("-", " ")):
        first, second = await me(clinic, await log_in(clinic)), await me(clinic, await log_in(clinic))
        await factors(clinic).prove(first, typed)
        with pytest.raises(LoginRequired):
            await factors(clinic).prove(second, typed)

    assert (await factors(clinic).state(clinic.doctors[0].id)).recovery_left == len(codes) - 1


async def test_a_login_waits_ten_minutes_for_its_code(clinic: Clinic) -> None:
    await set_up(clinic)
    session = await log_in(clinic)
    clinic.clock.forward(seconds=CODE_WITHIN.total_seconds() + 1)

    assert await who(clinic, session) is None


async def test_guessing_gets_slow_and_the_owners_browser_has_tries_of_its_own(clinic: Clinic) -> None:
    secret, _ = await set_up(clinic)
    thief, owner = await me(clinic, await log_in(clinic)), await me(clinic, await log_in(clinic))
    for _ in range(5):
        with pytest.raises(LoginRequired):
            await factors(clinic).prove(thief, "000000")
    with pytest.raises(TooManyTries):
        await factors(clinic).prove(thief, shown(clinic, secret))

    await factors(clinic).prove(owner, shown(clinic, secret), browser="the owner's")

    assert (await me(clinic, await log_in(clinic))).waits_for == CODE


async def test_a_remembered_browser_is_not_asked_until_the_month_is_over(clinic: Clinic) -> None:
    await set_up(clinic)
    accounts = clinic.services.people.accounts
    browser = await accounts.know_browser("first")
    await factors(clinic).remember(browser)

    assert (await me(clinic, await accounts.log_in("first", PASSWORD, browser=browser))).waits_for == ""
    assert (await me(clinic, await accounts.log_in("first", PASSWORD, browser="another"))).waits_for == CODE
    assert (await me(clinic, await accounts.log_in("second", PASSWORD, browser=browser))).waits_for == ""
    clinic.clock.forward(days=31)
    assert (await me(clinic, await accounts.log_in("first", PASSWORD, browser=browser))).waits_for == CODE


async def test_codes_go_on_while_the_servers_clock_is_doubted(clinic: Clinic) -> None:
    secret, _ = await set_up(clinic)
    right = clinic.clock.now()
    clinic.clock.jump(days=30)

    await factors(clinic).prove(await me(clinic, await log_in(clinic)), code_of(secret, step_at(right)))

    clinic.clock.jump(days=-30)
    clinic.clock.forward(seconds=2 * STEP_S)
    await factors(clinic).prove(await me(clinic, await log_in(clinic)), shown(clinic, secret))


async def test_without_the_documents_keys_a_recovery_code_still_opens(clinic: Clinic) -> None:
    secret, codes = await set_up(clinic)
    keyless = SecondFactors(clinic.services.store, Keyring(), clinic.services.people.locking._tries)  # noqa: SLF001
    actor = await me(clinic, session := await log_in(clinic))

    with pytest.raises(LoginRequired):
        await keyless.prove(actor, shown(clinic, secret))
    await keyless.prove(actor, codes[0])

    assert authorise(await me(clinic, session), May.OPEN_CONSOLE)


async def test_it_is_turned_off_with_password_and_code_or_removed_for_a_lost_phone(clinic: Clinic) -> None:
    secret, codes = await set_up(clinic)
    actor = await me(clinic, session := await log_in(clinic))
    await factors(clinic).prove(actor, shown(clinic, secret))
    with pytest.raises(BadInput):
        await factors(clinic).turn_off(actor, "wrong horse", codes[0])
    with pytest.raises(BadInput):
        await factors(clinic).turn_off(actor, PASSWORD, "000000")
    await factors(clinic).turn_off(actor, PASSWORD, codes[0])
    assert await who(clinic, session) is not None
    assert (await me(clinic, await log_in(clinic))).waits_for == ""

    await set_up(clinic)
    await factors(clinic).reset(actor.id, by=SYSTEM)

    assert (await me(clinic, await log_in(clinic))).waits_for == ""
    with pytest.raises(UnknownStaff):
        await factors(clinic).reset(999_999, by=SYSTEM)


async def test_other_recovery_codes_end_the_ones_before(clinic: Clinic) -> None:
    _, codes = await set_up(clinic)
    actor = Actor(clinic.doctors[0].kind, clinic.doctors[0].id)
    others = await factors(clinic).renew_recovery(actor, PASSWORD)
    waiting = await me(clinic, await log_in(clinic))

    with pytest.raises(LoginRequired):
        await factors(clinic).prove(waiting, codes[1])
    await factors(clinic).prove(waiting, others[1])

    assert not set(codes) & set(others)


async def test_an_administrator_who_needs_one_sets_it_up_first(clinic: Clinic) -> None:
    store = clinic.services.store
    await clinic.services.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
    strict = Accounts(store, timedelta(minutes=10), codes_required=True)
    boss = await strict.who(await log_in(clinic, "boss"))
    doctor = await strict.who(await log_in(clinic))
    assert boss is not None
    assert doctor is not None

    assert (boss.waits_for, doctor.waits_for) == (NEW_FACTOR, "")
    with pytest.raises(FactorRequired):
        authorise(boss, May.RUN_CLINIC)
    assert authorise(boss, May.KEEP_ACCOUNT) is boss


async def test_another_master_key_takes_the_secrets_along(clinic: Clinic) -> None:
    secret, _ = await set_up(clinic)

    await clinic.services.records.master_keys.rotate()

    await factors(clinic).prove(await me(clinic, await log_in(clinic)), shown(clinic, secret))
