"""What counts against a department's quota."""

import pytest

from queue_server.domain.errors import QuotaReached
from queue_server.services.clinic.quotas import given_out
from tests.clinics import ADMIN, Clinic
from tests.services.devices.keepers import a_keeper


async def used(clinic: Clinic, code: str = "GEN") -> int:
    """How many numbers of today are counted."""
    department, day = await clinic.services.clinic.queues.department(code), await clinic.services.clinic.queues.day()
    async with clinic.services.store.reading() as connection:
        return await given_out(connection, department, day)


async def test_without_a_quota_nobody_counts(clinic: Clinic) -> None:
    await clinic.issue()

    assert await used(clinic) == 0


async def test_what_a_kiosk_gave_out_without_the_server_is_counted_once_it_is_handed_in(clinic: Clinic) -> None:
    await clinic.services.clinic.departments.change("GEN", {"daily_quota": 3}, by=ADMIN)
    keeper = await a_keeper(clinic)
    kept = [keeper.gives(clinic.clock.now()) for _ in range(2)]
    await clinic.issue()
    assert await used(clinic) == 1

    await keeper.hands_in(*kept)

    assert await used(clinic) == 3
    with pytest.raises(QuotaReached):
        await clinic.issue()
    assert (await keeper.greet())["departments"][0]["issued"] == 3
    (general, *_) = await clinic.services.screens.boards.departments()
    assert not general["is_open"]
