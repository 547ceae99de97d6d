"""Whose address counts: the client's own, or what a trusted proxy says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from queue_server.web.limits import WRONG_PASSWORDS
from tests.clinics import SettableClock, a_clinic
from tests.running import a_browser, a_server

#: Serves the clinic behind these trusted proxies; gives a client of the server on loopback.
Behind = Callable[[str], AbstractAsyncContextManager[httpx2.AsyncClient]]


@pytest.fixture
def behind(tmp_path: Path) -> Behind:
    @asynccontextmanager
    async def serve(trusted: str) -> AsyncIterator[httpx2.AsyncClient]:
        url, clock = f"sqlite:///{tmp_path}/queue.db", SettableClock()
        async with (
            a_clinic(url, clock),
            a_server(url, tmp_path, clock, trusted_proxies=trusted) as (address, _),
            a_browser(address) as client,
        ):
            yield client

    return serve


async def guess(client: httpx2.AsyncClient, forwarded: str) -> int:
    form = {"login": "first", "password": "wrong horse", "next": "/"}
    answer = await client.post("/login", data=form, headers={"X-Forwarded-For": forwarded})
    return answer.status_code


async def test_behind_a_trusted_proxy_everybody_counts_apart(behind: Behind) -> None:
    async with behind("127.0.0.1") as client:
        guesses = [await guess(client, "192.0.2.1") for _ in range(WRONG_PASSWORDS.amount + 1)]

        assert guesses == [401] * WRONG_PASSWORDS.amount + [429]
        assert await guess(client, "192.0.2.2") == 401


async def test_the_address_that_a_stranger_claims_counts_for_nothing(behind: Behind) -> None:
    async with behind("192.0.2.99") as client:
        guesses = [await guess(client, f"192.0.2.{number}") for number in range(WRONG_PASSWORDS.amount + 1)]

        assert guesses == [401] * WRONG_PASSWORDS.amount + [429]


async def test_what_a_client_wrote_before_the_proxy_did_counts_for_nothing(behind: Behind) -> None:
    async with behind("127.0.0.1") as client:
        claimed = [f"203.0.113.{number}, 192.0.2.1" for number in range(WRONG_PASSWORDS.amount + 1)]

        guesses = [await guess(client, one) for one in claimed]

        assert guesses == [401] * WRONG_PASSWORDS.amount + [429]


async def test_networks_of_proxies_are_trusted_too(behind: Behind) -> None:
    async with behind("10.0.0.0/8,127.0.0.0/8") as client:
        claimed = [f"192.0.2.{number}, 10.1.2.3" for number in range(WRONG_PASSWORDS.amount + 1)]

        assert {await guess(client, one) for one in claimed} == {401}
