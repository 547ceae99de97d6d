"""A served clinic for the tests of the displays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from queue_server.domain.people.staff import Role
from tests.running import Running, a_running_clinic


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback; beside the doctors there are `boss` (admin) and `front` (desk)."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        for login, role in (("boss", Role.ADMIN), ("front", Role.DESK)):
            await served.services.people.accounts.create(login, "correct horse", role, login.title(), cost=4)
        yield served
