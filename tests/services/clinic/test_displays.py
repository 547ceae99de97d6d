"""Displays: what they show, and the clinic's own settings."""

from __future__ import annotations

from datetime import timedelta

from tests.clinics import ADMIN, Clinic


async def test_a_display_shows_its_own_departments_names_and_volume(clinic: Clinic) -> None:
    departments = clinic.services.clinic.departments
    general = await departments.one("GEN")
    await departments.save("GEN", {**general, "private_names": {"en": "Door A"}}, None, by=ADMIN)
    display = {
        "name": "Upstairs",
        "departments": ["GEN"],
        "volume": "40",
        "quiet": [["20:00", "07:00"]],
        "languages": ["hi"],
    }

    assert await clinic.services.clinic.displays.add(display, by=ADMIN) == "upstairs"

    day = (await clinic.services.screens.boards.board("upstairs")).data
    clinic.clock.moment += timedelta(hours=12)
    night = (await clinic.services.screens.boards.board("upstairs")).data
    assert [one["names"] for one in day["departments"]] == [{"hi": "Door A"}]  # type: ignore[attr-defined]
    assert (day["volume"], night["volume"], day["languages"]) == (40, 0, ["hi"])
    kiosk = await clinic.services.screens.boards.departments()
    assert kiosk[0]["names"] == {"en": "General", "hi": "सामान्य"}
