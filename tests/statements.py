"""What a clinic asks its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from queue_server.domain.queue.tokens import QueueEntry
from queue_server.storage.engine.databases import PostgresDatabase, SqliteDatabase
from queue_server.storage.queue import queue_rows
from tests.clinics import Clinic

#: How transactions begin and end; not what is asked in them.
_FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


async def known_and_stored(clinic: Clinic, department_id: int) -> tuple[dict[int, QueueEntry], dict[int, QueueEntry]]:
    """The department's entries by id: as the process knows them, and as the rows hold them."""
    queues = clinic.services.clinic.queues
    known = (await queues.of(department_id)).entries
    async with clinic.services.store.reading() as connection:
        stored = await queue_rows.live_entries(connection, department_id, await queues.day())
    return {entry.id: entry for entry in known}, {key: one.entry for key, one in stored.items()}


@contextmanager
def statements(clinic: Clinic) -> Iterator[list[str]]:
    """Every statement that is run inside, of reading and of writing, on the connections that the clinic has by now."""
    run: list[str] = []
    database = clinic.services.store._database
    if isinstance(database, SqliteDatabase):
        connections = [*database._idle, database._writers._connection]
        drivers = [connection.driver for connection in connections if connection is not None]
        for driver in drivers:
            driver.set_trace_callback(
                lambda statement: None if statement.startswith(_FRAMES) else run.append(statement)
            )
        yield run
        for driver in drivers:
            driver.set_trace_callback(None)
        run[:] = [statement for statement in run if not statement.startswith(_FRAMES)]
        return

    def note(_connection: object, _cursor: object, statement: str, *_more: Any) -> None:
        run.append(statement)

    assert isinstance(database, PostgresDatabase)
    for engine in (database._writers.sync_engine, database._readers.sync_engine):
        event.listen(engine, "before_cursor_execute", note)
    yield run
    for engine in (database._writers.sync_engine, database._readers.sync_engine):
        event.remove(engine, "before_cursor_execute", note)
