"""What the gateway is told arrives while the patient's app still waits, whatever the gateway does meanwhile."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from queue_server.abdm.gateway import Gateway
from queue_server.abdm.states import GatewayFailed
from queue_server.domain.programs.abdm import GatewayFault, Share, refused
from tests.abdm.clinics import Abdm
from tests.abdm.stand_in import SHAPES, Answer, StandIn
from tests.clinics import SettableClock


@pytest.fixture
async def line(stand_in: StandIn, clock: SettableClock) -> AsyncIterator[Gateway]:
    """It does not wait between tries, and remembers how long it would have."""

    async def pause(seconds: float) -> None:
        clock.forward(seconds=seconds)

    made = Gateway(stand_in.settings, clock.now, pause)
    async with made.running():
        yield made


async def _told(line: Gateway, stand_in: StandIn, within_s: float = 27.0) -> GatewayFault | None:
    stand_in.shared_at["a-share"] = time.monotonic()
    share = Share("a-share", "", "GEN", None)
    return await line.tell(refused(share, "Closed now."), time.monotonic() + within_s)


async def test_an_answer_that_fails_is_tried_again(line: Gateway, stand_in: StandIn) -> None:
    stand_in.on_share.extend([Answer(503), Answer(500, "<html>"), Answer(429)])

    assert await _told(line, stand_in) is None
    assert len(stand_in.told["a-share"]) == 1


async def test_a_session_that_was_ended_elsewhere_is_renewed_at_once(line: Gateway, stand_in: StandIn) -> None:
    assert await _told(line, stand_in) is None
    stand_in.end_sessions()

    assert await _told(line, stand_in) is None
    assert stand_in.times("/sessions") == 2


async def test_a_session_is_renewed_before_it_ends(line: Gateway, stand_in: StandIn, clock: SettableClock) -> None:
    stand_in.session_lasts_s = 60
    await _told(line, stand_in)
    clock.forward(seconds=29)
    await _told(line, stand_in)
    clock.forward(seconds=2)
    await _told(line, stand_in)

    assert stand_in.times("/sessions") == 2


@pytest.mark.parametrize("name", SHAPES)
async def test_a_refusal_in_any_shape_ends_the_tries(line: Gateway, stand_in: StandIn, name: str) -> None:
    stand_in.on_share.append(Answer(*SHAPES[name]))

    error = await _told(line, stand_in)

    assert error is not None
    assert error.status == 400
    assert "refused" in error.message or name == "empty"
    assert error.code == ("ABDM-1006" if name in {"nested", "array", "flat"} else "")
    assert stand_in.times("/on-share") == 1


async def test_nothing_is_tried_beyond_the_patients_time(line: Gateway, stand_in: StandIn) -> None:
    stand_in.on_share.extend([Answer(503)] * 9)

    error = await _told(line, stand_in, within_s=2.0)

    assert error is not None
    assert error.status == 503
    assert stand_in.times("/on-share") < 7


async def test_a_gateway_that_hangs_is_given_up_in_time(line: Gateway, stand_in: StandIn) -> None:
    stand_in.on_share.append(Answer(late_s=0.6))

    error = await _told(line, stand_in, within_s=0.3)

    assert error is not None
    assert error.message == "no answer in time"


async def test_a_wrong_clock_is_corrected_by_the_gateways_and_shown(
    line: Gateway, stand_in: StandIn, clock: SettableClock
) -> None:
    stand_in.ahead = timedelta(hours=7)

    assert await _told(line, stand_in) is None
    assert line.state.difference is not None
    assert abs(line.state.difference - timedelta(hours=7)) < timedelta(seconds=2)


async def test_a_clinic_with_a_wrong_clock_says_so_in_the_app(abdm: Abdm) -> None:
    abdm.gateway.ahead = timedelta(days=400)

    refusal = abdm.gateway.refusal(await abdm.share())

    assert refusal == "The clinic's clock is wrong. Please take a number at the desk."


@pytest.mark.parametrize(
    "answer", [Answer(200), Answer(200, "[]"), Answer(200, '{"accessToken": 7}'), Answer(401), Answer(500), Answer(302)]
)
async def test_without_a_session_nothing_is_told_and_the_reason_is_known(
    line: Gateway, stand_in: StandIn, answer: Answer
) -> None:
    stand_in.on_session.extend([answer] * 9)

    with pytest.raises(GatewayFailed):
        await line.connect()

    assert line.state.failed is not None
    assert stand_in.times("/certs") == 0


async def test_what_could_not_be_told_is_kept_as_unheard(abdm: Abdm) -> None:
    abdm.gateway.on_share.append(Answer(400, '{"error": {"code": "ABDM-1007: ", "message": "Too late"}}'))

    await abdm.share()

    newest = (await abdm.shares.newest())[0]
    assert (newest.state, newest.code, newest.number) == ("unheard", "400 ABDM-1007", "G-001")
    assert await abdm.number() == "G-001"
