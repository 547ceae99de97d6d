"""At the desk, two records of one patient become one: both are shown first, and what was shown is what is merged."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.people.staff import Role
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.web.identity import SESSION_COOKIE
from tests.clinics import PIN
from tests.running import Running, a_browser, a_running_clinic

pytestmark = pytest.mark.usefixtures("quick_hashes")

PATH = "/desk/patients/merge"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, with somebody at the desk."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        await served.services.people.accounts.create("front", "correct horse", Role.DESK, "Front desk", cost=4)
        yield served


async def _registered(running: Running, name: str, phone: str) -> None:
    patients = running.services.people.patients
    await patients.register(phone, PIN, PersonForm(name, "34"), Consent(CONSENT_VERSION), cost=4)


async def test_both_are_compared_and_then_are_one(running: Running) -> None:
    await _registered(running, "Asha Devi", "081234 56789")
    await _registered(running, "Aasha Devi", "+91 98765 43210")
    session = await running.services.people.accounts.log_in("front", "correct horse")
    headers = {"Accept": "text/html", "Accept-Language": "en", "Cookie": f"{SESSION_COOKIE}={session}"}
    async with a_browser(running.url, headers=headers) as desk:
        found = (await desk.get(PATH, params={"q": "asha", "other": "3210"})).text
        assert found.count('name="kept"') == 2
        assert "9876543210" not in found

        compared = await desk.post(PATH, data={"kept": "1", "gone": "2"})
        assert "+919876543210" in compared.text
        assert "This cannot be undone" in compared.text
        assert await _names(running) == ["Asha Devi", "Aasha Devi"]
        seen = html.unescape(re.search(r'name="seen" value="([^"]+)"', compared.text)[1])  # type: ignore[index]
        unseen = await desk.post(PATH, data={"kept": "1", "gone": "2", "seen": seen.replace("Aasha", "Other")})
        assert "This cannot be undone" in unseen.text
        done = await desk.post(PATH, data={"kept": "1", "gone": "2", "seen": seen})

        assert "There is one record of Asha Devi now." in done.text
        assert await _names(running) == ["Asha Devi"]
        assert (await desk.post(PATH, data={"kept": "1", "gone": "1"})).status_code == 422


async def test_a_program_that_may_merge_sees_nothing_here(running: Running) -> None:
    key = await running.services.programs.keys.add("writer", ["patients:write"])

    answer: httpx2.Response = await running.anonymous.get(PATH, headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 403


async def _names(running: Running) -> list[str]:
    listed = (await running.client.get("/api/v1/patients")).json()["patients"]
    return [one["name"] for one in listed]
