"""Two records of one patient become one."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import BadInput, ChangedMeanwhile, Conflict, UnknownPatient
from queue_server.domain.people.patients import Person
from queue_server.domain.queue.events import Event
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import merge_rows, patient_rows


@dataclass(frozen=True, slots=True)
class Seen:
    """A patient as whoever decides has seen the record."""

    id: int
    person: Person


class Merging:
    """There is no way back: afterwards nobody can tell whose a document was. So both are shown before."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues

    async def merge(self, kept: Seen, gone: Seen, *, by: Actor) -> dict[str, int]:
        """All that was `gone`'s is `kept`'s, whose name and phone number stay; returns table → how many rows moved.

        A phone number on which nobody is left is free again. Raises `UnknownPatient`, `BadInput` for a patient and
        himself, `ChangedMeanwhile` when a record is not as it was seen, `Conflict` while both wait in one department.
        """
        if kept.id == gone.id:
            raise BadInput("other", "These are the same record.")
        day = await self._queues.day()
        departments = [department.id for department in await self._queues.departments()]
        async with self._store.transaction() as work:
            await clinic_rows.lock_departments(work, departments)
            accounts = await merge_rows.lock(work, [kept.id, gone.id])
            if len(accounts) < 2:
                raise UnknownPatient
            for seen in (kept, gone):
                if await patient_rows.person(work.connection, seen.id) != seen.person:
                    raise ChangedMeanwhile("The patient's profile was changed meanwhile.")
            for department in departments:
                both = [await patient_rows.live_token(work.connection, one.id, department, day) for one in (kept, gone)]
                if all(both):
                    numbers = [token[2] for token in both if token]
                    raise Conflict(f"Both wait there: {' and '.join(numbers)}. End one of them first.", numbers=numbers)
            return await _merge(work, kept.id, gone.id, accounts, by)


async def _merge(work: Transaction, kept: int, gone: int, accounts: dict[int, int | None], by: Actor) -> dict[str, int]:
    for token_id in await merge_rows.tokens_of(work, gone):
        work.touch(sources.token(token_id))
    moved = await merge_rows.move(work, gone, kept)
    if accounts[kept] != accounts[gone]:
        # On the other phone nobody is chosen who does not belong to it.
        await patient_rows.unchoose(work, kept, but=accounts[kept])
    await merge_rows.close(work, gone, kept)
    other = accounts[gone]
    if other is not None and other != accounts[kept] and not await patient_rows.family(work.connection, other):
        await patient_rows.remove_account(work, other)
    for one in (kept, gone):
        work.touch(sources.records(one))
    work.touch(sources.ALERT_CHOICES)
    work.record(Event("patients_merged", work.now, str(by), data={"patient": kept, "was": gone, "moved": moved}))
    return moved
