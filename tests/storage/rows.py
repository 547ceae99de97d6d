"""Rows of a small clinic, for tests of what is stored: each test's are rolled back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Any

from queue_server.clock import SteadyClock
from queue_server.domain.clinic.clinic import Department
from queue_server.domain.people.patients import Person
from queue_server.domain.queue.tokens import Priority, QueueEntry, Rank, State
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.queue import queue_rows
from tests.clinics import MORNING, SettableClock

#: The service day of `MORNING`.
DAY = date(2026, 11, 22)
#: The ids of the clinic's departments, rooms and doctors.
GENERAL, LABORATORY = 1, 2
ROOM_1, ROOM_2, ROOM_3 = 1, 2, 3
FIRST, SECOND = 1, 2
#: A place that nobody is ahead of.
FIRST_OF_ALL = Rank(is_emergency=True, at=MORNING - timedelta(days=1), sequence=0)


class _Undone(Exception):
    """What a test has written is taken back."""


@asynccontextmanager
async def undone(url: str) -> AsyncIterator[Transaction]:
    """A transaction at `MORNING` of which nothing stays."""
    store = Store(url, SteadyClock(SettableClock()))
    try:
        with suppress(_Undone):
            async with store.transaction() as work:
                yield work
                raise _Undone
    finally:
        await store.close()


def later(work: Transaction, **duration: float) -> datetime:
    """So much time passes in the transaction; the moment that it is then."""
    work.now += timedelta(**duration)
    return work.now


async def department(work: Transaction, id_: int = GENERAL) -> Department:
    """One of the departments."""
    return await clinic_rows.department(work.connection, id_)


async def a_token(
    work: Transaction, number: str = "G-001", day: date = DAY, department_id: int = GENERAL, **more: object
) -> int:
    """A token; its id."""
    values = {"department_id": department_id, "service_day": day, "number": number, "key": f"{day}-{number}"}
    told = {"language": "hi", "channel": "kiosk", "issued_at": work.now, "ahead_at_issue": 0}
    return await queue_rows.add_token(work, **{**values, **told, **more})


async def a_stay(
    work: Transaction,
    token_id: int,
    state: State = State.WAITING,
    department_id: int = GENERAL,
    day: date = DAY,
    priority: Priority = Priority.NORMAL,
    **more: Any,
) -> int:
    """A stay of the token in the department; its id."""
    place = await department(work, department_id)
    return await queue_rows.add_entry(work, token_id, place, day, priority, **{"state": state, **more})


async def an_entry(work: Transaction, number: str = "G-001", state: State = State.WAITING, **more: Any) -> QueueEntry:
    """A new token's stay."""
    token_id = await a_token(work, number)
    await a_stay(work, token_id, state, **more)
    return await queue_rows.newest_entry(work.connection, token_id)


async def a_patient(work: Transaction, name: str = "Asha", phone: str = "+918123456789") -> int:
    """A patient of the account with this phone number, which is made when there is none; the id."""
    known = await patient_rows.account_of_phone(work.connection, phone)
    account = known.id if known else await patient_rows.add_account(work, phone, "a hash")
    assert account is not None
    return await patient_rows.add_patient(work, account, Person(name, 1992))
