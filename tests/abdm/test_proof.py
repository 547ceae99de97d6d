"""Only the gateway's own callbacks to this clinic are believed; whatever is in doubt is refused."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import RSAKey

from queue_server.abdm import gateway as gateway_module
from queue_server.abdm.gateway import Gateway
from queue_server.abdm.proof import prove, usable_keys
from queue_server.abdm.states import NotProven
from tests.abdm.clinics import Abdm
from tests.abdm.stand_in import CLIENT, HIP, StandIn, rsa_key
from tests.clinics import MORNING, SettableClock


@pytest.fixture
async def line(stand_in: StandIn, clock: SettableClock) -> AsyncIterator[Gateway]:
    made = Gateway(stand_in.settings, clock.now)
    async with made.running():
        yield made


async def _is_believed(line: Gateway, token: str) -> bool:
    try:
        await line.prove(f"Bearer {token}")
    except NotProven:
        return False
    return True


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _part(content: object) -> str:
    return _plain(json.dumps(content).encode())


async def test_the_gateways_own_callback_is_believed_and_its_keys_are_fetched_once(
    line: Gateway, stand_in: StandIn
) -> None:
    assert [await _is_believed(line, stand_in.token()) for _ in range(3)] == [True] * 3
    assert await _is_believed(line, stand_in.token(aud=["account", HIP]))
    # The keys are not told to whoever has no session.
    assert stand_in.times("/certs") == stand_in.times("/sessions") == 1


async def test_everything_else_is_refused(line: Gateway, stand_in: StandIn) -> None:
    body = stand_in.token().split(".")[1]
    unsigned = _part({"alg": "none", "kid": "first"})
    signed = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{body}"
    mac = hmac.digest(rsa_key("first").as_pem(private=False), signed.encode(), "sha256")
    tokens = {
        "signed by another key": stand_in.token(kid="first", key=rsa_key("stolen")),
        "of another audience": stand_in.token(aud="SBX_999999"),
        "of no audience": stand_in.token(aud=None),
        "expired": stand_in.token(exp=int(MORNING.timestamp()) - 120),
        "without an end": stand_in.token(exp=None),
        "not yet valid": stand_in.token(nbf=int(MORNING.timestamp()) + 600),
        "unsigned": f"{unsigned}.{body}.",
        "signed with the public key as a secret": f"{signed}.{_plain(mac)}",
        "of another algorithm": stand_in.token(kid="other", header={"alg": "RS512"}),
        "with no key named": f"{_part({'alg': 'RS256'})}.{body}.AAAA",
        "cut": stand_in.token()[:-20],
        "empty": "",
        "far too long": "a" * 9000,
    }

    assert {what: await _is_believed(line, token) for what, token in tokens.items()} == dict.fromkeys(tokens, False)
    assert line.state.refused_at == MORNING


async def test_a_session_token_of_somebody_else_opens_nothing(line: Gateway, stand_in: StandIn) -> None:
    # Every client's own session token is signed by the same keys.
    with pytest.raises(NotProven, match='for another audience: "account"'):
        await line.prove(f"Bearer {stand_in.token(aud='account', clientId='SBX_999999')}")


async def test_new_keys_are_found_and_old_ones_no_longer_believed(
    line: Gateway, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_module, "KEYS_ASKED_EVERY_S", 0.0)
    assert await _is_believed(line, stand_in.token())

    stand_in.rotate("second")

    assert await _is_believed(line, stand_in.token())
    assert not await _is_believed(line, stand_in.token(kid="first"))


async def test_whoever_names_unknown_keys_does_not_make_us_ask_each_time(line: Gateway, stand_in: StandIn) -> None:
    tokens = [stand_in.token(kid=f"made-up-{number}", key=rsa_key("stolen")) for number in range(9)]

    assert [await _is_believed(line, token) for token in tokens] == [False] * 9
    assert stand_in.times("/certs") == 1


async def test_without_the_gateway_nobody_is_believed(stand_in: StandIn, clock: SettableClock) -> None:
    away = Gateway(stand_in.settings.model_copy(update={"abdm_gateway_url": "http://127.0.0.1:1"}), clock.now)

    async with away.running():
        assert not await _is_believed(away, stand_in.token())


async def test_a_clock_that_is_put_right_is_heard_of(line: Gateway, stand_in: StandIn, clock: SettableClock) -> None:
    # The box has booted in 1970, and its time server is found later.
    stand_in.ahead = timedelta(days=20_000)
    assert await _is_believed(line, stand_in.token())
    clock.jump(days=20_000)
    stand_in.ahead = timedelta(0)
    line._asked_at = float("-inf")  # noqa: SLF001  (a while has passed)

    assert await _is_believed(line, stand_in.token())


async def test_the_server_answers_401_and_says_why_on_its_page_only(abdm: Abdm) -> None:
    answer = await abdm.refused(abdm.gateway.token(aud="SBX_999999"))

    assert answer.status_code == 401
    assert "audience" not in answer.text
    assert "SBX_999999" in abdm.shares.gateway.state.refused_because


HEADERS = st.dictionaries(st.sampled_from(["alg", "kid", "crit", "b64"]), st.sampled_from(["RS256", "first", 1, []]))
TOKENS = st.one_of(
    st.text(max_size=60),
    st.lists(st.text(alphabet="abcdeyJ0_-=", max_size=30), min_size=3, max_size=3).map(".".join),
    HEADERS.map(lambda header: f"{_part(header)}.e30.AAAA"),
)
NAMES = st.sampled_from(["keys", "kid", "kty", "n", "e", "alg"])
KEY_SETS = st.recursive(
    st.none() | st.text(max_size=9) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


@given(TOKENS)
async def test_no_token_breaks_the_proof(token: str) -> None:
    async def find(_kid: str) -> RSAKey:
        return rsa_key("first")

    with pytest.raises(NotProven):
        await prove(f"Bearer {token}", find, [CLIENT], MORNING)


@given(KEY_SETS)
def test_no_key_set_breaks_its_reader(published: object) -> None:
    assert usable_keys(published) == {}
