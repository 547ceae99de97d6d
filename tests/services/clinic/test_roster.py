"""Holidays, and whom the roster expects."""

from __future__ import annotations

from typing import Any

import pytest

from queue_server.domain.errors import (
    BadFields,
    OutsideHours,
)
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from tests.clinics import ADMIN, Clinic


def fields(error: Any) -> dict[str, str]:
    """Field → rule."""
    return {problem.field: problem.rule for problem in error.value.problems}


async def test_on_a_holiday_the_kiosk_gives_out_no_numbers(clinic: Clinic) -> None:
    roster = clinic.services.clinic.roster
    await roster.add_holiday({"day": "2026-11-22", "name": "Festival", "department": "LAB"}, by=ADMIN)

    with pytest.raises(OutsideHours):
        await clinic.issue("LAB")
    await clinic.issue("GEN")
    (holiday,) = await roster.holidays()
    await roster.remove_holiday(holiday["id"], by=ADMIN)
    assert (await clinic.issue("LAB")).number == "L-001"


async def test_a_holiday_twice_or_in_the_past_is_refused(clinic: Clinic) -> None:
    roster = clinic.services.clinic.roster
    await roster.add_holiday({"day": "2026-12-25", "name": "Christmas"}, by=ADMIN)

    for sent, rule in (
        ({"day": "2026-12-25", "name": "Again", "department": "GEN"}, "twice"),
        ({"day": "2026-11-21", "name": "Yesterday"}, "past"),
    ):
        with pytest.raises(BadFields) as error:
            await roster.add_holiday(sent, by=ADMIN)
        assert fields(error) == {"day": rule}


async def test_whom_the_roster_expects_is_shown_as_expected_until_the_doctor_comes(clinic: Clinic) -> None:
    roster = clinic.services.clinic.roster
    shift = {"doctor": "first", "room": "1", "weekday": "sun", "begins": "11:00", "ends": "13:00"}
    await roster.add_shift(shift, by=ADMIN)

    board: Any = (await clinic.services.screens.boards.board("main")).data
    (duty,) = board["doctors"]
    assert (duty["state"], duty["back_at"], duty["room"]) == ("expected", "2026-11-22T05:30:00Z", "1")

    with pytest.raises(BadFields) as error:
        await roster.add_shift({**shift, "doctor": "second"}, by=ADMIN)
    assert fields(error) == {"room": "clash"}
    await clinic.on_duty(0, "1")
    clinic.clock.forward(hours=5)
    await roster.keep()
    (queue,) = [queue for queue in await clinic.services.clinic.queues.all() if queue.department.code == "GEN"]
    assert [duty.state for duty in queue.duties] == [DutyState.ON_DUTY]


async def test_who_does_not_come_is_no_longer_expected(clinic: Clinic) -> None:
    shift = {"doctor": "first", "room": "1", "weekday": "sun", "begins": "09:00", "ends": "11:00"}
    await clinic.services.clinic.roster.add_shift(shift, by=ADMIN)
    clinic.clock.forward(hours=1)

    await clinic.services.clinic.roster.keep()

    assert not [duty for queue in await clinic.services.clinic.queues.all() for duty in queue.duties]


async def test_a_doctor_whose_account_ended_is_expected_nowhere(clinic: Clinic) -> None:
    await clinic.services.people.accounts.create("third", "correct horse", Role.DOCTOR, "Third", cost=4)
    logins = [login for login, _ in await clinic.services.clinic.roster.doctors()]

    assert logins == ["first", "second", "third"]
