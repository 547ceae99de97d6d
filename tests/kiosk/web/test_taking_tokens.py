"""POST /kiosk/tokens and what becomes of presses for which nobody waited."""

from typing import Any

import httpx2
import pytest

from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.storage.tables import PrintState
from tests.running import Running

GENERAL = {"department": "GEN", "language": "hi", "priority": "normal"}
AGENT = Actor(ActorKind.AGENT, 4, place="entrance")


async def press(kiosk: httpx2.AsyncClient, key: str = "one", **changes: Any) -> dict[str, Any]:
    """The token that a press of General makes."""
    answer = await kiosk.post("/kiosk/tokens", json=GENERAL | changes, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    token: dict[str, Any] = answer.json()
    return token


async def abandon(kiosk: httpx2.AsyncClient, key: str = "one", **changes: Any) -> str:
    """What becomes of the press."""
    answer = await kiosk.post("/kiosk/tokens/abandoned", json=GENERAL | changes, headers={"Idempotency-Key": key})
    assert answer.status_code == 200, answer.text
    outcome: str = answer.json()["outcome"]
    return outcome


async def states(running: Running, department: str = "GEN") -> dict[str, str]:
    """Number → state of everybody who is still in the department's queue."""
    queue = await running.services.screens.token_pages.queue(department)
    return {token["number"]: token["state"] for token in queue["tokens"]}


async def test_a_press_makes_a_token_and_a_slip_at_this_kiosk(running: Running, kiosk: httpx2.AsyncClient) -> None:
    before = await press(kiosk, "before")
    assert (before["ahead"], before["away"]) == (0, None)

    token = await press(kiosk)

    assert (token["number"], token["department"], token["state"], token["ahead"]) == ("G-002", "GEN", "waiting", 1)
    assert token["qr"] == token["status_url"] + "/qr.svg"
    jobs = await running.services.devices.printing.open_jobs(AGENT)
    assert [(job.id, job.number) for job in jobs][1:] == [(token["print_job"], "G-002")]


async def test_the_same_press_sent_again_gives_the_same_token(running: Running, kiosk: httpx2.AsyncClient) -> None:
    first = await press(kiosk)

    again = await press(kiosk)

    assert again == first
    assert await states(running) == {"G-001": "waiting"}
    assert len(await running.services.devices.printing.open_jobs(AGENT)) == 1


async def test_whoever_needs_help_goes_before_others_who_came_a_little_earlier(
    running: Running, kiosk: httpx2.AsyncClient
) -> None:
    await press(kiosk, "first")

    token = await press(kiosk, "second", priority="assisted")

    assert token["ahead"] == 0


async def test_a_press_needs_a_key_of_its_own(kiosk: httpx2.AsyncClient, running: Running) -> None:
    answer = await kiosk.post("/kiosk/tokens", json=GENERAL)

    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "Idempotency-Key")
    assert await states(running) == {}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"priority": "urgent"}, 422, "bad_input"),
        ({"priority": "emergency"}, 422, "bad_input"),
        ({"department": "XYZ"}, 404, "unknown_department"),
        ({"place": "elsewhere"}, 422, "bad_input"),
    ],
)
async def test_a_walk_in_cannot_ask_for_more_than_the_screen_offers(
    running: Running, kiosk: httpx2.AsyncClient, change: dict[str, str], status: int, code: str
) -> None:
    answer = await kiosk.post("/kiosk/tokens", json=GENERAL | change, headers={"Idempotency-Key": "one"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert await states(running) == {}


async def test_a_closed_department_gives_no_numbers(running: Running, kiosk: httpx2.AsyncClient) -> None:
    await running.services.clinic.departments.change("GEN", {"is_open": False}, by=SYSTEM)

    answer = await kiosk.post("/kiosk/tokens", json=GENERAL, headers={"Idempotency-Key": "one"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "department_closed")


@pytest.mark.parametrize(
    ("key", "status"), [(None, 401), ("display", 403), ("agent", 403), ("program", 403), ("a key of nobody", 401)]
)
@pytest.mark.parametrize("path", ["/kiosk/tokens", "/kiosk/tokens/abandoned"])
async def test_only_an_enrolled_kiosk_takes_tokens_here(
    running: Running, key: str | None, status: int, path: str
) -> None:
    headers = {"Idempotency-Key": "one"}
    if key is not None:
        headers["Authorization"] = f"Bearer {running.keys.get(key, key)}"

    answer = await running.anonymous.post(path, json=GENERAL, headers=headers)

    assert answer.status_code == status
    assert await states(running) == {}


async def test_a_page_of_another_site_cannot_press(running: Running, kiosk: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": "one", "Origin": "https://elsewhere.example"}

    answer = await kiosk.post("/kiosk/tokens", json=GENERAL, headers=headers)

    assert answer.status_code == 403
    assert await states(running) == {}


async def test_a_token_whose_number_nobody_saw_is_cancelled_with_its_slip(
    running: Running, kiosk: httpx2.AsyncClient
) -> None:
    token = await press(kiosk)

    assert await abandon(kiosk) == "cancelled"

    assert (await running.services.screens.token_pages.program(token["id"]))["state"] == "cancelled"
    assert await running.services.devices.printing.open_jobs(AGENT) == []


@pytest.mark.parametrize("state", [PrintState.SENT, PrintState.PRINTED, PrintState.UNCONFIRMED])
async def test_a_token_whose_slip_may_be_in_a_hand_stands(
    running: Running, kiosk: httpx2.AsyncClient, state: PrintState
) -> None:
    token = await press(kiosk)
    await running.services.devices.printing.report(AGENT, token["print_job"], state, None)

    assert await abandon(kiosk) == "stands"

    assert await states(running) == {"G-001": "waiting"}


async def test_a_token_whose_slip_failed_is_cancelled(running: Running, kiosk: httpx2.AsyncClient) -> None:
    token = await press(kiosk)
    await running.services.devices.printing.report(AGENT, token["print_job"], PrintState.FAILED, "out of paper")

    assert await abandon(kiosk) == "cancelled"

    assert await states(running) == {}


async def test_a_token_that_a_doctor_has_called_is_left_to_the_doctor(
    running: Running, kiosk: httpx2.AsyncClient
) -> None:
    await press(kiosk)
    await running.call_next()

    assert await abandon(kiosk) == "stands"

    assert await states(running) == {"G-001": "called"}


async def test_a_press_that_never_arrived_makes_no_token_later(running: Running, kiosk: httpx2.AsyncClient) -> None:
    assert await abandon(kiosk) == "cancelled"

    late = await press(kiosk)

    assert late["state"] == "cancelled"
    assert await states(running) == {}
    assert await running.services.devices.printing.open_jobs(AGENT) == []


async def test_telling_twice_that_nobody_waited_changes_nothing(running: Running, kiosk: httpx2.AsyncClient) -> None:
    await press(kiosk)
    await abandon(kiosk)

    assert await abandon(kiosk) == "cancelled"

    assert await states(running) == {}


async def test_a_slip_that_the_screen_has_given_up_does_not_come_out_later(
    running: Running, kiosk: httpx2.AsyncClient
) -> None:
    job = (await press(kiosk))["print_job"]
    assert (await running.anonymous.post(f"/kiosk/prints/{job}/given-up")).status_code == 401

    assert (await kiosk.post(f"/kiosk/prints/{job}/given-up")).status_code == 200

    assert await running.services.devices.printing.open_jobs(AGENT) == []
    assert await states(running) == {"G-001": "waiting"}
