"""After a restore: numbers that are on paper are not given again, and nothing that was revoked opens anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from queue_server import sources
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.clinic.restoring import Known, Slip, goes_on_above, printed_since
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import number
from queue_server.storage.clinic import clinic_rows, restored_rows
from queue_server.storage.clinic.restored_rows import Replaced
from queue_server.storage.engine import journal
from queue_server.storage.engine.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Settled:
    """`next_numbers`: with which each department goes on today. `changed`: table of credentials → how many had been
    withdrawn or changed since the backup, as far as that is known. `last_line`: the newest journal line."""

    next_numbers: list[str]
    changed: dict[str, int]
    last_line: int


class Restored:
    """Used once, by the command that has put a backup back, before a server starts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def replaced(self) -> Replaced:
        """What the database knows that is about to be replaced."""
        async with self._store.reading() as connection:
            return await restored_rows.replaced(connection)

    async def settle(self, known: Known, before: Replaced | None, slips: Collection[Slip] | None = None) -> Settled:
        """Numbers go on above what is on paper, all logins have ended, every screen begins anew.

        `slips`: what the agents' ledgers remember; none where there is no ledger.
        """
        async with self._store.transaction() as work:
            changed = await restored_rows.take_over(work, before) if before else {}
            if slips is not None:
                printed, count = printed_since(slips, await restored_rows.newest_print_job(work.connection))
                known = replace(known, printed=printed, slips=count)
            known = replace(known, is_complete=before is not None)
            numbers = await self._raise(work, known)
            await restored_rows.end_everything_open(work)
            await restored_rows.begin_epoch(work, before)
            work.record(Event("restored", work.now, str(SYSTEM), data={"next": numbers}))
            for source in (sources.CLINIC, sources.DEVICES, sources.SESSIONS):
                work.touch(source)
        async with self._store.reading() as connection:
            return Settled(numbers, changed, (await journal.head(connection))[0])

    async def _raise(self, work: Transaction, known: Known) -> list[str]:
        day = await clinic_rows.service_day_at(work.connection, work.now)
        given = (await restored_rows.replaced(work.connection)).counters
        told = []
        for department in await clinic_rows.departments(work.connection):
            above = goes_on_above(department.prefix, given.get((department.id, day), 0), known)
            if above:
                await restored_rows.raise_counter(work, department.id, day, above)
                told.append(number(department.prefix, above + 1))
        return told
