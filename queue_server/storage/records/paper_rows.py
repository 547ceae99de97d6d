"""Signed papers as they are remembered, and the clinic's pictures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.records.verification import IssuedPaper
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import PaperRow, PictureRow

_PAPER = tuple(PaperRow.metadata.tables["paper"].columns)


async def add(work: Transaction, paper: IssuedPaper) -> None:
    """Insert the paper."""
    await work.connection.execute(
        work.insert(PaperRow).values(
            key=paper.key,
            kind=paper.kind,
            version=paper.version,
            issued_at=paper.issued_at,
            clinic=paper.clinic[:120],
            content_hash=paper.content_hash,
            file_hash=paper.file_hash,
        )
    )


async def replace(work: Transaction, key: str) -> None:
    """The paper with this key, if there is one, is no longer the newest version."""
    statement = update(PaperRow).where(col(PaperRow.key) == key, col(PaperRow.replaced_at).is_(None))
    await work.connection.execute(statement.values(replaced_at=work.now))


async def one(connection: AsyncConnection, key: str) -> IssuedPaper | None:
    """The paper with this key."""
    row = (await connection.execute(select(*_PAPER).where(col(PaperRow.key) == key))).first()
    return IssuedPaper(**row._asdict()) if row else None


async def save_picture(work: Transaction, name: str, content: bytes) -> None:
    """Save the image `name`."""
    values = {"content": content, "changed_at": work.now}
    statement = work.insert(PictureRow).values(name=name, **values)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


async def remove_picture(work: Transaction, name: str) -> None:
    """Delete the image `name`."""
    await work.connection.execute(delete(PictureRow).where(col(PictureRow.name) == name))


async def picture(connection: AsyncConnection, name: str) -> tuple[bytes, datetime] | None:
    """The image `name` and when it was saved."""
    query = select(col(PictureRow.content), col(PictureRow.changed_at)).where(col(PictureRow.name) == name)
    row = (await connection.execute(query)).first()
    return (row.content, row.changed_at) if row else None
