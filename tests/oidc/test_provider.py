"""Who somebody is, as the login provider says it: against a provider that answers rightly, wrongly and not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from queue_server.domain.errors import ProviderAway, ProviderRefused
from queue_server.domain.people.provider_logins import Identity
from queue_server.oidc.provider import Provider
from queue_server.oidc.settings import OidcSettings
from tests.clinics import SettableClock
from tests.oidc.stand_in import CLIENT, SECRET, StandIn, a_provider

BACK = "http://queue.test/login/provider/back"
COOKIE = "what only this browser keeps"
MINUTE = 60


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
async def stand_in(clock: SettableClock) -> AsyncIterator[StandIn]:
    async with a_provider(clock.now) as running:
        yield running


@pytest.fixture
def provider(stand_in: StandIn, clock: SettableClock) -> Provider:
    asked = OidcSettings(issuer=stand_in.url, client_id=CLIENT, client_secret=SecretStr(SECRET))
    return Provider(asked, BACK, clock.now)


async def came_back(provider: Provider, secret: str = COOKIE) -> dict[str, str]:
    """The query with which the provider sends the browser back."""
    async with httpx2.AsyncClient() as browser:
        answer = await browser.get(await provider.address(secret))
    assert answer.headers["location"].startswith(BACK)
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def identity(provider: Provider) -> Identity:
    return await provider.identity(COOKIE, await came_back(provider))


async def test_whoever_logs_in_there_is_known_by_the_issuers_own_name(stand_in: StandIn, provider: Provider) -> None:
    stand_in.person |= {"name": "Anna B", "groups": ["clinic-doctors"], "amr": ["pwd", "mfa"], "email": "boss@clinic"}

    assert await identity(provider) == Identity(
        stand_in.url, "248289761001", "Anna B", "anna", frozenset({"clinic-doctors"}), is_strong=True
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another program"},
        {"aud": [CLIENT, "another program"]},
        {"azp": "another program"},
        {"nonce": "of another login"},
        {"nonce": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"exp": 0},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 10**12},
        {"iat": None},
        {"nbf": 10**12},
        {"auth_time": 1},
        {"auth_time": "now"},
    ],
)
async def test_a_token_that_is_not_for_this_login_lets_nobody_in(
    stand_in: StandIn, provider: Provider, changed: dict[str, Any]
) -> None:
    def bend(claims: dict[str, Any]) -> None:
        for name, value in changed.items():
            claims.pop(name) if value is None else claims.update({name: value})

    stand_in.bend = bend

    with pytest.raises(ProviderRefused):
        await identity(provider)


async def test_clocks_may_stand_minutes_apart_and_no_further(
    stand_in: StandIn, provider: Provider, clock: SettableClock
) -> None:
    for apart, is_let_in in ((-4, True), (4, True), (-12, False), (12, False)):

        def bend(claims: dict[str, Any], apart: int = apart) -> None:
            claims["iat"] += apart * MINUTE
            claims["exp"] += apart * MINUTE

        stand_in.bend = bend
        if is_let_in:
            assert (await identity(provider)).subject
        else:
            with pytest.raises(ProviderRefused):
                await identity(provider)


async def test_what_is_not_signed_by_the_provider_lets_nobody_in(stand_in: StandIn, provider: Provider) -> None:
    forger = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
    for algorithm, key in (("none", None), ("HS256", None), ("RS256", forger)):
        stand_in.algorithm, stand_in.signs_with = algorithm, key
        with pytest.raises(ProviderRefused):
            await identity(provider)

    stand_in.algorithm, stand_in.signs_with = "RS256", None
    assert (await identity(provider)).subject


async def test_other_keys_are_asked_for_once_when_one_is_not_known(
    stand_in: StandIn, provider: Provider, clock: SettableClock
) -> None:
    await identity(provider)
    await identity(provider)
    assert stand_in.asked.count("keys") == 1
    stand_in.rotate()
    clock.forward(seconds=30)

    assert (await identity(provider)).subject
    assert stand_in.asked.count("keys") == 2

    stand_in.signs_with = RSAKey.generate_key(2048, {"kid": "nobody's", "use": "sig"})
    stand_in.algorithm = "RS256"
    for _ in range(3):
        with pytest.raises(ProviderRefused):
            await identity(provider)
    assert stand_in.asked.count("keys") == 2


async def test_only_the_browser_that_began_a_login_ends_it_and_once(stand_in: StandIn, provider: Provider) -> None:
    sent = await came_back(provider)
    for secret, query in (
        ("another browser", sent),
        ("", sent),
        (COOKIE, sent | {"state": ""}),
        (COOKIE, sent | {"iss": "https://elsewhere.example"}),
        (COOKIE, {"error": "access_denied", "state": sent["state"]}),
        (COOKIE, {"state": sent["state"]}),
    ):
        with pytest.raises(ProviderRefused):
            await provider.identity(secret, query)
    stolen = sent | {"state": (await came_back(provider, "thief"))["state"]}
    with pytest.raises(ProviderRefused):
        # Its code was given for another verifier.
        await provider.identity("thief", stolen)

    fresh = await came_back(provider)
    assert (await provider.identity(COOKIE, fresh)).subject
    with pytest.raises(ProviderRefused):
        await provider.identity(COOKIE, fresh)


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://clinic.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "ftp://127.0.0.1/"},
    ],
)
async def test_a_provider_that_says_something_else_of_itself_is_not_asked(
    stand_in: StandIn, provider: Provider, about: dict[str, Any]
) -> None:
    stand_in.about = about

    with pytest.raises(ProviderAway):
        await provider.address(COOKIE)


async def test_a_provider_that_is_away_is_said_to_be(stand_in: StandIn, provider: Provider) -> None:
    sent = await came_back(provider)
    stand_in.is_away = True

    with pytest.raises(ProviderAway):
        await provider.identity(COOKIE, sent)
    assert await provider.end_address(BACK) != ""


async def test_keys_that_cannot_be_read_let_nobody_in(stand_in: StandIn, provider: Provider) -> None:
    stand_in.published = []

    with pytest.raises((ProviderAway, ProviderRefused)):
        await identity(provider)
