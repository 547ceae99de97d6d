"""A number taken at home: the phone says that its holder is here, over HTTP."""

from __future__ import annotations

import re

import httpx2
import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.web.limits import WRONG_DIGITS
from tests.patients.conftest import Phone
from tests.patients.sending import register, take
from tests.running import Running

TELLS = "Your number is called only after you have come to the clinic and said so here."


@pytest.fixture
async def mine(running: Running, phone: Phone) -> httpx2.AsyncClient:
    """The phone of a registered patient, in a clinic that wants to know who is here."""
    await running.services.clinic.departments.change("GEN", {"must_arrive": True}, by=SYSTEM)
    client = await phone()
    await register(client)
    return client


async def key_of(mine: httpx2.AsyncClient) -> str:
    await take(mine)
    found = re.search(r'href="/t/([\w-]+)"', (await mine.get("/me")).text)
    assert found is not None
    return found[1]


async def code_of(running: Running) -> str:
    """What the display in the waiting room shows."""
    return str((await running.services.screens.boards.board("main")).data["here_code"])


async def test_the_phone_says_so_from_the_start_and_takes_the_code_of_the_display(
    running: Running, mine: httpx2.AsyncClient
) -> None:
    note = "At the clinic, say that you are here; you are called only after that."
    assert note in (await mine.get("/me")).text
    key = await key_of(mine)
    assert note in (await mine.get("/me")).text
    page = (await mine.get(f"/t/{key}")).text
    assert TELLS in page
    assert "your place is kept for 15 minutes" in page
    assert await running.call_next() is None

    answer = await mine.post(f"/t/{key}/arrive", data={"code": await code_of(running)})

    assert (answer.status_code, answer.headers["location"]) == (303, f"/t/{key}")
    page = (await mine.get(f"/t/{key}")).text
    assert "You are here" in page
    assert TELLS not in page
    again = await mine.post(f"/t/{key}/arrive", data={"code": await code_of(running)})
    assert again.status_code == 303
    called = await running.call_next()
    assert called is not None
    assert called["number"] == "G-001"


async def test_wrong_codes_are_told_and_after_a_few_even_the_right_one_is_refused(
    running: Running, mine: httpx2.AsyncClient
) -> None:
    key, code = await key_of(mine), await code_of(running)
    wrong = f"{(int(code) + 5000) % 10_000:04d}"

    answers = [await mine.post(f"/t/{key}/arrive", data={"code": wrong}) for _ in range(WRONG_DIGITS.amount)]
    refused = await mine.post(f"/t/{key}/arrive", data={"code": code})

    assert {answer.status_code for answer in answers} == {422}
    assert "This is not the code on the display now." in answers[0].text
    assert refused.status_code == 429
    assert "Too many wrong codes. Please ask at the desk." in refused.text
    assert await running.call_next() is None


async def test_the_page_says_that_the_turn_has_come_and_then_that_it_has_passed(
    running: Running, mine: httpx2.AsyncClient
) -> None:
    key = await key_of(mine)
    await running.issue()
    await running.call_next()
    assert "Your place is kept until 10:15." in (await mine.get(f"/t/{key}")).text

    running.clock.forward(minutes=16)

    page = (await mine.get(f"/t/{key}")).text
    assert re.search(r'data-kind="late">\s*<h2>Your turn has passed', page)
    assert "Your turn has passed" in (await mine.get("/me")).text


async def test_nobody_arrives_with_an_unknown_link(mine: httpx2.AsyncClient) -> None:
    answer = await mine.post("/t/nobody/arrive", data={"code": "1234"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/t/nobody")


async def test_a_display_shows_a_code_only_where_a_department_asks_for_it(
    running: Running, mine: httpx2.AsyncClient
) -> None:
    assert re.fullmatch(r"\d{4}", await code_of(running))

    await running.services.clinic.departments.change("GEN", {"must_arrive": False}, by=SYSTEM)

    assert await code_of(running) == ""


async def test_a_program_says_who_is_not_here_and_that_they_came(running: Running, mine: httpx2.AsyncClient) -> None:
    token = await running.issue(is_here=False)
    early = await running.client.post(f"/api/v1/tokens/{token['id']}/call", json={"room": "1"})
    visit = f"/fhir/R4/Encounter/{token['id']}"
    before = (await running.client.get(visit)).json()["status"]
    planned = (await running.client.get("/fhir/R4/Encounter?status=planned")).json()

    arrived = await running.client.post(f"/api/v1/tokens/{token['id']}/arrive", json={})

    assert token["is_here"] is False
    assert (early.status_code, early.json()["error"]["code"]) == (409, "not_here")
    assert (arrived.status_code, arrived.json()["is_here"]) == (200, True)
    after = (await running.client.get(visit)).json()
    assert (before, after["status"]) == ("planned", "arrived")
    assert [one["status"] for one in after["statusHistory"]] == ["planned", "arrived"]
    assert [entry["resource"]["id"] for entry in planned["entry"]] == [str(token["id"])]
    assert "entry" not in (await running.client.get("/fhir/R4/Encounter?status=planned")).json()
