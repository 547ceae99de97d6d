"""Changing who is on duty where."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.clinic.clinic import Duty
from queue_server.domain.queue.tokens import DutyState
from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import duty_rows, queue_rows
from tests.clinics import MORNING
from tests.storage.rows import FIRST, ROOM_1, ROOM_2, ROOM_3, SECOND, an_entry

ON_BREAK = Duty(FIRST, "Doctor first", ROOM_1, DutyState.ON_BREAK, MORNING, "tea", MORNING + timedelta(minutes=15))
AT_WORK = Duty(SECOND, "Doctor second", ROOM_2, DutyState.ON_DUTY, MORNING + timedelta(hours=1))


async def test_a_duty_is_read_as_it_was_stored(work: Transaction) -> None:
    await duty_rows.add(work, ON_BREAK)
    await duty_rows.add(work, AT_WORK)

    assert await duty_rows.duties(work.connection) == [ON_BREAK, AT_WORK]
    assert await duty_rows.duties(work.connection, [ROOM_2, ROOM_3]) == [AT_WORK]


async def test_a_doctor_who_takes_a_room_leaves_another_and_sends_its_doctor_away(work: Transaction) -> None:
    await duty_rows.add(work, ON_BREAK)
    await duty_rows.add(work, AT_WORK)

    await duty_rows.clear(work, FIRST, ROOM_2)

    assert await duty_rows.duties(work.connection) == []


async def test_duties_of_an_earlier_day_are_over(work: Transaction) -> None:
    await duty_rows.add(work, ON_BREAK)
    await duty_rows.add(work, AT_WORK)

    await duty_rows.end_before(work, AT_WORK.since_at)

    assert await duty_rows.duties(work.connection) == [AT_WORK]


async def test_patients_kept_for_a_doctor_who_leaves_may_be_called_by_any(work: Transaction) -> None:
    for_first = await an_entry(work, "G-001", for_doctor_id=FIRST)
    for_second = await an_entry(work, "G-002", for_doctor_id=SECOND)

    await duty_rows.release_entries(work, FIRST)

    found = {one.number: one for one in await queue_rows.entries_by_id(work.connection, [for_first.id, for_second.id])}
    assert {number: entry.for_doctor_id for number, entry in found.items()} == {"G-001": None, "G-002": SECOND}
