"""Drafts of prescriptions and certificates: saved as typed, opened again wherever the doctor goes on."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.domain.certificates import TypedCertificate, check_typed
from queue_server.domain.errors import ChangedMeanwhile, NotFound
from queue_server.domain.events import Event
from queue_server.domain.prescribing import Typed, check_size
from queue_server.domain.records import Bearer
from queue_server.services.actors import Actor
from queue_server.services.authorising import AttendedToken, May, authorise
from queue_server.services.queues import Queues
from queue_server.services.views import Json
from queue_server.storage import records as rows
from queue_server.storage.keyring import Keyring
from queue_server.storage.records import Place, Record, SeenToken
from queue_server.storage.store import Store, Transaction
from queue_server.storage.tables.records import RecordKind

Content: TypeAlias = Typed | TypedCertificate

_ADAPTERS: dict[RecordKind, TypeAdapter[Any]] = {
    RecordKind.PRESCRIPTION: TypeAdapter(Typed),
    RecordKind.CERTIFICATE: TypeAdapter(TypedCertificate),
}

#: How many of the day's patients the console offers to write for.
RECENT = 40


@dataclass(frozen=True, slots=True)
class Opened:
    """A version with what the doctor typed."""

    record: Record
    content: Content


class Drafts:
    """Whoever did not have the patient in a room is not told that there is such a token."""

    def __init__(self, store: Store, queues: Queues, keys: Keyring) -> None:
        self._store = store
        self._queues = queues
        self._keys = keys

    async def recent(self, *, by: Actor) -> list[Json]:
        """The doctor's patients of today, newest first: token, number, kinds of unfinished drafts, papers signed."""
        authorise(by, May.WRITE_RECORDS)
        day = await self._queues.day()
        async with self._store.reading() as connection:
            tokens = await rows.seen_tokens(connection, by.id, day, RECENT)
            written = await rows.records_of(connection, by.id, [token_id for token_id, _ in tokens])
        drafts: defaultdict[int, list[str]] = defaultdict(list)
        signed: defaultdict[int, int] = defaultdict(int)
        for record in written:
            if record.signed_at is None:
                drafts[record.token_id].append(record.kind)
            else:
                signed[record.token_id] += 1
        return [
            {"token": token_id, "number": number, "drafts": drafts[token_id], "signed": signed[token_id]}
            for token_id, number in tokens
        ]

    async def open(self, token_id: int, kind: RecordKind, *, by: Actor) -> Json:
        """Everything that the doctor needs for writing; the journal says that it was looked at. Raises `UnknownToken`.

        `draft` is none, or its edit and content; `signed` are the papers so far, newest first; `last` is what the same
        doctor's patient was given the last time.
        """
        async with self._store.transaction() as work:
            await check_attended(work.connection, token_id, by)
            token = await rows.seen_token(work.connection, token_id)
            draft = await rows.draft(work.connection, Place(token_id, by.id, kind))
            signed = await rows.signed_of_token(work.connection, token_id, kind)
            last = await self._last(work, token, kind, by)
            if signed or last or draft:
                patient = {"patient": token.patient_id} if token.patient_id else {}
                work.record(Event("records_read", work.now, str(by), token_id, data={"kind": kind, **patient}))
        corrected = next((each for each in signed if draft and each.id == draft.corrects_id), None)
        return {
            "token": token_id,
            "number": token.number,
            "language": token.language,
            "patient": _patient(token, await self._queues.day()),
            "draft": self._written(draft) if draft else None,
            "corrects": corrected.version if corrected else None,
            "signed": [_signed(each) for each in signed],
            "last": self._written(last) if last else None,
        }

    async def save(self, token_id: int, kind: RecordKind, edit: int, content: Content, *, by: Actor) -> int:
        """The draft that stood at `edit` (0: there was none) holds this; returns where it stands now.

        Raises `ChangedMeanwhile` with the draft as it is when another window has saved meanwhile; `UnknownToken`,
        `BadInput`.
        """
        _check(content)
        place, written = Place(token_id, by.id, kind), _bytes(content)
        async with self._store.transaction() as work:
            await check_attended(work.connection, token_id, by)
            if edit == 0:
                is_saved = await rows.add_draft(work, self._keys, place, written)
            else:
                is_saved = await rows.change_draft(work, self._keys, place, edit, written)
            if not is_saved:
                raise self._changed(await rows.draft(work.connection, place))
        return edit + 1

    async def discard(self, token_id: int, kind: RecordKind, edit: int, *, by: Actor) -> None:
        """The draft is gone; none is fine. Raises `ChangedMeanwhile`, `UnknownToken`."""
        place = Place(token_id, by.id, kind)
        async with self._store.transaction() as work:
            await check_attended(work.connection, token_id, by)
            if not await rows.remove_draft(work, place, edit):
                draft = await rows.draft(work.connection, place)
                if draft is not None:
                    raise self._changed(draft)

    async def correct(self, token_id: int, kind: RecordKind, record_id: int, *, by: Actor) -> None:
        """There is a draft of the next version, which holds what was signed; a draft that was there stays instead.

        Raises `NotFound` for a paper that is not the doctor's own or not this token's, `ChangedMeanwhile` for one that
        has been corrected already, `UnknownToken`.
        """
        async with self._store.transaction() as work:
            await check_attended(work.connection, token_id, by)
            record = await rows.record(work.connection, record_id)
            if record is None or (record.token_id, record.doctor_id, record.kind) != (token_id, by.id, kind):
                raise NotFound("There is no such paper.")
            if record.signed_at is None:
                raise NotFound("This paper is not signed yet.")
            await check_newest(work, record)
            content = rows.plain(self._keys, record)
            await rows.add_draft(work, self._keys, Place(token_id, by.id, kind), content, corrects_id=record.id)

    def opened(self, record: Record) -> Opened:
        """The version with its content."""
        return Opened(record, _ADAPTERS[record.kind].validate_json(rows.plain(self._keys, record)))

    async def _last(self, work: Transaction, token: SeenToken, kind: RecordKind, by: Actor) -> Record | None:
        if kind is not RecordKind.PRESCRIPTION or token.patient_id is None:
            return None
        return await rows.last_prescription(work.connection, token.patient_id, by.id, token.id)

    def _changed(self, draft: Record | None) -> ChangedMeanwhile:
        error = ChangedMeanwhile("This draft was changed in another window.")
        error.details = {"draft": self._written(draft) if draft else None}
        return error

    def _written(self, record: Record) -> Json:
        moment = record.signed_at or record.saved_at
        return {
            "edit": record.edit,
            "content": asdict(self.opened(record).content),
            "at": moment.isoformat().replace("+00:00", "Z"),
        }


async def check_attended(connection: AsyncConnection, token_id: int, by: Actor) -> None:
    """Raises `UnknownToken` for a doctor who did not have this patient, `NotAllowed` for anybody else."""
    authorise(by, May.WRITE_RECORDS, AttendedToken(await rows.doctors_of(connection, token_id)))


async def check_newest(work: Transaction, record: Record) -> None:
    """Raises `ChangedMeanwhile` when the signed paper has been corrected already."""
    newest = await rows.newest_version(work.connection, record.series_id or record.id)
    if newest != record.version:
        raise ChangedMeanwhile(f"Version {record.version} has been replaced by version {newest}.")


def bearer(token: SeenToken, today: date) -> Bearer | None:
    """The registered patient of the token."""
    if token.patient_id is None or not token.name or token.sex is None:
        return None
    return Bearer(token.name, today.year - token.birth_year if token.birth_year else None, token.sex)


def _patient(token: SeenToken, today: date) -> Json | None:
    known = bearer(token, today)
    return asdict(known) if known else None


def _signed(record: Record) -> Json:
    return {
        "id": record.id,
        "version": record.version,
        "number": record.number,
        "document": record.document_id,
        "doctor": record.doctor_id,
        "at": record.signed_at.isoformat().replace("+00:00", "Z") if record.signed_at else None,
    }


def _check(content: Content) -> None:
    if isinstance(content, Typed):
        check_size(content)
    else:
        check_typed(content)


def _bytes(content: Content) -> bytes:
    return json.dumps(asdict(content), ensure_ascii=False).encode()
