"""Whether anybody calls, and what can be said when nobody does."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from queue_server.domain.clinic.clinic import Department, DepartmentQueue, Duty
from queue_server.domain.clinic.presence import Absence, Away, absence
from queue_server.domain.queue.tokens import DutyState, State
from tests.domain.queues import TEN, an_entry

ELEVEN, NINE = TEN + timedelta(hours=1), TEN - timedelta(hours=1)
GENERAL = Department("GEN", "G", {"en": "General"}, "general", "teal", id=1)


def a_duty(state: DutyState, back_at: datetime | None = None, doctor_id: int = 7) -> Duty:
    return Duty(doctor_id, "Dr. Rao", doctor_id, state, NINE, back_at=back_at)


def a_department(*duties: Duty) -> DepartmentQueue:
    return DepartmentQueue(GENERAL, 1, (an_entry(1),), (), (), duties)


@pytest.mark.parametrize(
    ("duties", "told"),
    [
        ([], Absence(Away.NOBODY)),
        ([a_duty(DutyState.OFF_DUTY)], Absence(Away.NOBODY)),
        ([a_duty(DutyState.ON_BREAK)], Absence(Away.ON_BREAK)),
        ([a_duty(DutyState.ON_BREAK, ELEVEN)], Absence(Away.ON_BREAK, ELEVEN)),
        ([a_duty(DutyState.ON_BREAK, NINE)], Absence(Away.LATE, NINE)),
        ([a_duty(DutyState.EXPECTED)], Absence(Away.EXPECTED)),
        ([a_duty(DutyState.EXPECTED, ELEVEN)], Absence(Away.EXPECTED, ELEVEN)),
        ([a_duty(DutyState.EXPECTED, TEN)], Absence(Away.LATE, TEN)),
        ([a_duty(DutyState.EXPECTED, NINE), a_duty(DutyState.ON_BREAK, ELEVEN, 8)], Absence(Away.ON_BREAK, ELEVEN)),
        ([a_duty(DutyState.ON_DUTY), a_duty(DutyState.ON_BREAK, NINE, 8)], None),
    ],
)
def test_the_next_who_is_to_come_is_told_and_nothing_while_somebody_is_there(
    duties: list[Duty], told: Absence | None
) -> None:
    assert absence(a_department(*duties), TEN) == told


def test_whoever_waits_for_one_doctor_is_told_about_that_one() -> None:
    queue = a_department(a_duty(DutyState.ON_DUTY, doctor_id=7), a_duty(DutyState.ON_BREAK, ELEVEN, 8))

    assert absence(queue, TEN, doctor_id=8) == Absence(Away.ON_BREAK, ELEVEN)
    assert absence(queue, TEN, doctor_id=7) is None


def test_a_department_in_whose_room_a_patient_is_has_somebody_even_without_a_duty() -> None:
    queue = replace(a_department(), entries=(an_entry(1, State.SERVING),))

    assert absence(queue, TEN) is None
