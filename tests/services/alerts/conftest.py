"""A clinic that alerts."""

from collections.abc import AsyncIterator

import pytest

from tests.alerting import AlertingClinic, an_alerting_clinic


@pytest.fixture
async def alerting(database_url: str) -> AsyncIterator[AlertingClinic]:
    """A clinic that alerts, on each kind of database."""
    async with an_alerting_clinic(database_url) as made:
        yield made
