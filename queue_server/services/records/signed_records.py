"""Signed prescriptions and certificates, as other software reads them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import BadInput
from queue_server.domain.records.certificates import TypedCertificate, check_typed
from queue_server.domain.records.medicines import MedicineList
from queue_server.domain.records.prescribing import lines_of
from queue_server.domain.records.records import RecordKind, SignedRecord
from queue_server.services.records.documents import note_reads
from queue_server.services.records.drafts import content_of
from queue_server.services.records.medicines import Medicines
from queue_server.storage.engine.store import Store
from queue_server.storage.records import encrypted_blobs, record_rows
from queue_server.storage.records.keyring import Keyring


class SignedRecords:
    """Each patient whose record is read can see by whom. The caller has checked that `by` may."""

    def __init__(self, store: Store, keys: Keyring, medicines: Medicines) -> None:
        self._store = store
        self._keys = keys
        self._medicines = medicines

    async def page(
        self,
        kinds: Collection[RecordKind],
        after: int,
        limit: int,
        *,
        by: Actor,
        ids: Sequence[int] = (),
        patient_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[SignedRecord]:
        """A page of signed versions in the order of their ids; of one that does not open any more nothing else is said.

        Raises `KeyMissing`.
        """
        async with self._store.reading() as connection:
            found = await record_rows.signed_versions(
                connection, kinds, after, limit, ids=ids, patient_id=patient_id, since=since, until=until
            )
            contents = [record.content_id for record, *_ in found if record.content_id is not None]
            plain = await encrypted_blobs.small(connection, self._keys, contents)
        medicines = await self._medicines.all()
        read = [_opened(SignedRecord(*one), plain, medicines) for one in found]
        async with self._store.transaction() as work:
            looks = dict.fromkeys((one.patient_id, one.record.token_id) for one in read)
            await note_reads(work, by, "history", looks)
        return read


def _opened(signed: SignedRecord, plain: Mapping[str, bytes], medicines: MedicineList) -> SignedRecord:
    record = signed.record
    content = plain.get(record.content_id or "")
    if content is None:
        return signed
    try:
        typed = content_of(record.kind, json.loads(content))
        if isinstance(typed, TypedCertificate):
            return replace(signed, certificate=check_typed(typed))
        return replace(signed, lines=lines_of(typed, medicines))
    except BadInput:
        return signed
