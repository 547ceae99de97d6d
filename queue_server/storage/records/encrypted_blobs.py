"""Encrypted contents as rows: written chunk by chunk, opened chunk by chunk, destroyed with their key."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.storage.engine.store import Transaction
from queue_server.storage.records.encryption import CHUNK, TAG, Cipher, DoesNotOpen
from queue_server.storage.records.keyring import Keyring
from queue_server.storage.tables import ContentChunkRow, ContentRow, DocumentRow, RecordRow


@dataclass(frozen=True, slots=True)
class Content:
    """A whole content, ready to be read. `size` counts plain bytes."""

    id: str
    cipher: Cipher
    size: int
    chunks: int


async def begin(work: Transaction, keys: Keyring) -> Content:
    """A new content without chunks, under a fresh key. Raises `KeyMissing`."""
    content_id, cipher = uuid.uuid4().hex, Cipher.fresh()
    key_id, wrapped = keys.wrap(cipher.key, content_id)
    values = {"id": content_id, "key_id": key_id, "wrapped_key": wrapped, "size": 0, "chunks": 0}
    await work.connection.execute(insert(ContentRow).values(**values, created_at=work.now))
    return Content(content_id, cipher, 0, 0)


async def write(work: Transaction, content: Content, first: int, plain: Sequence[bytes], *, is_last: bool) -> None:
    """The chunks from position `first` on are stored; with `is_last` the final one of them ends the content.

    Every chunk but the last has exactly `CHUNK` bytes.
    """
    end = first + len(plain)
    rows = [
        {
            "content_id": content.id,
            "position": position,
            "data": content.cipher.seal(position, chunk, is_last=is_last and position == end - 1),
        }
        for position, chunk in enumerate(plain, first)
    ]
    await work.connection.execute(insert(ContentChunkRow), rows)


async def finish(work: Transaction, content: Content, size: int) -> bool:
    """The content is whole, with so many plain bytes. False when it was cleaned away meanwhile."""
    statement = update(ContentRow).where(col(ContentRow.id) == content.id).values(size=size, chunks=chunk_count(size))
    return bool((await work.connection.execute(statement)).rowcount)


async def opened(connection: AsyncConnection, keys: Keyring, content_id: str) -> Content:
    """The whole content. Raises `KeyMissing`, and `DoesNotOpen` when a part is missing or the key is changed."""
    row = (await connection.execute(select(*_CONTENT).where(col(ContentRow.id) == content_id))).first()
    if row is None or not row.chunks:
        raise DoesNotOpen("The content is not there.")
    cipher = keys.cipher(row.key_id, row.wrapped_key, content_id)
    there = select(func.count(), func.coalesce(func.sum(func.length(col(ContentChunkRow.data))), 0))
    found = (await connection.execute(there.where(col(ContentChunkRow.content_id) == content_id))).one()
    if (found[0], found[1]) != (chunk_count(row.size), row.size + TAG * chunk_count(row.size)):
        raise DoesNotOpen("Chunks of the content are missing, or there are too many.")
    return Content(content_id, cipher, row.size, row.chunks)


async def small(connection: AsyncConnection, keys: Keyring, content_ids: Sequence[str]) -> dict[str, bytes]:
    """Id → what is in it, of small contents; those that do not open are left out. Raises `KeyMissing`."""
    row = ContentChunkRow
    parts: dict[str, list[tuple[int, bytes]]] = {}
    query = select(col(row.content_id), col(row.position), col(row.data)).where(col(row.content_id).in_(content_ids))
    for part in await connection.execute(query.order_by(col(row.content_id), col(row.position))):
        parts.setdefault(part.content_id, []).append((part.position, part.data))
    found = {}
    for one in await connection.execute(select(*_CONTENT).where(col(ContentRow.id).in_(content_ids))):
        cipher, last = keys.cipher(one.key_id, one.wrapped_key, one.id), one.chunks - 1
        own = parts.get(one.id, [])
        if not one.chunks or [position for position, _ in own] != list(range(one.chunks)):
            continue
        with suppress(DoesNotOpen):
            plain = b"".join(cipher.open(position, data, is_last=position == last) for position, data in own)
            if len(plain) == one.size:
                found[one.id] = plain
    return found


async def chunk(connection: AsyncConnection, content: Content, position: int) -> bytes:
    """The plain chunk at `position`. Raises `DoesNotOpen`."""
    return b"".join(await chunks(connection, content, position, 1))


async def chunks(connection: AsyncConnection, content: Content, first: int, count: int) -> list[bytes]:
    """So many plain chunks from `first` on, fewer at the end. Raises `DoesNotOpen`."""
    end = min(first + count, content.chunks)
    row = ContentChunkRow
    query = select(col(row.position), col(row.data)).where(
        col(row.content_id) == content.id, col(row.position) >= first, col(row.position) < end
    )
    sealed = [(found[0], found[1]) for found in await connection.execute(query.order_by(col(row.position)))]
    if [position for position, _ in sealed] != list(range(first, end)):
        raise DoesNotOpen("A chunk of the content is missing.")
    last = content.chunks - 1
    return [content.cipher.open(position, data, is_last=position == last) for position, data in sealed]


async def destroy(work: Transaction, content_ids: Sequence[str]) -> None:
    """Keys and chunks are gone. SQLite overwrites them, so that nothing is left in the file's free pages."""
    if not work.is_postgres:
        await work.connection.exec_driver_sql("PRAGMA secure_delete=ON")
    for start in range(0, len(content_ids), 100):
        some = content_ids[start : start + 100]
        await work.connection.execute(delete(ContentChunkRow).where(col(ContentChunkRow.content_id).in_(some)))
        await work.connection.execute(delete(ContentRow).where(col(ContentRow.id).in_(some)))
    if not work.is_postgres:
        await work.connection.exec_driver_sql("PRAGMA secure_delete=FAST")


async def abandoned(connection: AsyncConnection, before: datetime, limit: int = 100) -> list[str]:
    """Contents that began before this moment and that neither a document nor a record has."""
    has_document = select(col(DocumentRow.id)).where(col(DocumentRow.content_id) == col(ContentRow.id)).exists()
    has_record = select(col(RecordRow.id)).where(col(RecordRow.content_id) == col(ContentRow.id)).exists()
    old = col(ContentRow.created_at) < before
    query = select(col(ContentRow.id)).where(old, ~has_document, ~has_record).limit(limit)
    return list((await connection.execute(query)).scalars())


async def written(connection: AsyncConnection, after: str, limit: int = 200) -> list[str]:
    """Some whole contents above `after` that are no document's but what a doctor wrote."""
    has_document = select(col(DocumentRow.id)).where(col(DocumentRow.content_id) == col(ContentRow.id)).exists()
    query = select(col(ContentRow.id)).where(col(ContentRow.id) > after, col(ContentRow.chunks) > 0, ~has_document)
    return list((await connection.execute(query.order_by(col(ContentRow.id)).limit(limit))).scalars())


async def wrapped_otherwise(
    connection: AsyncConnection, key_id: str, after: str, limit: int = 200
) -> list[tuple[str, str, bytes]]:
    """Some contents above `after` whose key is wrapped under another master key: id, that key's id, the wrapped key."""
    query = select(col(ContentRow.id), col(ContentRow.key_id), col(ContentRow.wrapped_key))
    query = query.where(col(ContentRow.key_id) != key_id, col(ContentRow.id) > after).order_by(col(ContentRow.id))
    rows = await connection.execute(query.limit(limit))
    return [(row.id, row.key_id, row.wrapped_key) for row in rows]


async def wrap_again(work: Transaction, keys: Keyring, found: tuple[str, str, bytes]) -> None:
    """The content's key is wrapped under the master key in use. Raises `KeyMissing`, `DoesNotOpen`."""
    content_id, key_id, wrapped = found
    now_id, now_wrapped = keys.wrap(keys.cipher(key_id, wrapped, content_id).key, content_id)
    statement = update(ContentRow).where(col(ContentRow.id) == content_id, col(ContentRow.key_id) == key_id)
    await work.connection.execute(statement.values(key_id=now_id, wrapped_key=now_wrapped))


async def keys_in_use(connection: AsyncConnection) -> dict[str, int]:
    """Id of each master key that contents need → how many."""
    query = select(col(ContentRow.key_id), func.count()).group_by(col(ContentRow.key_id))
    return {row[0]: row[1] for row in await connection.execute(query)}


def chunk_count(size: int) -> int:
    """How many chunks so many plain bytes have; an empty content has one, which is empty."""
    return max(1, -(-size // CHUNK))


_CONTENT = (
    col(ContentRow.id),
    col(ContentRow.key_id),
    col(ContentRow.wrapped_key),
    col(ContentRow.size),
    col(ContentRow.chunks),
)
