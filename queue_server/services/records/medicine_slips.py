"""What is printed of a signed prescription on the slip printer."""

from __future__ import annotations

from queue_server.domain.errors import Damaged, NoMedicines
from queue_server.domain.records.prescribing import Typed, bearer_of, lines_of
from queue_server.papers.medicine_slips import MedicinesDocument, medicines
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.drafts import Drafts, bearer
from queue_server.services.records.medicines import Medicines
from queue_server.storage.engine.store import Store
from queue_server.storage.records import paper_rows, record_rows
from queue_server.storage.records.encryption import DoesNotOpen


class MedicineSlips:
    """Says what the signed paper says: from what the doctor has typed, as signing did."""

    def __init__(
        self, store: Store, queues: Snapshots, drafts: Drafts, known: Medicines, letterheads: Letterheads
    ) -> None:
        self._store = store
        self._queues = queues
        self._drafts = drafts
        self._medicines = known
        self._letterheads = letterheads

    async def compose(self, token_id: int, record_id: int) -> MedicinesDocument:
        """The medicines of this signed prescription, in the token's language.

        Raises `NoMedicines` where there are none, `Damaged` when it does not open, `KeyMissing`.
        """
        async with self._store.reading() as connection:
            record = await record_rows.record(connection, record_id)
            if record is None or record.signed_at is None:
                raise NoMedicines
            try:
                typed = await self._drafts.content(connection, record)
            except DoesNotOpen as error:
                raise Damaged(record.document_id or 0) from error
            token = await record_rows.seen_token(connection, token_id)
            doctor = await record_rows.signer(connection, record.doctor_id)
            paper = await paper_rows.one(connection, record.key or "")
        if not isinstance(typed, Typed):
            raise NoMedicines
        day = await self._queues.day()
        return medicines(
            token.number,
            token.language,
            await self._letterheads.current(),
            doctor,
            bearer(token, day) or bearer_of(typed.person),
            lines_of(typed, await self._medicines.all()),
            signed_at=record.signed_at,
            advice=typed.note,
            verify=f"{paper.key}?h={paper.content_hash}" if paper else None,
        )
