"""Somebody takes a call back while somebody else calls in the same department, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from queue_server.clock import SteadyClock
from queue_server.domain.errors import NothingToUndo
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import undo_rows
from tests.clinics import PROGRAM, Clinic
from tests.waiting import until

ON_POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
async def other(database_url: str, clinic: Clinic) -> AsyncIterator[Store]:
    """Another process on the clinic's database."""
    store = Store(database_url, SteadyClock(clinic.clock))
    await store.open()
    yield store
    await store.close()


@ON_POSTGRES
async def test_whoever_calls_and_whoever_takes_back_never_wait_for_one_another(clinic: Clinic, other: Store) -> None:
    await clinic.issue()
    await clinic.next()

    async def is_waiting() -> bool:
        async with other.reading() as connection:
            return bool(await connection.scalar(WAITING))

    async with other.transaction() as work:
        room = await clinic_rows.room(work.connection, "1")
        await clinic_rows.lock_departments(work, [room.department_id])
        undoing = asyncio.create_task(clinic.services.queue.calling.undo("1", by=PROGRAM))
        await until(is_waiting)
        last = await undo_rows.take(work, room.id)

    assert last is not None
    with pytest.raises(NothingToUndo):
        await undoing
