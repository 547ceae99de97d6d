"""A served clinic: the first doctor has taken room 1, the second is nowhere; room 3 is another department's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from queue_server.domain.people.staff import Role
from tests.running import Running, a_browser, a_running_clinic

LogIn = Callable[[str], Awaitable[httpx2.AsyncClient]]


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback; beside the doctors there are `boss` (admin) and `front` (desk)."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        for login, role in (("boss", Role.ADMIN), ("front", Role.DESK)):
            await served.services.people.accounts.create(login, "correct horse", role, login.title(), cost=4)
        yield served


@pytest.fixture
async def log_in(running: Running) -> AsyncIterator[LogIn]:
    """Gives a client with the session of this login: `doctor = await log_in("first")`."""
    async with AsyncExitStack() as stack:

        async def start(login: str) -> httpx2.AsyncClient:
            client = await stack.enter_async_context(a_browser(running.url))
            form = {"login": login, "password": "correct horse", "next": "/doctor"}
            answer = await client.post("/login", data=form)
            assert answer.status_code == 303, answer.text
            return client

        yield start


async def shown(running: Running, room: str = "1") -> dict[str, Any]:
    """What this room's console shows."""
    view = await running.services.screens.boards.room(room)
    return dict(view.data)


def numbers(entries: list[dict[str, Any]]) -> list[str]:
    """The numbers of these entries."""
    return [entry["number"] for entry in entries]
