"""A served clinic whose gateway is the stand-in, and the stand-in alone."""

from collections.abc import AsyncIterator

import pytest

from tests.abdm.clinics import abdm, on_both
from tests.abdm.stand_in import StandIn, a_gateway
from tests.both_databases import database_url
from tests.clinics import SettableClock

__all__ = ["abdm", "database_url", "on_both"]


@pytest.fixture
def clock() -> SettableClock:
    """The time of the stand-in and of whoever asks it."""
    return SettableClock()


@pytest.fixture
async def stand_in(clock: SettableClock) -> AsyncIterator[StandIn]:
    """A gateway that answers as ABDM's does."""
    async with a_gateway(clock.now) as made:
        yield made
