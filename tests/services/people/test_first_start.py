"""The first start of a clinic without any account, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from queue_server.domain.errors import LoginRequired, NotFound, WeakPassword
from queue_server.domain.people.staff import Role
from queue_server.services import Services
from tests.clinics import Clinic, SettableClock, open_services
from tests.schemas import with_schema

PASSWORD = "a quiet horse eats hay"


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Services]:
    """The services of a clinic that has nothing yet."""
    await with_schema(database_url)
    async with open_services(database_url, SettableClock()) as services:
        yield services


async def test_whoever_has_the_code_becomes_an_administrator_once(empty: Services) -> None:
    first = empty.people.first_start
    code = await first.offer()
    assert code is not None

    await first.begin(f" {code[:4].lower()}-{code[4:]} ", "boss", PASSWORD, "", cost=4)

    boss = await empty.people.accounts.by_login("boss")
    assert boss is not None
    assert (boss.role, boss.name, boss.must_change) == (Role.ADMIN, "boss", False)
    assert not await first.is_due()
    with pytest.raises(NotFound):
        await first.begin(code, "second", PASSWORD, "Second", cost=4)


@pytest.mark.parametrize("which", range(4))
async def test_the_codes_of_servers_that_start_at_once_all_count_until_there_is_an_account(
    empty: Services, which: int
) -> None:
    first = empty.people.first_start
    oldest, *newest = [await first.offer() or "" for _ in range(5)]

    with pytest.raises(LoginRequired):
        await first.begin(oldest, "boss", PASSWORD, "Boss", cost=4)
    await first.begin(newest[which], "boss", PASSWORD, "Boss", cost=4)

    with pytest.raises(NotFound):
        await first.begin(newest[which - 1], "second", PASSWORD, "Second", cost=4)


@pytest.mark.parametrize("which", [0, 1])
async def test_servers_that_offer_in_the_same_moment_have_a_code_each(empty: Services, which: int) -> None:
    first = empty.people.first_start
    codes = await asyncio.gather(first.offer(), first.offer())

    await first.begin(codes[which] or "", "boss", PASSWORD, "Boss", cost=4)


async def test_a_weak_password_does_not_use_the_code_up(empty: Services) -> None:
    first = empty.people.first_start
    code = await first.offer()
    assert code is not None

    with pytest.raises(WeakPassword):
        await first.begin(code, "boss", "boss", "Boss", cost=4)

    await first.begin(code, "boss", PASSWORD, "Boss", cost=4)


async def test_without_an_offer_no_code_opens_anything(empty: Services) -> None:
    for code in ("", "None", "ABCDEFGH"):
        with pytest.raises(LoginRequired):
            await empty.people.first_start.begin(code, "boss", PASSWORD, "Boss", cost=4)

    assert await empty.people.accounts.by_login("boss") is None


async def test_a_clinic_with_accounts_offers_none(clinic: Clinic) -> None:
    assert await clinic.services.people.first_start.offer() is None


async def test_of_two_who_use_the_code_at_once_one_becomes_an_administrator(empty: Services) -> None:
    first = empty.people.first_start
    code = await first.offer()
    assert code is not None

    outcomes = await asyncio.gather(
        *(first.begin(code, login, PASSWORD, login, cost=4) for login in ("anna", "bela")), return_exceptions=True
    )

    # The code is used up, or, for who is later still, the first start is over.
    (refused,) = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(refused, LoginRequired | NotFound)
