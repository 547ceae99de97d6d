"""At which version a token stands: a word that every change of it changes."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.domain.errors import Outdated
from queue_server.domain.tokens import QueueEntry
from queue_server.storage import queues
from queue_server.storage.store import Transaction


async def version_of(connection: AsyncConnection, entry: QueueEntry) -> str:
    """The version of the token whose newest stay this is: the stay, and how often that has changed."""
    return f"{entry.id}-{(await queues.versions(connection, [entry.id]))[entry.id]}"


async def check_version(work: Transaction, entry: QueueEntry, match: str | None) -> None:
    """Raises `Outdated` unless the token is still at the version `match`; none asks for nothing."""
    if match is not None and match != await version_of(work.connection, entry):
        raise Outdated
