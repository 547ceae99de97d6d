"""Visits and places in queues as other software reads them."""

from __future__ import annotations

from collections.abc import Iterable

from queue_server.domain.access.actors import Actor
from queue_server.domain.queue.visits import Stay, Visit, VisitQuery
from queue_server.live.list_types import QueuedToken
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.documents import note_read
from queue_server.services.screens.token_pages import TokenPages
from queue_server.storage.engine.store import Store
from queue_server.storage.people import patient_rows
from queue_server.storage.screens import visit_rows


class Visits:
    """Each list is a page in the order of ids. Asking for one patient's is a look at the patient's records."""

    def __init__(self, store: Store, queues: Snapshots, token_pages: TokenPages) -> None:
        self._store = store
        self._queues = queues
        self._token_pages = token_pages

    async def visits(self, wanted: VisitQuery, *, by: Actor) -> list[Visit]:
        """Tokens of any day with all their stays."""
        async with self._store.surveying() as connection:
            found = await visit_rows.visits(connection, wanted)
        await self._note(wanted.patient_id, by)
        return found

    async def stays(self, wanted: VisitQuery, *, by: Actor) -> list[tuple[Visit, Stay]]:
        """Stays of any day, each with its visit."""
        async with self._store.surveying() as connection:
            found = await visit_rows.stays(connection, wanted)
        await self._note(wanted.patient_id, by)
        return found

    async def standing(self, departments: Iterable[int]) -> dict[int, QueuedToken]:
        """Token id → where it stands, of those that are in these departments' queues now."""
        wanted = set(departments)
        codes = [one.code for one in await self._queues.departments() if one.id in wanted]
        queues = [await self._token_pages.queue(code) for code in codes]
        return {token["id"]: token for queue in queues for token in queue["tokens"]}

    async def _note(self, patient_id: int | None, by: Actor) -> None:
        if patient_id is None:
            return
        async with self._store.transaction() as work:
            if await patient_rows.person(work.connection, patient_id) is not None:
                await note_read(work, by, "history", patient_id)
