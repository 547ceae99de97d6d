"""What nobody needs any more is removed."""

from __future__ import annotations

from datetime import timedelta

from queue_server.services.people.pin_resets import PinResets
from tests.clinics import PHONE, Clinic


async def test_what_opens_nothing_any_more_is_swept_away_and_the_rest_stays(clinic: Clinic, resets: PinResets) -> None:
    services = clinic.services
    await clinic.register()
    await services.devices.registry.offer("kiosk", "Kiosk", "entrance")
    await resets.send_code(PHONE, "hi", cost=4)
    await services.people.accounts.log_in("first", "correct horse")
    await services.people.accounts.know_browser("first")
    assert await services.people.cleaning.sweep() == 0

    clinic.clock.forward(hours=13)
    kept = await services.people.accounts.log_in("first", "correct horse")
    # The login of staff and the device's code are over; the patient's login lasts for a month.
    assert await services.people.cleaning.sweep() == 2
    assert await services.people.accounts.who(kept)

    clinic.clock.forward(days=31)
    assert await services.people.cleaning.sweep() == 2
    clinic.clock.moment += timedelta(days=400)
    assert await services.people.cleaning.sweep() == 2
    async with services.store.reading() as connection:
        for table in ("session", "patient_session", "known_browser", "staff_browser", "reset_code", "enrolment"):
            rows = (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            assert rows == 0, table
