"""Documents as rows: what belongs to which token and patient, with labels that open with their content's key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.errors import KeyMissing
from queue_server.domain.records.documents import ENDINGS, Document, DocumentKind
from queue_server.storage.engine.store import Transaction
from queue_server.storage.records import encryption
from queue_server.storage.records.encrypted_blobs import Content
from queue_server.storage.records.keyring import Keyring
from queue_server.storage.tables import ContentRow, DocumentRow, TokenRow

_TABLE = DocumentRow.metadata.tables["document"]
_id = _TABLE.columns["id"]
_later = _TABLE.alias()
#: When a later document took its place. Both are of one token, whose documents are few.
_replaced_at = (
    select(func.min(_later.c.added_at))
    .where(_later.c.token_id == _TABLE.columns["token_id"], _later.c.replaces == _id)
    .scalar_subquery()
    .label("replaced_at")
)
_QUERY: Any = (
    select(
        *_TABLE.columns,
        col(ContentRow.key_id),
        col(ContentRow.wrapped_key),
        _replaced_at,
    )
    .outerjoin(ContentRow, col(ContentRow.id) == col(DocumentRow.content_id))
    .where(col(DocumentRow.removed_at).is_(None))
)


@dataclass(frozen=True, slots=True)
class Label:
    """What is encrypted beside the content: the file's name, the SHA-256 of what is stored and of what was sent."""

    name: str
    sha256: str
    source: str

    def encoded(self) -> bytes:
        return json.dumps([self.name, self.sha256, self.source], ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Stored:
    """A document with what its label says; `label` is none where it does not open."""

    document: Document
    label: Label | None
    content_id: str
    is_damaged: bool


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is stored of a document besides its content; see `DocumentRow`."""

    token_id: int
    patient_id: int | None
    kind: DocumentKind
    media_type: str
    by: str
    is_upload: bool = False
    replaces: int | None = None


async def add(work: Transaction, new: NewDocument, content: Content, size: int, label: Label) -> int:
    """Insert the document of this content; returns its id."""
    values = {
        "token_id": new.token_id,
        "patient_id": new.patient_id,
        "kind": new.kind,
        "media_type": new.media_type,
        "size": size,
        "label": content.cipher.seal_label(label.encoded()),
        "content_id": content.id,
        "by": new.by,
        "is_upload": new.is_upload,
        "added_at": work.now,
        "replaces": new.replaces,
    }
    return int((await work.connection.execute(work.insert(DocumentRow).values(**values).returning(_id))).scalar_one())


async def one(connection: AsyncConnection, keys: Keyring, document_id: int) -> Stored | None:
    """The document, unless it was removed."""
    found = await _some(connection, keys, _id == document_id)
    return found[0] if found else None


async def named(connection: AsyncConnection, keys: Keyring, document_ids: Sequence[int]) -> list[Stored]:
    """Those of these documents that are there and were not removed, oldest first."""
    return await _some(connection, keys, _id.in_(document_ids))


async def of_token(connection: AsyncConnection, keys: Keyring, token_id: int) -> list[Stored]:
    """The token's documents, oldest first."""
    return await _some(connection, keys, col(DocumentRow.token_id) == token_id)


async def counts_of_tokens(connection: AsyncConnection, token_ids: Sequence[int]) -> dict[int, int]:
    """Token id → how many documents it has, for those that have any."""
    token_id = col(DocumentRow.token_id)
    query = select(token_id, func.count()).where(token_id.in_(token_ids), col(DocumentRow.removed_at).is_(None))
    return {row[0]: row[1] for row in await connection.execute(query.group_by(token_id))}


async def of_patient(connection: AsyncConnection, keys: Keyring, patient_id: int) -> list[Stored]:
    """The patient's documents, oldest first."""
    return await _some(connection, keys, col(DocumentRow.patient_id) == patient_id)


async def damaged(connection: AsyncConnection, keys: Keyring) -> list[Stored]:
    """Documents that were found not to open."""
    return await _some(connection, keys, col(DocumentRow.damaged_at).is_not(None))


async def ids(connection: AsyncConnection, after: int = 0, limit: int = 200) -> list[int]:
    """Ids above `after` of documents that are not removed, in order."""
    query = select(_id).where(_id > after, col(DocumentRow.removed_at).is_(None)).order_by(_id).limit(limit)
    return list((await connection.execute(query)).scalars())


async def ids_of_patient(connection: AsyncConnection, patient_id: int) -> list[int]:
    """Ids of the patient's documents, in order."""
    query = select(_id).where(col(DocumentRow.patient_id) == patient_id, col(DocumentRow.removed_at).is_(None))
    return list((await connection.execute(query.order_by(_id))).scalars())


async def upload_count(connection: AsyncConnection, token_id: int, *, is_locking: bool = False) -> int:
    """How many files the token has; locking, nobody else adds one until the commit."""
    if is_locking:
        await connection.execute(select(col(TokenRow.id)).where(col(TokenRow.id) == token_id).with_for_update())
    query = select(func.count()).where(
        col(DocumentRow.token_id) == token_id, col(DocumentRow.is_upload), col(DocumentRow.removed_at).is_(None)
    )
    return int((await connection.execute(query)).scalar_one())


async def remove(work: Transaction, document_ids: Sequence[int], because: str) -> list[str]:
    """The rows say that the documents went, and why; returns the contents that are to be destroyed."""
    query = select(col(DocumentRow.content_id)).where(_id.in_(document_ids), col(DocumentRow.content_id).is_not(None))
    contents = [str(one) for one in (await work.connection.execute(query)).scalars()]
    gone = {"label": None, "content_id": None, "removed_at": work.now, "removed_because": because}
    await work.connection.execute(update(DocumentRow).where(_id.in_(document_ids)).values(**gone))
    return contents


async def mark_damaged(work: Transaction, document_id: int) -> bool:
    """Whether this is the first time that the document is found not to open."""
    statement = update(DocumentRow).where(_id == document_id, col(DocumentRow.damaged_at).is_(None))
    return bool((await work.connection.execute(statement.values(damaged_at=work.now))).rowcount)


async def give_to(work: Transaction, token_id: int, patient_id: int) -> int:
    """Attach the token's documents to the patient; returns how many."""
    statement = update(DocumentRow).where(col(DocumentRow.token_id) == token_id).values(patient_id=patient_id)
    return int((await work.connection.execute(statement)).rowcount)


async def _some(connection: AsyncConnection, keys: Keyring, condition: ColumnElement[bool]) -> list[Stored]:
    rows = await connection.execute(_QUERY.where(condition).order_by(_id))
    return [_stored(row, keys) for row in rows]


def _stored(row: Row[Any], keys: Keyring) -> Stored:
    label = _label(row, keys)
    document = Document(
        id=row.id,
        token_id=row.token_id,
        patient_id=row.patient_id,
        kind=row.kind,
        name=label.name if label else f"document-{row.id}{ENDINGS[row.media_type]}",
        media_type=row.media_type,
        size=row.size,
        by=row.by,
        added_at=row.added_at,
        replaces=row.replaces,
        is_upload=row.is_upload,
        replaced_at=row.replaced_at,
    )
    return Stored(document, label, row.content_id or "", row.damaged_at is not None or label is None)


def _label(row: Row[Any], keys: Keyring) -> Label | None:
    if row.wrapped_key is None or row.label is None:
        return None
    try:
        plain = keys.cipher(row.key_id, row.wrapped_key, row.content_id).open_label(row.label)
    except (encryption.DoesNotOpen, KeyMissing):
        return None
    return Label(*json.loads(plain))
