"""Rows of prescriptions and certificates: drafts, signed versions, certificate numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.records.records import Place, Record, RecordKind, SeenToken, Signer
from queue_server.storage.engine.store import Transaction
from queue_server.storage.records import encrypted_blobs
from queue_server.storage.records.access_log_rows import ATTENDED
from queue_server.storage.records.encryption import CHUNK, DoesNotOpen
from queue_server.storage.records.keyring import Keyring
from queue_server.storage.tables import (
    CertificateCounterRow,
    DepartmentRow,
    PatientRow,
    QueueEntryRow,
    RecordRow,
    StaffRow,
    TokenRow,
)

_RECORD = RecordRow.metadata.tables["record"].columns


async def seen_tokens(connection: AsyncConnection, doctor_id: int, day: date, limit: int) -> list[tuple[int, str]]:
    """Id and number of the tokens that the doctor has had on this day, newest first."""
    entry = QueueEntryRow
    query = (
        select(col(TokenRow.id), col(TokenRow.number))
        .join(entry, col(entry.token_id) == col(TokenRow.id))
        .where(col(entry.doctor_id) == doctor_id, col(entry.service_day) == day, col(entry.state).in_(ATTENDED))
        .order_by(col(entry.called_at).desc(), col(entry.id).desc())
        .limit(limit)
    )
    found = {row.id: row.number for row in await connection.execute(query)}
    return list(found.items())


async def records_of(connection: AsyncConnection, doctor_id: int, token_ids: Iterable[int]) -> list[Record]:
    """All drafts and signed versions that the doctor has written for these tokens."""
    query = select(*_RECORD).where(col(RecordRow.doctor_id) == doctor_id, col(RecordRow.token_id).in_(token_ids))
    return [_record(row) for row in await connection.execute(query.order_by(col(RecordRow.id)))]


async def seen_token(connection: AsyncConnection, token_id: int) -> SeenToken:
    """The token, which must be there."""
    query: Any = (
        select(
            col(TokenRow.id),
            col(TokenRow.number),
            col(TokenRow.service_day),
            col(TokenRow.language),
            col(TokenRow.department_id),
            col(DepartmentRow.names).label("departments"),
            col(TokenRow.patient_id),
            col(PatientRow.name),
            col(PatientRow.birth_year),
            col(PatientRow.sex),
        )
        .join(DepartmentRow, col(DepartmentRow.id) == col(TokenRow.department_id))
        .outerjoin(PatientRow, col(PatientRow.id) == col(TokenRow.patient_id))
        .where(col(TokenRow.id) == token_id)
    )
    return SeenToken(**(await connection.execute(query)).one()._mapping)


async def signer(connection: AsyncConnection, doctor_id: int) -> Signer:
    """The doctor, as papers name him or her."""
    row = StaffRow
    query = select(col(row.name), col(row.qualification), col(row.registration)).where(col(row.id) == doctor_id)
    return Signer(*(await connection.execute(query)).one())


async def draft(connection: AsyncConnection, place: Place) -> Record | None:
    """The draft at this place."""
    row = (await connection.execute(select(*_RECORD).where(*_is_draft(place)))).first()
    return _record(row) if row else None


async def plain(connection: AsyncConnection, keys: Keyring, record: Record) -> bytes:
    """What the doctor typed. Raises `KeyMissing`, and `DoesNotOpen` when it was changed or erased."""
    if record.content_id is None:
        raise DoesNotOpen("The content was erased.")
    content = await encrypted_blobs.opened(connection, keys, record.content_id)
    return b"".join([await encrypted_blobs.chunk(connection, content, position) for position in range(content.chunks)])


async def record(connection: AsyncConnection, record_id: int) -> Record | None:
    """One version by its id."""
    row = (await connection.execute(select(*_RECORD).where(col(RecordRow.id) == record_id))).first()
    return _record(row) if row else None


async def signed_of_token(connection: AsyncConnection, token_id: int, kind: RecordKind) -> list[Record]:
    """All signed versions for the token, newest first."""
    row = RecordRow
    query = select(*_RECORD).where(
        col(row.token_id) == token_id, col(row.kind) == kind, col(row.signed_at).is_not(None)
    )
    return [_record(found) for found in await connection.execute(query.order_by(col(row.id).desc()))]


async def nameless_documents(connection: AsyncConnection, document_ids: Iterable[int]) -> set[int]:
    """Which of these documents are signed papers that are known to bear no name."""
    row = RecordRow
    query = select(col(row.document_id)).where(col(row.document_id).in_(document_ids), col(row.bears_name).is_(False))
    return {int(one) for one in (await connection.execute(query)).scalars() if one is not None}


async def newest_version(connection: AsyncConnection, series_id: int) -> int:
    """The newest signed version's number; 0 when none was signed."""
    row = RecordRow
    query = select(col(row.version)).where(col(row.series_id) == series_id, col(row.signed_at).is_not(None))
    return (await connection.execute(query.order_by(col(row.version).desc()).limit(1))).scalar_one_or_none() or 0


async def signed_versions(
    connection: AsyncConnection,
    kinds: Collection[RecordKind],
    after: int,
    limit: int,
    *,
    ids: Sequence[int] = (),
    patient_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[tuple[Record, int | None, str, bool]]:
    """Signed versions whose content is there, in the order of their ids; signed between two moments, where named.

    Each with its patient, its token's number, and whether a later version was signed.
    """
    row, later = RecordRow, RecordRow.__table__.alias()  # type: ignore[attr-defined]
    is_replaced = (
        select(later.c.id)
        .where(later.c.series_id == col(row.series_id), later.c.version > col(row.version))
        .where(later.c.signed_at.is_not(None))
        .exists()
    )
    query: Any = (
        select(*_RECORD, col(TokenRow.patient_id), col(TokenRow.number).label("token"), is_replaced.label("is_later"))
        .join(TokenRow, col(TokenRow.id) == col(row.token_id))
        .where(col(row.kind).in_(kinds), col(row.content_id).is_not(None))
        .where(col(row.signed_at).is_not(None), col(row.id) > after)
    )
    query = query.where(col(row.id).in_(ids)) if ids else query
    query = query.where(col(TokenRow.patient_id) == patient_id) if patient_id is not None else query
    query = query.where(col(row.signed_at) >= since) if since is not None else query
    query = query.where(col(row.signed_at) <= until) if until is not None else query
    rows = await connection.execute(query.order_by(col(row.id)).limit(limit))
    names = Record.__dataclass_fields__
    return [
        (Record(**{name: one._mapping[name] for name in names}), one.patient_id, one.token, bool(one.is_later))
        for one in rows
    ]


async def last_prescription(connection: AsyncConnection, patient_id: int, not_token_id: int) -> Record | None:
    """The newest prescription that the patient was given with another token."""
    row = RecordRow
    query = (
        select(*_RECORD)
        .join(TokenRow, col(TokenRow.id) == col(row.token_id))
        .where(
            col(TokenRow.patient_id) == patient_id,
            col(row.kind) == RecordKind.PRESCRIPTION,
            col(row.content_id).is_not(None),
            col(row.signed_at).is_not(None),
            col(row.token_id) != not_token_id,
        )
        .order_by(col(row.signed_at).desc(), col(row.id).desc())
        .limit(1)
    )
    found = (await connection.execute(query)).first()
    return _record(found) if found else None


async def add_draft(
    work: Transaction, keys: Keyring, place: Place, content: bytes, corrects_id: int | None = None
) -> bool:
    """There is a draft with this content now, at edit 1; false when there was one already. Raises `KeyMissing`."""
    values = {"token_id": place.token_id, "doctor_id": place.doctor_id, "kind": place.kind, "edit": 1, "version": 1}
    statement = (
        work.insert(RecordRow)
        .values(**values, saved_at=work.now, corrects_id=corrects_id)
        .on_conflict_do_nothing()
        .returning(col(RecordRow.id))
    )
    record_id = (await work.connection.execute(statement)).scalar_one_or_none()
    if record_id is not None:
        await _fill(work, keys, record_id, content)
    return record_id is not None


async def change_draft(work: Transaction, keys: Keyring, place: Place, edit: int, content: bytes) -> bool:
    """The draft that stood at `edit` holds this content, at the next edit; false when it stands elsewhere."""
    statement = (
        update(RecordRow)
        .where(*_is_draft(place), col(RecordRow.edit) == edit)
        .values(edit=edit + 1, saved_at=work.now)
        .returning(col(RecordRow.id), col(RecordRow.content_id))
    )
    changed = (await work.connection.execute(statement)).first()
    if changed is not None:
        await _fill(work, keys, changed.id, content)
        await encrypted_blobs.destroy(work, [changed.content_id])
    return changed is not None


async def remove_draft(work: Transaction, place: Place, edit: int) -> bool:
    """Delete the draft if it stands at `edit`; false otherwise."""
    statement = delete(RecordRow).where(*_is_draft(place), col(RecordRow.edit) == edit)
    gone = (await work.connection.execute(statement.returning(col(RecordRow.content_id)))).first()
    if gone is not None:
        await encrypted_blobs.destroy(work, [gone.content_id])
    return gone is not None


async def sign(work: Transaction, draft: Record, **values: object) -> bool:
    """The draft is final, with these values; false when it has changed since it was read."""
    statement = (
        update(RecordRow)
        .where(col(RecordRow.id) == draft.id, col(RecordRow.signed_at).is_(None), col(RecordRow.edit) == draft.edit)
        .values(**values)
    )
    return bool((await work.connection.execute(statement)).rowcount)


async def certificates_in(connection: AsyncConnection, year: int) -> int:
    """How many certificates the year has so far."""
    query = select(col(CertificateCounterRow.value)).where(col(CertificateCounterRow.year) == year)
    return (await connection.execute(query)).scalar_one_or_none() or 0


async def next_certificate(work: Transaction, year: int) -> int:
    """The year's next count, from 1; the row stays locked until the commit."""
    statement = (
        work.insert(CertificateCounterRow)
        .values(year=year, value=1)
        .on_conflict_do_update(index_elements=["year"], set_={"value": col(CertificateCounterRow.value) + 1})
        .returning(col(CertificateCounterRow.value))
    )
    return int((await work.connection.execute(statement)).scalar_one())


async def _fill(work: Transaction, keys: Keyring, record_id: int, plain: bytes) -> None:
    """The record has this content, under a key that was never used before."""
    content = await encrypted_blobs.begin(work, keys)
    chunks = [plain[start : start + CHUNK] for start in range(0, max(len(plain), 1), CHUNK)]
    await encrypted_blobs.write(work, content, 0, chunks, is_last=True)
    await encrypted_blobs.finish(work, content, len(plain))
    statement = update(RecordRow).where(col(RecordRow.id) == record_id).values(content_id=content.id)
    await work.connection.execute(statement)


def _is_draft(place: Place) -> tuple[Any, ...]:
    row = RecordRow
    return (
        col(row.token_id) == place.token_id,
        col(row.doctor_id) == place.doctor_id,
        col(row.kind) == place.kind,
        col(row.signed_at).is_(None),
    )


def _record(row: Row[Any]) -> Record:
    return Record(**row._mapping)
