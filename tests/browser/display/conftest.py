"""A clinic with a display."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from queue_server.domain.clinic.configuration import DepartmentPlan
from tests.browser.board_feeds import DEPARTMENTS
from tests.browser.server import ServedClinic, a_served_clinic


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path) -> AsyncIterator[ServedClinic]:
    """Five departments with a room each."""
    departments = [
        DepartmentPlan(code, prefix, names, icon, colour) for code, prefix, names, icon, colour in DEPARTMENTS
    ]
    async with a_served_clinic(tmp_path, departments=departments[:5]) as served:
        yield served
