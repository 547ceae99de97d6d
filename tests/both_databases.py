"""The same tests on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clinics import Clinic, a_clinic


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, without a clinic unless the test asks for one."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/queue.db"
    kind = "furnished_postgres_url" if "clinic" in request.fixturenames else "migrated_postgres_url"
    return str(request.getfixturevalue(kind))


@pytest.fixture
async def clinic(database_url: str) -> AsyncIterator[Clinic]:
    """A new clinic on each kind of database."""
    async with a_clinic(database_url) as made:
        yield made
