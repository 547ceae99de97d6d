"""The whole configuration in one file, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from queue_server.services.clinic.configuration_file import BadFile
from tests.clinics import ADMIN, Clinic, a_clinic
from tests.services.clinic.test_departments import DENTAL


async def test_the_whole_set_up_moves_to_another_clinic_and_back(clinic: Clinic, tmp_path: Path) -> None:
    services = clinic.services
    await services.clinic.departments.add(
        {**DENTAL, "hours": {"mon": [["09:00", "13:00"]]}, "daily_quota": 40}, by=ADMIN
    )
    await services.clinic.roster.add_holiday({"day": "2026-12-25", "name": "Christmas", "department": "DEN"}, by=ADMIN)
    await services.clinic.roster.add_shift(
        {"doctor": "first", "room": "7", "weekday": "mon", "begins": "9", "ends": "13"}, by=ADMIN
    )
    await services.clinic.displays.add({"name": "hall", "departments": ["DEN"], "notices": {"en": "Welcome"}}, by=ADMIN)
    await services.clinic.departments.remove("LAB", by=ADMIN)
    text = await services.clinic.configuration.export()

    async with a_clinic(f"sqlite:///{tmp_path}/other.db") as other:
        await other.services.clinic.configuration.load(text, by=ADMIN)
        assert await other.services.clinic.configuration.export() == text
        assert (await other.issue("GEN")).number == "G-001"
    await services.clinic.configuration.load(text, by=ADMIN)
    assert await services.clinic.configuration.export() == text


async def test_of_a_file_with_a_bad_line_nothing_is_taken_over(clinic: Clinic) -> None:
    await clinic.issue("LAB")
    before = await clinic.services.clinic.configuration.export()
    lines = before.replace('"Test clinic"', '"Other"').splitlines()
    without_laboratory = "\n".join(line for line in lines if "LAB" not in line)
    bad = without_laboratory.replace('"volume": 100', '"volume": 1000').replace("},\n  ]", "}\n  ]")

    for text, rules in ((bad, {"out_of_range"}), (bad.replace("1000", "10"), {"still_waiting"})):
        with pytest.raises(BadFile) as error:
            await clinic.services.clinic.configuration.load(text, by=ADMIN)
        assert {problem.rule for _, problem in error.value.lines} == rules
    assert await clinic.services.clinic.configuration.export() == before


async def test_departments_may_swap_their_prefixes_in_a_file(clinic: Clinic) -> None:
    text = await clinic.services.clinic.configuration.export()
    swapped = text.replace('"prefix": "G"', '"prefix": "?"').replace('"prefix": "L"', '"prefix": "G"')

    await clinic.services.clinic.configuration.load(swapped.replace('"prefix": "?"', '"prefix": "L"'), by=ADMIN)

    assert (await clinic.issue("GEN")).number == "L-001"


async def test_a_file_gives_no_prefix_away_under_which_numbers_were_given_out_today(clinic: Clinic) -> None:
    await clinic.issue("GEN")
    text = await clinic.services.clinic.configuration.export()
    swapped = text.replace('"prefix": "G"', '"prefix": "?"').replace('"prefix": "L"', '"prefix": "G"')

    with pytest.raises(BadFile) as refused:
        await clinic.services.clinic.configuration.load(swapped.replace('"prefix": "?"', '"prefix": "L"'), by=ADMIN)

    assert [(problem.field, problem.rule) for _, problem in refused.value.lines] == [
        ("departments[2].prefix", "in_use")
    ]
    assert (await clinic.issue("GEN")).number == "G-002"
