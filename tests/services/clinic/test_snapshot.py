"""Every department as it stands, read once per change."""

from tests.clinics import Clinic, open_services


async def test_a_clock_that_goes_back_breaks_neither_numbers_nor_order(clinic: Clinic) -> None:
    await clinic.issue()

    clinic.clock.forward(days=-400)
    later = await clinic.issue()

    assert later.number == "G-002"
    assert await clinic.order() == ["G-001", "G-002"]
    assert clinic.services.clinic.queues.is_clock_wrong


async def test_a_restarted_server_with_a_wrong_clock_still_knows_the_day(clinic: Clinic, database_url: str) -> None:
    await clinic.issue()
    day = await clinic.services.clinic.queues.day()

    clinic.clock.forward(days=-400)
    async with open_services(database_url, clinic.clock) as restarted:
        assert await restarted.clinic.queues.day() == day
        assert restarted.clinic.queues.is_clock_wrong
