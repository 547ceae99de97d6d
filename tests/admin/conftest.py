"""A served clinic and its administrator's browser, and one that takes part in ABDM."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.people.staff import Role
from tests.abdm.clinics import abdm
from tests.running import Running, a_browser, a_running_clinic

__all__ = ["abdm"]

PASSWORD = "correct horse"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback, with the administrator `boss`."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        await served.services.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
        yield served


@pytest.fixture
async def boss(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """The administrator's browser, in English."""
    async with a_browser(running.url, headers={"Accept": "text/html", "Accept-Language": "en"}) as client:
        form = {"login": "boss", "password": PASSWORD, "next": "/admin"}
        assert (await client.post("/login", data=form)).status_code == 303
        yield client
