"""A served clinic, and phones that open it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest

from tests.running import Running, a_browser, a_running_clinic

#: Opens a phone's browser that keeps its cookies: `await phone()`.
Phone = Callable[[], Awaitable[httpx2.AsyncClient]]


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        yield served


@pytest.fixture
async def phone(running: Running) -> AsyncIterator[Phone]:
    """Phones' browsers, each with cookies of its own."""
    async with AsyncExitStack() as stack:

        async def open_phone() -> httpx2.AsyncClient:
            headers = {"Accept": "text/html", "Accept-Language": "en"}
            client = a_browser(running.url, headers=headers)
            return await stack.enter_async_context(client)

        yield open_phone
