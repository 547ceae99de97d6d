"""Wrong PINs in a row, and the browsers that are known to belong to a phone's owner."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import KnownBrowserRow, PhoneAccountRow, PinAttemptRow


async def failures(work: Transaction, scope: str) -> tuple[int, datetime]:
    """How many PINs in a row were wrong in this scope, and when the last was; nobody else counts until the commit."""
    statement = (
        work.insert(PinAttemptRow)
        .values(scope=scope, failures=0, failed_at=work.now)
        # An update that changes nothing still locks the row.
        .on_conflict_do_update(index_elements=["scope"], set_={"failures": col(PinAttemptRow.failures)})
        .returning(col(PinAttemptRow.failures), col(PinAttemptRow.failed_at))
    )
    row = (await work.connection.execute(statement)).one()
    return row.failures, row.failed_at


async def save(work: Transaction, scope: str, count: int) -> None:
    """So many PINs in a row were wrong in this scope, the last of them now."""
    statement = update(PinAttemptRow).where(col(PinAttemptRow.scope) == scope)
    await work.connection.execute(statement.values(failures=count, failed_at=work.now))


async def clear(work: Transaction, scope: str) -> None:
    """The right PIN was given in this scope."""
    await work.connection.execute(delete(PinAttemptRow).where(col(PinAttemptRow.scope) == scope))


async def delete_before(work: Transaction, moment: datetime) -> None:
    """Wrong PINs that were last given before `moment` no longer count."""
    await work.connection.execute(delete(PinAttemptRow).where(col(PinAttemptRow.failed_at) < moment))


async def is_known_browser(connection: AsyncConnection, secret_hash: str, phone: str) -> bool:
    """Whether this phone's owner has logged in with the browser before."""
    query = (
        select(col(KnownBrowserRow.account_id))
        .join(PhoneAccountRow, col(PhoneAccountRow.id) == col(KnownBrowserRow.account_id))
        .where(col(KnownBrowserRow.secret_hash) == secret_hash, col(PhoneAccountRow.phone) == phone)
    )
    return (await connection.execute(query)).first() is not None


async def know_browser(work: Transaction, secret_hash: str, account_id: int) -> None:
    """The browser belongs to this phone's owner."""
    values = {"secret_hash": secret_hash, "account_id": account_id, "at": work.now}
    await work.connection.execute(work.insert(KnownBrowserRow).values(**values))


async def delete_browser(work: Transaction, secret_hash: str) -> None:
    """Delete the known browser with this secret."""
    await work.connection.execute(delete(KnownBrowserRow).where(col(KnownBrowserRow.secret_hash) == secret_hash))


async def delete_browsers(work: Transaction, account_id: int) -> None:
    """Delete the known browsers of this phone account."""
    await work.connection.execute(delete(KnownBrowserRow).where(col(KnownBrowserRow.account_id) == account_id))
