"""A walk-in's papers, for whoever holds the slip: its QR and the digits that it prints are the key, on its day."""

from __future__ import annotations

from queue_server.domain.access.actors import PATIENT, Actor
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import BadInput, NoMedicines, NoPapers, UnknownDocument, WrongDigits
from queue_server.domain.queue.tokens import Token
from queue_server.domain.records.documents import Document
from queue_server.domain.records.records import Record, RecordKind
from queue_server.services.access.slip_digits import SlipDigits
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.documents import Documents, OpenedDocument, note_read
from queue_server.storage.devices import device_rows, print_job_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.queue import queue_rows
from queue_server.storage.queue.idempotency_rows import once
from queue_server.storage.records import document_rows, record_rows
from queue_server.storage.records.document_rows import Stored


class SlipPapers:
    """Nothing is answered once the clinic has switched it off, the visit is in an account, or the day is over."""

    def __init__(self, store: Store, queues: Snapshots, documents: Documents, digits: SlipDigits) -> None:
        self._store = store
        self._queues = queues
        self._documents = documents
        #: What slips print.
        self.digits = digits

    async def language(self, key: str) -> str:
        """The language of a slip whose papers can be had. Raises `UnknownToken`, `NoPapers`."""
        token = await self._offered(key)
        if not await self._stored(token):
            raise NoPapers
        return token.language

    async def are_there(self, key: str) -> bool:
        """Whether the slip's digits open anything now. Raises `UnknownToken`."""
        try:
            await self.language(key)
        except NoPapers:
            return False
        return True

    async def number(self, key: str) -> str:
        """The number of a slip whose papers can be had. Raises `UnknownToken`, `NoPapers`."""
        return (await self._offered(key)).number

    async def papers(self, key: str, digits: str) -> list[Document]:
        """The visit's papers, oldest first, without those that were replaced.

        Raises `UnknownToken`, `NoPapers`, `WrongDigits`.
        """
        return [one.document for one in await self._stored(await self._opened(key, digits))]

    async def open(self, key: str, digits: str, document_id: int) -> OpenedDocument:
        """One paper, for reading; that it was read is noted.

        Raises `UnknownToken`, `NoPapers`, `WrongDigits`, `UnknownDocument`, `Damaged`.
        """
        token = await self._opened(key, digits)
        for stored in await self._stored(token):
            if stored.document.id == document_id:
                return await self._documents.opened(stored, by=PATIENT)
        raise UnknownDocument

    async def print(self, key: str, digits: str, place: str, *, by: Actor, once_key: str | None = None) -> list[int]:
        """The medicines of each prescription are queued at the place's slip printer; returns the jobs.

        The same `once_key` gives the same answer again. Raises `UnknownToken`, `NoPapers`, `WrongDigits`,
        `NoMedicines`, `BadInput` for a place without a printer, `KeyReused`.
        """
        return await self._print(await self._opened(key, digits), place, by, once_key)

    async def print_at_desk(self, token_id: int, digits: str, place: str, *, by: Actor) -> list[int]:
        """As `print`, for the token that the desk has found; the digits are read from the patient's slip."""
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_id(connection, token_id)
        return await self._print(await self._opened(token.key, digits), place, by, None)

    async def _print(self, token: Token, place: str, by: Actor, once_key: str | None) -> list[int]:
        asked = {"token": token.id, "place": place}
        async with self._store.transaction() as work, once(work, f"medicines:{by}", once_key, asked) as this:
            if not this.is_repeated:
                this.answer = {"jobs": await _queue(work, token, place, by)}
        return [int(job) for job in this.answer["jobs"]]

    async def _opened(self, key: str, digits: str) -> Token:
        token = await self._offered(key)
        if not await self.digits.are(digits, token.key):
            raise WrongDigits
        return token

    async def _offered(self, key: str) -> Token:
        """The token of today with this link, which is in nobody's account."""
        clinic, day = await self._queues.clinic(), await self._queues.day()
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_key(connection, key)
            is_kept = await patient_rows.is_in_account(connection, token.id)
        if not clinic.papers_by_slip or token.service_day != day or is_kept:
            raise NoPapers
        return token

    async def _stored(self, token: Token) -> list[Stored]:
        async with self._store.reading() as connection:
            found = await document_rows.of_token(connection, self._documents.keys, token.id)
        replaced = {one.document.replaces for one in found}
        return [one for one in found if one.document.id not in replaced and not one.is_damaged]


async def _queue(work: Transaction, token: Token, place: str, by: Actor) -> list[int]:
    if place not in {agent.place for agent in await device_rows.devices(work.connection, DeviceKind.AGENT)}:
        raise BadInput("place", f"There is no printer at {place[:40]!r}.")
    newest = dict[int, Record]()
    for record in await record_rows.signed_of_token(work.connection, token.id, RecordKind.PRESCRIPTION):
        newest.setdefault(record.series_id or record.id, record)
    jobs = list[int]()
    for record in sorted(newest.values(), key=lambda one: one.id):
        if record.content_id is not None:
            jobs.append(await print_job_rows.add_job(work, token.id, place, record.id))
            await note_read(work, by, "medicines", None, token_id=token.id, document_id=record.document_id)
    if not jobs:
        raise NoMedicines
    return jobs
