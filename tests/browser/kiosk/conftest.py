"""The kiosk of a new clinic."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest_asyncio

from queue_server.clock import Clock
from queue_server.domain.clinic.configuration import DepartmentPlan
from tests.browser.conftest import PageFactory
from tests.browser.kiosks import Kiosk, OpenKiosk, a_kiosk
from tests.browser.server import DEPARTMENTS, a_served_clinic


@pytest_asyncio.fixture(loop_scope="session")
async def open_kiosk(page_factory: PageFactory, tmp_path: Path) -> AsyncIterator[OpenKiosk]:
    """Opens the kiosk of a new clinic: `await open_kiosk(departments=EIGHT, with_clock=True)`; see `a_kiosk`."""
    async with AsyncExitStack() as stack:

        async def start(
            departments: tuple[DepartmentPlan, ...] = DEPARTMENTS, clock: Clock | None = None, **options: Any
        ) -> Kiosk:
            clinic = await stack.enter_async_context(a_served_clinic(tmp_path, departments=departments, clock=clock))
            kiosk = await a_kiosk(clinic, page_factory, **options)
            stack.push_async_callback(kiosk.page.context.close)
            return kiosk

        yield start
