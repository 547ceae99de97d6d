"""Codes that were sent to phone numbers and set a new PIN once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col

from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import ResetCodeRow


async def save(work: Transaction, scope: str, code_hash: str, expires_at: datetime) -> None:
    """This code and no earlier one is valid in the scope."""
    values = {"code_hash": code_hash, "failures": 0, "expires_at": expires_at}
    statement = work.insert(ResetCodeRow).values(scope=scope, **values)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["scope"], set_=values))


async def take_try(work: Transaction, scope: str, most: int) -> str | None:
    """The hash of the scope's valid code, for one more of at most so many tries; none when there is nothing to try."""
    row = ResetCodeRow
    statement = (
        update(row)
        .where(col(row.scope) == scope, col(row.expires_at) > work.now, col(row.failures) < most)
        .values(failures=col(row.failures) + 1)
        .returning(col(row.code_hash))
    )
    return (await work.connection.execute(statement)).scalar_one_or_none()


async def use_up(work: Transaction, scope: str, code_hash: str) -> bool:
    """The code is valid no more; false when somebody else has used it up meanwhile."""
    row = ResetCodeRow
    statement = delete(row).where(col(row.scope) == scope, col(row.code_hash) == code_hash).returning(col(row.scope))
    return (await work.connection.execute(statement)).first() is not None


async def delete_before(work: Transaction, moment: datetime) -> None:
    """Codes that were valid until before `moment` are gone."""
    await work.connection.execute(delete(ResetCodeRow).where(col(ResetCodeRow.expires_at) < moment))
