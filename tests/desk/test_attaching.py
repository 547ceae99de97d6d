"""A walk-in's number becomes a registered patient's at the desk."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.people.staff import Role
from queue_server.services.people.patients import Consent, PersonForm
from tests.clinics import PHONE, PIN
from tests.running import Running, a_running_clinic

CONSENT = Consent(CONSENT_VERSION)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """A served clinic with one registered patient; `front` is at the desk."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        await served.services.people.accounts.create("front", "correct horse", Role.DESK, "Front", cost=4)
        await served.services.people.patients.register(PHONE, PIN, PersonForm("Asha", "34"), CONSENT, cost=4)
        yield served


@pytest.fixture
async def desk(running: Running) -> httpx2.AsyncClient:
    """The desk's browser."""
    client = running.anonymous
    client.headers["Accept"] = "text/html"
    await client.post("/login", data={"login": "front", "password": "correct horse", "next": "/desk"})
    return client


async def attach(desk: httpx2.AsyncClient, number: str = "g-001 ", pin: str = PIN, **more: str) -> httpx2.Response:
    """Send the form."""
    return await desk.post("/desk/patient", data={"number": number, "phone": PHONE, "pin": pin, **more})


async def numbers(running: Running) -> list[str]:
    """The numbers that are the first patient's."""
    login = await running.services.people.patients.who(
        (await running.services.people.patients.log_in(PHONE, PIN)).secret
    )
    assert login is not None
    return [token["number"] for token in await running.services.screens.own_tokens.today(login.family[0])]


async def test_the_number_is_the_patients(running: Running, desk: httpx2.AsyncClient) -> None:
    await running.issue()
    assert (await desk.get("/desk/patient")).status_code == 200

    answer = await attach(desk)

    assert answer.status_code == 200
    assert "G-001 is attached to the patient." in answer.text
    assert await numbers(running) == ["G-001"]


async def test_a_wrong_pin_attaches_nothing_and_too_many_wait(running: Running, desk: httpx2.AsyncClient) -> None:
    await running.issue()

    answers = [await attach(desk, pin="314159") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "30"
    running.clock.forward(seconds=30)
    assert await numbers(running) == []


@pytest.mark.parametrize("number", ["G-999", "", "G\x01", "🌼"])
async def test_an_unknown_number_is_not_found(desk: httpx2.AsyncClient, number: str) -> None:
    assert (await attach(desk, number)).status_code == 404


async def test_where_a_family_shares_the_phone_the_page_asks_who(running: Running, desk: httpx2.AsyncClient) -> None:
    await running.services.people.patients.register(PHONE, PIN, PersonForm("Ravi", "7"), CONSENT, cost=4)
    await running.issue()

    asked = await attach(desk)
    people = dict(re.findall(r'<option value="(\d+)">(\w+)', asked.text))
    answer = await attach(desk, patient=next(key for key, name in people.items() if name == "Asha"))

    assert (asked.status_code, sorted(people.values())) == (409, ["Asha", "Ravi"])
    assert PIN not in asked.text
    assert answer.status_code == 200
    assert await numbers(running) == ["G-001"]


async def test_only_the_desk_attaches(running: Running) -> None:
    await running.issue()

    for client in (running.anonymous, running.client):
        assert (await attach(client)).status_code in {401, 403}

    assert await numbers(running) == []
