"""Taking, watching and giving up a number on the phone, over HTTP."""

import asyncio
import re

import httpx2
import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.queue.tokens import Action
from tests.clinics import PROGRAM
from tests.patients.conftest import Phone
from tests.patients.sending import ASHA, log_in, register, take
from tests.running import Running


@pytest.fixture
async def mine(phone: Phone) -> httpx2.AsyncClient:
    """The phone of a registered patient."""
    client = await phone()
    await register(client)
    return client


async def states(running: Running, department: str = "GEN") -> dict[str, str]:
    """Number → state of everybody in the department's queue."""
    queue = await running.services.screens.token_pages.queue(department)
    return {token["number"]: token["state"] for token in queue["tokens"]}


async def page(phone: httpx2.AsyncClient) -> str:
    """What "my queue" shows."""
    answer = await phone.get("/me")
    assert answer.status_code == 200
    return answer.text


async def test_a_taken_number_is_shown_at_once_with_its_place(running: Running, mine: httpx2.AsyncClient) -> None:
    await running.issue()

    answer = await take(mine)

    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    shown = await page(mine)
    assert "G-002" in shown
    assert "1 person ahead of you" in shown
    assert "You have G-002" in shown
    key = re.search(r'href="/t/([\w-]+)"', shown)
    assert key is not None
    assert "G-002" in (await mine.get(f"/t/{key[1]}")).text


async def test_presses_together_take_one_number(running: Running, mine: httpx2.AsyncClient) -> None:
    await asyncio.gather(*(take(mine) for _ in range(5)))

    assert await states(running) == {"G-001": "waiting"}


async def test_a_number_is_given_up_after_a_question(running: Running, mine: httpx2.AsyncClient) -> None:
    await take(mine)
    question = await mine.get("/me/tokens/1/cancel")
    assert "G-001" in question.text
    assert await states(running) == {"G-001": "waiting"}

    answers = [await mine.post("/me/tokens/1/cancel") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert await states(running) == {}
    assert "This number was cancelled" in await page(mine)


async def test_whoever_is_with_the_doctor_is_not_asked(running: Running, mine: httpx2.AsyncClient) -> None:
    await take(mine)
    await running.call_next()
    await running.services.queue.calling.act(1, Action.START, by=PROGRAM)

    assert (await mine.get("/me/tokens/1/cancel")).status_code == 303
    assert (await mine.post("/me/tokens/1/cancel")).status_code == 303

    assert await states(running) == {"G-001": "serving"}
    assert "You are with the doctor" in await page(mine)


async def test_other_peoples_numbers_do_not_exist(running: Running, mine: httpx2.AsyncClient, phone: Phone) -> None:
    await running.issue()
    other = await phone()
    await register(other, phone="+91 8123456780", name="Meera")
    await take(other, "LAB")

    for token in ("1", "2", "4711", "99999999999999999999"):
        assert (await mine.get(f"/me/tokens/{token}/cancel")).status_code == 404
        assert (await mine.post(f"/me/tokens/{token}/cancel")).status_code == 404

    assert await states(running) == {"G-001": "waiting"}
    assert await states(running, "LAB") == {"L-001": "waiting"}
    assert "L-001" not in await page(mine)


@pytest.mark.parametrize("department", ["", "NONE", "G\x01N", "x" * 5000])
async def test_an_unknown_department_is_not_found(mine: httpx2.AsyncClient, department: str) -> None:
    assert (await take(mine, department)).status_code == 404


async def test_a_closed_department_says_when_it_opens(running: Running, mine: httpx2.AsyncClient) -> None:
    # The clinic's clock shows ten on a Sunday morning.
    await running.services.clinic.departments.change("GEN", {"hours": {"mon": [["09:00", "13:00"]]}}, by=SYSTEM)

    assert "Closed. Opens Monday 09:00" in await page(mine)
    refused = await take(mine)

    assert refused.status_code == 409
    assert "gives out no numbers now" in refused.text
    assert await states(running) == {}
    issue = await running.client.post("/api/v1/tokens", json={"department": "GEN"})
    assert issue.json()["error"]["details"] == {"department": "GEN", "opens_at": "2026-11-23T03:30:00Z"}


async def test_when_the_days_numbers_are_out_the_page_says_so(running: Running, mine: httpx2.AsyncClient) -> None:
    await running.services.clinic.departments.change("GEN", {"hours": None, "daily_quota": 1}, by=SYSTEM)
    assert "No more numbers today" not in await page(mine)

    await running.issue()

    assert "No more numbers today" in await page(mine)
    assert (await take(mine)).status_code == 409
    again = await running.client.post("/api/v1/tokens", json={"department": "GEN"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "quota_reached")


async def test_yesterdays_numbers_are_gone(running: Running, mine: httpx2.AsyncClient) -> None:
    await take(mine)

    running.clock.forward(days=1)

    assert "G-001" not in await page(mine)
    assert (await mine.get("/me/tokens/1/cancel")).status_code == 404


async def test_the_page_speaks_the_language_that_was_chosen_last(phone: Phone) -> None:
    client = await phone()
    await register(client, language="hi")
    assert "नंबर लें" in await page(client)

    assert "Take a number" in (await client.get("/me?lang=en")).text
    assert "Take a number" in await page(client)
    await client.post("/me/profile", data=ASHA | {"language": "hi"})
    assert "नंबर लें" in await page(client)


async def test_on_another_phone_the_page_speaks_the_patients_language(phone: Phone) -> None:
    await register(await phone(), language="hi")
    client = await phone()

    await log_in(client)

    assert "नंबर लें" in await page(client)
