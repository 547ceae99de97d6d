"""Words that the clinic has recorded."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import VoiceClipRow


async def save(work: Transaction, language: str, word: str, content: bytes) -> None:
    """The word is spoken so from now on."""
    values = {"content": content, "digest": hashlib.sha256(content).hexdigest(), "recorded_at": work.now}
    statement = work.insert(VoiceClipRow).values(language=language, word=word, **values)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["language", "word"], set_=values))


async def remove(work: Transaction, language: str, word: str) -> None:
    """The word is no longer recorded."""
    condition = (col(VoiceClipRow.language) == language, col(VoiceClipRow.word) == word)
    await work.connection.execute(delete(VoiceClipRow).where(*condition))


async def remove_all(work: Transaction) -> None:
    """No word is recorded."""
    await work.connection.execute(delete(VoiceClipRow))


async def of_language(connection: AsyncConnection, language: str) -> Mapping[str, bytes]:
    """Every recorded word of the language."""
    query = select(col(VoiceClipRow.word), col(VoiceClipRow.content)).where(col(VoiceClipRow.language) == language)
    return {row.word: row.content for row in await connection.execute(query.order_by(col(VoiceClipRow.word)))}


async def recorded(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Language and word of every recording."""
    query = select(col(VoiceClipRow.language), col(VoiceClipRow.word))
    found = await connection.execute(query.order_by(col(VoiceClipRow.language), col(VoiceClipRow.word)))
    return [(row.language, row.word) for row in found]


async def size(connection: AsyncConnection, language: str, besides: str) -> tuple[int, int]:
    """How many words of the language are recorded, and their bytes, without the word `besides`."""
    query = select(func.count(), func.coalesce(func.sum(func.length(col(VoiceClipRow.content))), 0)).where(
        col(VoiceClipRow.language) == language, col(VoiceClipRow.word) != besides
    )
    count, total = (await connection.execute(query)).one()
    return count, int(total)


async def damaged(connection: AsyncConnection) -> AsyncIterator[tuple[str, str]]:
    """Language and word of every recording whose bytes are not those that were saved."""
    columns = (VoiceClipRow.language, VoiceClipRow.word, VoiceClipRow.content, VoiceClipRow.digest)
    for row in await connection.execute(select(*map(col, columns))):
        if hashlib.sha256(row.content).hexdigest() != row.digest:
            yield row.language, row.word
