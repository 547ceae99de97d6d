"""A served clinic with a kiosk."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.running import Running, a_browser, a_running_clinic


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        yield served


@pytest.fixture
async def kiosk(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """What the enrolled kiosk sends."""
    headers = {"Authorization": f"Bearer {running.keys['kiosk']}"}
    async with a_browser(running.url, headers=headers) as client:
        yield client
