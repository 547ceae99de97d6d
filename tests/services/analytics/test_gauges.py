"""How the clinic stands, for whoever watches the server."""

from __future__ import annotations

from tests.clinics import Clinic


async def test_the_gauges_show_the_clinic_as_it_is(clinic: Clinic) -> None:
    for _ in range(3):
        await clinic.issue()
    await clinic.on_duty(0, "1")
    await clinic.services.waits.keep()
    clinic.clock.forward(minutes=5)
    await clinic.next()

    read = await clinic.services.analytics.gauges.read()

    assert read.queues == [("GEN", 2, 1), ("LAB", 0, 0)]
    assert (read.printers, read.webhooks, read.is_clock_wrong) == ([], [], False)
    assert [department for department, _, _ in read.estimates] in ([], ["GEN"])
