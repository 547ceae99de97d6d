"""At which version a token stands: a word that every change of it changes."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.domain.errors import Outdated
from queue_server.domain.queue.tokens import QueueEntry
from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import queue_rows


async def version_of(connection: AsyncConnection, entry: QueueEntry) -> str:
    """The version of the token whose newest stay this is: the stay, and how often that has changed."""
    return version_text(entry, (await queue_rows.versions(connection, [entry.id]))[entry.id])


def version_text(entry: QueueEntry, version: int) -> str:
    """The same, of a stay whose version is known."""
    return f"{entry.id}-{version}"


async def check_version(work: Transaction, entry: QueueEntry, match: str | None) -> None:
    """Raises `Outdated` unless the token is still at the version `match`; none asks for nothing."""
    if match is not None and match != await version_of(work.connection, entry):
        raise Outdated
