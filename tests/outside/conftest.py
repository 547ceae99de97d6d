"""A running server for the situations that are rebuilt here, and the browser of the browser tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.conftest import browser, chromium_path, page_factory
from tests.running import Running, a_running_clinic

__all__ = ["browser", "chromium_path", "page_factory"]


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """A running server for the situations that are rebuilt here."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        yield served
