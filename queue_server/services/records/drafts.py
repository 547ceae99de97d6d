"""Drafts of prescriptions and certificates: saved as typed, opened again wherever the doctor goes on."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from datetime import date
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import AttendedToken, May, authorise
from queue_server.domain.errors import BadInput, ChangedMeanwhile, NotFound
from queue_server.domain.records.certificates import TypedCertificate, check_typed
from queue_server.domain.records.prescribing import Typed, check_size
from queue_server.domain.records.records import Bearer, Place, Record, RecordKind, SeenToken
from queue_server.live.json_views import Json
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.documents import note_read
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.records import access_log_rows, record_rows
from queue_server.storage.records.keyring import Keyring

Content: TypeAlias = Typed | TypedCertificate


class _Prescription(BaseModel):
    """Nothing unknown is let through, within the typed prescription either."""

    model_config = ConfigDict(extra="forbid", str_max_length=4000)
    content: Typed


class _Certificate(BaseModel):
    """As `_Prescription`."""

    model_config = ConfigDict(extra="forbid", str_max_length=4000)
    content: TypedCertificate


_MODELS: dict[RecordKind, type[_Prescription | _Certificate]] = {
    RecordKind.PRESCRIPTION: _Prescription,
    RecordKind.CERTIFICATE: _Certificate,
}

#: How many of the day's patients the console offers to write for.
RECENT = 40


class Drafts:
    """Whoever did not have the patient in a room is not told that there is such a token."""

    def __init__(self, store: Store, queues: Snapshots, keys: Keyring) -> None:
        self._store = store
        self._queues = queues
        self._keys = keys

    async def recent(self, *, by: Actor) -> list[Json]:
        """The doctor's patients of today, newest first: token, number, kinds of unfinished drafts, papers signed."""
        authorise(by, May.WRITE_RECORDS)
        day = await self._queues.day()
        async with self._store.reading() as connection:
            tokens = await record_rows.seen_tokens(connection, by.id, day, RECENT)
            written = await record_rows.records_of(connection, by.id, [token_id for token_id, _ in tokens])
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
        doctor's patient was given the last time; `registration` is the doctor's own number.
        """
        async with self._store.transaction() as work:
            await check_attended(work.connection, token_id, by)
            token = await record_rows.seen_token(work.connection, token_id)
            draft = await record_rows.draft(work.connection, Place(token_id, by.id, kind))
            signed = await record_rows.signed_of_token(work.connection, token_id, kind)
            last = await self._last(work, token, kind)
            signer = await record_rows.signer(work.connection, by.id)
            view = {
                "draft": await self._written(work, draft) if draft else None,
                "last": await self._written(work, last) if last else None,
            }
            if last:
                await note_read(work, by, "prescription", token.patient_id, token_id=last.token_id)
        corrected = next((each for each in signed if draft and each.id == draft.corrects_id), None)
        return view | {
            "token": token_id,
            "number": token.number,
            "language": token.language,
            "patient": _patient(token, await self._queues.day()),
            "registration": signer.registration,
            "corrects": corrected.version if corrected else None,
            "signed": [_signed(each) for each in signed],
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
                is_saved = await record_rows.add_draft(work, self._keys, place, written)
            else:
                is_saved = await record_rows.change_draft(work, self._keys, place, edit, written)
            if not is_saved:
                raise await self._changed(work, place)
        return edit + 1

    async def discard(self, token_id: int, kind: RecordKind, edit: int, *, by: Actor) -> None:
        """The draft is gone; none is fine. Raises `ChangedMeanwhile`, `UnknownToken`."""
        place = Place(token_id, by.id, kind)
        async with self._store.transaction() as work:
            await check_attended(work.connection, token_id, by)
            if not await record_rows.remove_draft(work, place, edit) and await record_rows.draft(
                work.connection, place
            ):
                raise await self._changed(work, place)

    async def correct(self, token_id: int, kind: RecordKind, record_id: int, *, by: Actor) -> None:
        """There is a draft of the next version, which holds what was signed; a draft that was there stays instead.

        Raises `NotFound` for a paper that is not the doctor's own or not this token's, `ChangedMeanwhile` for one that
        has been corrected already, `UnknownToken`.
        """
        async with self._store.transaction() as work:
            await check_attended(work.connection, token_id, by)
            record = await record_rows.record(work.connection, record_id)
            if record is None or (record.token_id, record.doctor_id, record.kind) != (token_id, by.id, kind):
                raise NotFound("There is no such paper.")
            if record.signed_at is None:
                raise NotFound("This paper is not signed yet.")
            await check_newest(work, record)
            content = await record_rows.plain(work.connection, self._keys, record)
            await record_rows.add_draft(work, self._keys, Place(token_id, by.id, kind), content, corrects_id=record.id)

    async def content(self, connection: AsyncConnection, record: Record) -> Content:
        """What was typed."""
        return content_of(record.kind, json.loads(await record_rows.plain(connection, self._keys, record)))

    async def _last(self, work: Transaction, token: SeenToken, kind: RecordKind) -> Record | None:
        """The patient's last prescription, for a doctor who attends the patient today."""
        is_today = token.service_day == await self._queues.day()
        if kind is not RecordKind.PRESCRIPTION or token.patient_id is None or not is_today:
            return None
        return await record_rows.last_prescription(work.connection, token.patient_id, token.id)

    async def _changed(self, work: Transaction, place: Place) -> ChangedMeanwhile:
        draft = await record_rows.draft(work.connection, place)
        written = await self._written(work, draft) if draft else None
        return ChangedMeanwhile("This draft was changed in another window.", draft=written)

    async def _written(self, work: Transaction, record: Record) -> Json:
        moment = record.signed_at or record.saved_at
        content = asdict(await self.content(work.connection, record))
        return {"edit": record.edit, "content": content, "at": moment.isoformat().replace("+00:00", "Z")}


def content_of(kind: RecordKind, sent: object) -> Content:
    """The content that a window sent. Raises `BadInput` for what is none."""
    try:
        return _MODELS[kind].model_validate({"content": sent}).content
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:]) or "content"
        raise BadInput(field, f"{field}: {first['msg']}.") from error


async def check_attended(connection: AsyncConnection, token_id: int, by: Actor) -> None:
    """Raises `UnknownToken` for a doctor who did not have this patient, `NotAllowed` for anybody else."""
    authorise(
        by, May.WRITE_RECORDS, AttendedToken(frozenset(await access_log_rows.doctors_of_token(connection, token_id)))
    )


async def check_newest(work: Transaction, record: Record) -> None:
    """Raises `ChangedMeanwhile` when the signed paper has been corrected already."""
    newest = await record_rows.newest_version(work.connection, record.series_id or record.id)
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
