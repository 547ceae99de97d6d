"""Second factors of staff: their wrapped secrets, the codes that were used, and recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import RecoveryCodeRow, StaffFactorRow, UsedCodeRow


@dataclass(frozen=True, slots=True)
class StoredFactor:
    """A factor whose secret is wrapped under the master key with this id."""

    staff_id: int
    key_id: str
    wrapped: bytes
    drift: int = 0


async def put(work: Transaction, staff_id: int, key_id: str, wrapped: bytes) -> None:
    """The account has this factor, which is not confirmed; one before it is gone."""
    await remove(work, staff_id)
    values = {"staff_id": staff_id, "key_id": key_id, "wrapped": wrapped, "drift": 0, "created_at": work.now}
    await work.connection.execute(work.insert(StaffFactorRow).values(**values))


async def factor(connection: AsyncConnection, staff_id: int, *, is_confirmed: bool = True) -> StoredFactor | None:
    """The account's factor, if it has a confirmed one (or one that is not)."""
    row = StaffFactorRow
    has = col(row.confirmed_at).is_not(None) if is_confirmed else col(row.confirmed_at).is_(None)
    found = (await connection.execute(_STORED.where(col(row.staff_id) == staff_id, has))).first()
    return StoredFactor(*found) if found else None


async def is_confirmed(connection: AsyncConnection, staff_id: int) -> bool:
    """Whether the account is asked for a code."""
    row = StaffFactorRow
    query = select(col(row.staff_id)).where(col(row.staff_id) == staff_id, col(row.confirmed_at).is_not(None))
    return (await connection.execute(query)).first() is not None


async def having(connection: AsyncConnection) -> set[int]:
    """Ids of the accounts that are asked for a code."""
    query = select(col(StaffFactorRow.staff_id)).where(col(StaffFactorRow.confirmed_at).is_not(None))
    return {row.staff_id for row in await connection.execute(query)}


async def confirm(work: Transaction, staff_id: int) -> None:
    """The factor is asked for from now on."""
    statement = update(StaffFactorRow).where(col(StaffFactorRow.staff_id) == staff_id)
    await work.connection.execute(statement.values(confirmed_at=work.now))


async def use(work: Transaction, staff_id: int, step: int, drift: int) -> bool:
    """The code of this step is used, and the phone's clock is so far ahead; false where it was used before."""
    statement = work.insert(UsedCodeRow).values(staff_id=staff_id, step=step, at=work.now)
    added = await work.connection.execute(statement.on_conflict_do_nothing(index_elements=["staff_id", "step"]))
    if not added.rowcount:
        return False
    moved = update(StaffFactorRow).where(col(StaffFactorRow.staff_id) == staff_id).values(drift=drift)
    await work.connection.execute(moved)
    return True


async def forget_used(work: Transaction, before: datetime) -> None:
    """Codes that were used before this moment, which fit no more, are forgotten."""
    await work.connection.execute(delete(UsedCodeRow).where(col(UsedCodeRow.at) < before))


async def put_recovery(work: Transaction, staff_id: int, hashes: Iterable[str]) -> None:
    """The account has these recovery codes, and no others."""
    await work.connection.execute(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.staff_id) == staff_id))
    for code_hash in hashes:
        await work.connection.execute(work.insert(RecoveryCodeRow).values(code_hash=code_hash, staff_id=staff_id))


async def use_recovery(work: Transaction, staff_id: int, code_hash: str) -> bool:
    """The recovery code is used; false where the account has none such."""
    own = (col(RecoveryCodeRow.staff_id) == staff_id, col(RecoveryCodeRow.code_hash) == code_hash)
    return bool((await work.connection.execute(delete(RecoveryCodeRow).where(*own))).rowcount)


async def recovery_left(connection: AsyncConnection, staff_id: int) -> int:
    """How many recovery codes the account has left."""
    query = select(func.count()).where(col(RecoveryCodeRow.staff_id) == staff_id)
    return int((await connection.execute(query)).scalar_one())


async def remove(work: Transaction, staff_id: int) -> bool:
    """The account has no second factor; false where it had no confirmed one."""
    had = await is_confirmed(work.connection, staff_id)
    for table in (StaffFactorRow, UsedCodeRow, RecoveryCodeRow):
        await work.connection.execute(delete(table).where(col(table.staff_id) == staff_id))
    return had


async def wrapped_otherwise(connection: AsyncConnection, key_id: str) -> list[StoredFactor]:
    """Every factor whose secret is wrapped under another master key."""
    rows = await connection.execute(_STORED.where(col(StaffFactorRow.key_id) != key_id))
    return [StoredFactor(*row) for row in rows]


async def rewrap(work: Transaction, staff_id: int, key_id: str, wrapped: bytes) -> None:
    """The account's secret is wrapped so now."""
    statement = update(StaffFactorRow).where(col(StaffFactorRow.staff_id) == staff_id)
    await work.connection.execute(statement.values(key_id=key_id, wrapped=wrapped))


async def keys_in_use(connection: AsyncConnection) -> set[str]:
    """Ids of the master keys that secrets need."""
    return {row.key_id for row in await connection.execute(select(col(StaffFactorRow.key_id)).distinct())}


_STORED = select(
    col(StaffFactorRow.staff_id), col(StaffFactorRow.key_id), col(StaffFactorRow.wrapped), col(StaffFactorRow.drift)
)
