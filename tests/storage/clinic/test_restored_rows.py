"""What a restored database takes over, and what is made new in it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select, update
from sqlmodel import col

from queue_server.domain.access.rights import May
from queue_server.domain.access.roles import Base, OwnRole
from queue_server.domain.clinic.restoring import EPOCH
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import State
from queue_server.storage.clinic import restored_rows
from queue_server.storage.clinic.restored_rows import Replaced
from queue_server.storage.devices import print_job_rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import role_rows
from queue_server.storage.queue import around_rows, counter_rows
from queue_server.storage.tables import CallRow, CounterRow, SessionRow, StaffRow
from tests.clinics import MORNING
from tests.storage.rows import DAY, FIRST, FIRST_OF_ALL, GENERAL, LABORATORY, an_entry


async def test_credentials_and_numbers_are_as_they_were_in_what_was_replaced(work: Transaction) -> None:
    await work.connection.execute(update(StaffRow).where(col(StaffRow.id) == FIRST).values(password_hash="new"))
    await counter_rows.next_counter(work, GENERAL, DAY, FIRST_OF_ALL)
    newer = await restored_rows.replaced(work.connection)
    await work.connection.execute(update(StaffRow).where(col(StaffRow.id) == FIRST).values(password_hash="old"))
    await work.connection.execute(update(CounterRow).values(value=0))

    changed = await restored_rows.take_over(work, newer)

    assert changed == {"device": 0, "api_key": 0, "staff": 1, "phone_account": 0}
    assert await restored_rows.replaced(work.connection) == newer


async def test_rights_that_were_taken_away_since_the_backup_do_not_come_back(work: Transaction) -> None:
    porter = OwnRole("Porter", Base.DESK, frozenset({May.RUN_DESK}))
    role_id = await role_rows.add_role(work, porter)
    await work.connection.execute(
        update(StaffRow).where(col(StaffRow.id) == FIRST).values(role=Role.DESK, role_id=role_id)
    )
    newer = await restored_rows.replaced(work.connection)
    await work.connection.execute(
        update(StaffRow).where(col(StaffRow.id) == FIRST).values(role=Role.ADMIN, role_id=None)
    )
    assert role_id is not None
    await role_rows.remove_role(work, role_id)
    await role_rows.add_role(work, replace(porter, name="Another"))

    changed = await restored_rows.take_over(work, newer)

    assert changed["staff"] == 1
    assert await restored_rows.replaced(work.connection) == newer
    assert await role_rows.add_role(work, replace(porter, name="One more")) not in {None, role_id}


async def test_counters_are_only_raised(work: Transaction) -> None:
    for value in (7, 3):
        for department in (GENERAL, LABORATORY, 999):
            await restored_rows.raise_counter(work, department, DAY, value)

    found: Replaced = await restored_rows.replaced(work.connection)
    assert found.counters == {(GENERAL, DAY): 7, (LABORATORY, DAY): 7}


async def test_no_login_holds_any_more(work: Transaction) -> None:
    login = SessionRow(secret_hash="h", staff_id=FIRST, created_at=MORNING, seen_at=MORNING)
    await work.connection.execute(work.insert(SessionRow).values(login.model_dump()))

    await restored_rows.end_everything_open(work)

    assert await work.connection.scalar(select(func.count()).select_from(SessionRow)) == 0


async def test_the_next_call_is_newer_than_any_that_a_display_has_seen(work: Transaction) -> None:
    await restored_rows.begin_epoch(work, None)
    entry = await an_entry(work, state=State.CALLED)
    values = {"entry_id": entry.id, "department_id": GENERAL, "number": "G-001", "room": "1", "at": MORNING}
    add = work.insert(CallRow).values(is_recall=False, is_withdrawn=False, **values).returning(col(CallRow.id))
    first = await work.connection.scalar(add)

    await restored_rows.begin_epoch(work, None)

    second = await work.connection.scalar(add)
    assert first is not None
    assert second == first + EPOCH + 1
    shown = (await around_rows.around_line(work.connection, GENERAL, MORNING, MORNING)).calls
    assert [call.id for call in shown] == [first, second]


async def test_the_next_print_job_has_an_id_that_no_print_agent_knows(work: Transaction) -> None:
    first = await print_job_rows.add_job(work, None, "entrance")

    await restored_rows.begin_epoch(work, None)

    assert await print_job_rows.add_job(work, None, "entrance") == first + EPOCH + 1


async def test_the_same_backup_put_back_twice_uses_no_id_a_second_time(work: Transaction) -> None:
    seen = await print_job_rows.add_job(work, None, "entrance") + 3 * EPOCH
    known = await restored_rows.replaced(work.connection)

    await restored_rows.begin_epoch(work, replace(known, newest=known.newest | {"print_job": seen}))

    assert await print_job_rows.add_job(work, None, "entrance") == seen + EPOCH + 1


async def test_a_restore_shows_no_failed_slip(work: Transaction) -> None:
    await restored_rows.begin_epoch(work, None)

    assert await print_job_rows.recent_slips(work.connection, 10) == []
