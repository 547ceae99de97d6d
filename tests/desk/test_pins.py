"""A new PIN for a patient at the desk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.people.staff import Role
from queue_server.services.people.patients import Consent, PersonForm
from tests.clinics import PHONE, PIN
from tests.running import Running, a_browser, a_running_clinic

pytestmark = pytest.mark.usefixtures("quick_hashes")

PAGE = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite with a clerk at the desk and a registered patient."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        await served.services.people.accounts.create("front", "correct horse", Role.DESK, "Front", cost=4)
        asha = PersonForm("Asha <b>", "34")
        await served.services.people.patients.register(PHONE, PIN, asha, Consent(CONSENT_VERSION), cost=4)
        yield served


@pytest.fixture
async def desk(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """The clerk's browser."""
    async with a_browser(running.url, headers=PAGE) as client:
        form = {"login": "front", "password": "correct horse", "next": "/desk"}
        assert (await client.post("/login", data=form)).status_code == 303
        yield client


async def test_a_new_pin_is_shown_once_after_a_look_at_who_it_is(running: Running, desk: httpx2.AsyncClient) -> None:
    found = await desk.post("/desk/pin", data={"phone": "+91 8123 456 789"})
    assert "Asha &lt;b&gt; · born 1992" in found.text
    refused = await desk.post("/desk/pin/reset", data={"phone": PHONE})
    assert (refused.status_code, "how you checked" in refused.text) == (422, True)

    page = await desk.post("/desk/pin/reset", data={"phone": PHONE, "checked": "photo_id"})

    shown = re.search(r'id="pin">(\d{3}) (\d{3})<', page.text)
    assert shown
    assert page.headers["cache-control"] == "no-store"
    assert await running.services.people.patients.log_in(PHONE, shown[1] + shown[2])
    assert shown[1] + shown[2] not in str(await running.services.programs.journal.events(0, 1000))


@pytest.mark.parametrize(
    ("phone", "status", "said"), [("12", 422, "not a phone number"), ("081234 56780", 404, "Nobody is registered")]
)
async def test_a_wrong_number_is_said_to_be_one(desk: httpx2.AsyncClient, phone: str, status: int, said: str) -> None:
    for answer in (
        await desk.post("/desk/pin", data={"phone": phone}),
        await desk.post("/desk/pin/reset", data={"phone": phone, "checked": "photo_id"}),
    ):
        assert (answer.status_code, said in answer.text) == (status, True)


async def test_a_desk_that_looks_up_too_many_is_told_to_wait(desk: httpx2.AsyncClient) -> None:
    answers = [await desk.post("/desk/pin", data={"phone": "081234 56780"}) for _ in range(62)]

    assert [answer.status_code for answer in answers[-3:]] == [404, 429, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
