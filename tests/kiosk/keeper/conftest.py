"""A served clinic, and a kiosk with a keeper."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.kiosk.keeper.keepers import Kiosk, a_kiosk
from tests.running import a_running_clinic


@pytest.fixture
async def kiosk(tmp_path: Path) -> AsyncIterator[Kiosk]:
    """The kiosk of a served clinic."""
    async with _of_a_clinic(tmp_path) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lonely(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kiosk]:
    """A kiosk for all tests that only look at it, with everything kept and without its server."""
    async with _of_a_clinic(tmp_path_factory.mktemp("lonely")) as made:
        await made.has_voices()
        await made.cut()
        yield made


@asynccontextmanager
async def _of_a_clinic(folder: Path) -> AsyncIterator[Kiosk]:
    async with (
        a_running_clinic(f"sqlite:///{folder}/queue.db", folder) as running,
        a_kiosk(running, folder) as made,
    ):
        yield made
