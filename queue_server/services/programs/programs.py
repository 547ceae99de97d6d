"""Other programs: their keys and what these open."""

from __future__ import annotations

from collections.abc import Iterable

from queue_server import sources
from queue_server.domain.access.actors import SYSTEM, Actor
from queue_server.domain.access.scopes import EVERYTHING, Program, kept_scopes, parse_scopes
from queue_server.domain.errors import UnknownProgram
from queue_server.domain.queue.events import Event
from queue_server.services.access.credentials import fingerprint, new_key
from queue_server.services.devices.devices import word
from queue_server.storage.engine.store import Store
from queue_server.storage.programs import program_rows


class Programs:
    """A key is told once, when it is made; only its hash is kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, name: str, scopes: Iterable[str] = (EVERYTHING,), *, by: Actor = SYSTEM) -> str:
        """The key of a new program, which opens what the scopes say. Raises `BadInput`."""
        chosen, name, key = parse_scopes(scopes), word("name", name), new_key()
        async with self._store.transaction() as work:
            program = await program_rows.add(work, name, fingerprint(key), chosen)
            data = {"program": program, "scopes": kept_scopes(chosen)}
            work.record(Event("program_added", work.now, str(by), data=data))
            work.touch(sources.DEVICES)
        return key

    async def all(self) -> list[Program]:
        """All programs that may act, by name."""
        async with self._store.reading() as connection:
            return await program_rows.all_programs(connection)

    async def revoke(self, program_id: int, *, by: Actor = SYSTEM) -> None:
        """The program's key opens nothing any more, and its open lines are cut. Raises `UnknownProgram`."""
        async with self._store.transaction() as work:
            if await program_rows.by_id(work.connection, program_id) is None:
                raise UnknownProgram(str(program_id))
            await program_rows.revoke(work, program_id)
            work.record(Event("program_revoked", work.now, str(by), data={"program": program_id}))
            work.touch(sources.DEVICES)
