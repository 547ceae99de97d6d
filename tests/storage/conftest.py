"""The same tests on both databases."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from queue_server.storage.engine.store import Transaction
from tests.both_databases import clinic, database_url
from tests.clinics import a_clinic
from tests.postgres import PostgresServer
from tests.storage.rows import undone

__all__ = ["clinic", "database_url"]


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def clinic_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of each kind with a clinic, for tests that leave nothing behind."""
    if request.param == "sqlite":
        yield _with_clinic(f"sqlite:///{tmp_path_factory.mktemp('rows')}/queue.db")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with server.database("rows", copy_of=request.getfixturevalue("postgres_schema")) as url:
            yield _with_clinic(url)


@pytest.fixture
async def work(clinic_url: str) -> AsyncIterator[Transaction]:
    """A transaction on each kind of database; what the test writes is rolled back."""
    async with undone(clinic_url) as transaction:
        yield transaction


def _with_clinic(url: str) -> str:
    async def fill() -> None:
        async with a_clinic(url):
            pass

    # A loop of its own that never becomes the current one: tests have theirs.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(fill())
    return url
