"""What a clinic asks its database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from queue_server.domain.queue.tokens import QueueEntry
from queue_server.storage.engine.postgres_connections import PostgresConnection
from queue_server.storage.engine.sqlite_in_loop import LoopConnection
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
def statements() -> Iterator[list[str]]:
    """Every statement that is run inside, of reading and of writing, by SQLAlchemy or on a driver itself."""
    run: list[str] = []
    fetch, run_each = LoopConnection.fetch, LoopConnection.run_each
    fetch_far, run_each_far = PostgresConnection.fetch, PostgresConnection.run_each

    def note(statement: str) -> None:
        if not statement.startswith(_FRAMES):
            run.append(statement)

    def note_and_fetch(connection: LoopConnection, statement: str, parameters: Sequence[Any]) -> Any:
        note(statement)
        return fetch(connection, statement, parameters)

    def before_execute(_connection: object, _cursor: object, statement: str, *_more: Any) -> None:
        note(statement)

    def note_and_run(connection: LoopConnection, statement: str, parameters: Any) -> None:
        note(statement)
        run_each(connection, statement, parameters)

    async def note_and_fetch_far(connection: PostgresConnection, statement: str, parameters: Sequence[Any]) -> Any:
        note(statement)
        return await fetch_far(connection, statement, parameters)

    async def note_and_run_far(connection: PostgresConnection, statement: str, parameters: Any) -> None:
        note(statement)
        await run_each_far(connection, statement, parameters)

    event.listen(Engine, "before_cursor_execute", before_execute)
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(LoopConnection, "fetch", note_and_fetch)
            patched.setattr(LoopConnection, "run_each", note_and_run)
            patched.setattr(PostgresConnection, "fetch", note_and_fetch_far)
            patched.setattr(PostgresConnection, "run_each", note_and_run_far)
            yield run
    finally:
        event.remove(Engine, "before_cursor_execute", before_execute)
