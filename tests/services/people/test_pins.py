"""Wrong PINs are counted, for whoever tries them."""

import asyncio

import pytest

from queue_server.domain.errors import LoginRequired, QueueError, TooManyTries
from tests.clinics import PHONE, PIN, Clinic
from tests.services.people.test_patients import log_in


async def fail(clinic: Clinic, times: int, browser: str | None = None, phone: str = PHONE) -> None:
    """Give a wrong PIN so often."""
    for _ in range(times):
        with pytest.raises(LoginRequired):
            await log_in(clinic, "314159", browser, phone)


async def test_after_five_wrong_pins_the_right_one_waits_too_and_longer_each_time(clinic: Clinic) -> None:
    await clinic.register()
    await fail(clinic, 5)

    with pytest.raises(TooManyTries) as refused:
        await log_in(clinic)

    assert refused.value.details == {"retry_after_s": 30}
    clinic.clock.forward(seconds=29)
    with pytest.raises(TooManyTries):
        await log_in(clinic)
    clinic.clock.forward(seconds=1)
    await fail(clinic, 1)
    with pytest.raises(TooManyTries) as longer:
        await log_in(clinic)
    assert longer.value.details == {"retry_after_s": 60}
    clinic.clock.forward(seconds=60)
    assert await log_in(clinic)
    await fail(clinic, 5)


async def test_wrong_pins_sent_together_are_not_all_the_first(clinic: Clinic) -> None:
    await clinic.register()

    outcomes = await asyncio.gather(*(log_in(clinic, "314159") for _ in range(12)), return_exceptions=True)

    kinds = [type(outcome) for outcome in outcomes]
    assert (kinds.count(LoginRequired), kinds.count(TooManyTries)) == (5, 7), outcomes


async def test_the_owners_own_browser_is_not_slowed_down_by_strangers(clinic: Clinic) -> None:
    await clinic.register()
    opened = await clinic.services.people.patients.log_in(PHONE, PIN)
    await fail(clinic, 5)

    assert await log_in(clinic, browser=opened.browser)

    with pytest.raises(TooManyTries):
        await log_in(clinic)


async def test_a_known_browser_cannot_guess_for_ever_either_nor_for_another_phone(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.register("Meera", phone="+91 8123456780")
    opened = await clinic.services.people.patients.log_in(PHONE, PIN)
    await fail(clinic, 5, opened.browser)
    await fail(clinic, 5, opened.browser, "+91 8123456780")

    for phone in (PHONE, "+91 8123456780"):
        with pytest.raises(TooManyTries):
            await log_in(clinic, browser=opened.browser, phone=phone)


async def test_an_unknown_number_is_treated_like_a_known_one(clinic: Clinic) -> None:
    await clinic.register()

    answers = []
    for phone in (PHONE, "+91 8123456780"):
        said = []
        for _ in range(6):
            with pytest.raises(QueueError) as refused:
                await log_in(clinic, "314159", phone=phone)
            said.append((refused.value.code, refused.value.message, refused.value.details))
        answers.append(said)

    assert answers[0] == answers[1]
