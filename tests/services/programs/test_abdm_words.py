"""What the patient's app shows is in the clinic's language, and says what to do."""

from __future__ import annotations

import pytest

from queue_server.domain.errors import (
    BadInput,
    DepartmentClosed,
    OutsideHours,
    QuotaReached,
    TooLate,
    UnknownDepartment,
    WrongClock,
)
from queue_server.locale import LANGUAGES, texts
from queue_server.services.programs.abdm_words import refusal, tried, what_to_do
from tests.clinics import MORNING, ZONE, Clinic

REASONS = (
    DepartmentClosed("GEN"),
    OutsideHours("GEN", MORNING),
    QuotaReached("GEN", 1),
    UnknownDepartment("GEN"),
    WrongClock(),
    TooLate(),
    BadInput("profile", "unreadable"),
)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_reason_is_told_in_the_language(clinic: Clinic, language: str) -> None:
    general = await clinic.services.clinic.queues.department("GEN")
    said = [refusal(reason, general, texts(language), MORNING, ZONE) for reason in REASONS]
    said += [tried(texts(language)), *what_to_do(texts(language))]

    assert all(said)
    in_english = [refusal(reason, general, texts("en"), MORNING, ZONE) for reason in REASONS]
    assert language == "en" or not set(said) & set(in_english)


async def test_a_department_that_opens_later_today_says_when(clinic: Clinic) -> None:
    general = await clinic.services.clinic.queues.department("GEN")

    assert refusal(OutsideHours("GEN", MORNING), general, texts("en"), MORNING, ZONE) == (
        "General: Closed now. Opens at 10:00."
    )
    assert refusal(OutsideHours("GEN", None), general, texts("en"), MORNING, ZONE) == "General: Closed now."
