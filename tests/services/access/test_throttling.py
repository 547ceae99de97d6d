"""Wrong secrets are counted in the database, scope by scope."""

from __future__ import annotations

import asyncio

import pytest

from queue_server.domain.errors import TooManyTries
from queue_server.domain.people.patients import FIRST_DELAY, FREE_TRIES, TRIES_FORGOTTEN
from queue_server.services.access.throttling import Throttling
from tests.clinics import Clinic


@pytest.fixture
def tries(clinic: Clinic) -> Throttling:
    """What counts in the clinic's database."""
    return Throttling(clinic.services.store)


async def use_up(tries: Throttling, scope: str = "door") -> None:
    """Try so often that the next one has to wait."""
    for _ in range(FREE_TRIES):
        await tries.count(scope)


async def test_after_the_free_tries_one_waits_and_is_told_how_long(clinic: Clinic, tries: Throttling) -> None:
    await use_up(tries)

    clinic.clock.forward(seconds=10)
    with pytest.raises(TooManyTries) as told:
        await tries.count("door")
    left = FIRST_DELAY.total_seconds() - 10
    assert told.value.details["retry_after_s"] == left
    clinic.clock.forward(seconds=left)
    await tries.count("door")


async def test_a_refused_try_does_not_lengthen_the_wait(clinic: Clinic, tries: Throttling) -> None:
    await use_up(tries)
    for _ in range(3):
        with pytest.raises(TooManyTries):
            await tries.count("door")

    clinic.clock.forward(seconds=FIRST_DELAY.total_seconds())

    await tries.count("door")


async def test_each_scope_counts_for_itself(tries: Throttling) -> None:
    await use_up(tries, "front door")

    await tries.count("back door")


async def test_what_was_wrong_before_the_right_one_no_longer_counts(tries: Throttling) -> None:
    await use_up(tries)

    await tries.succeeded("door")

    await use_up(tries)


async def test_tries_are_forgotten_after_a_day_without_any(clinic: Clinic, tries: Throttling) -> None:
    for _ in range(2):
        await use_up(tries)
        clinic.clock.forward(seconds=TRIES_FORGOTTEN.total_seconds() + 1)

    await use_up(tries)


async def test_tries_that_come_together_in_two_processes_are_all_counted(clinic: Clinic, tries: Throttling) -> None:
    other = Throttling(clinic.services.store)

    answers = await asyncio.gather(*(each.count("door") for each in [tries, other] * 5), return_exceptions=True)

    assert sum(isinstance(answer, TooManyTries) for answer in answers) == 10 - FREE_TRIES
