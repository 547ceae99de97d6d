"""Whom a login provider knows by which account of ours."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.people.provider_logins import Identity, KnownIdentity
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import StaffIdentityRow, StaffRow


async def known(connection: AsyncConnection, identity: Identity) -> KnownIdentity | None:
    """Whose account the identity opens."""
    row = StaffIdentityRow
    query = select(col(row.staff_id), col(row.is_managed)).where(
        col(row.issuer) == identity.issuer, col(row.subject) == identity.subject
    )
    found = (await connection.execute(query)).first()
    return KnownIdentity(found.staff_id, found.is_managed) if found else None


async def add(work: Transaction, identity: Identity, staff_id: int, *, is_managed: bool) -> bool:
    """The identity opens this account; false where it opens one already."""
    values = {"issuer": identity.issuer, "subject": identity.subject, "staff_id": staff_id, "is_managed": is_managed}
    statement = work.insert(StaffIdentityRow).values(**values, at=work.now)
    added = await work.connection.execute(statement.on_conflict_do_nothing(index_elements=["issuer", "subject"]))
    return bool(added.rowcount)


async def remove(work: Transaction, staff_id: int) -> int:
    """No identity that was connected by hand opens the account any more; returns how many did."""
    row = StaffIdentityRow
    own = (col(row.staff_id) == staff_id, col(row.is_managed).is_(False))
    return int((await work.connection.execute(delete(row).where(*own))).rowcount)


async def of_account(connection: AsyncConnection, staff_id: int) -> list[KnownIdentity]:
    """What opens the account."""
    row = StaffIdentityRow
    query = select(col(row.staff_id), col(row.is_managed)).where(col(row.staff_id) == staff_id)
    return [KnownIdentity(found.staff_id, found.is_managed) for found in await connection.execute(query)]


async def logins(connection: AsyncConnection) -> set[str]:
    """Every login that is in use."""
    return {row.login for row in await connection.execute(select(col(StaffRow.login)))}
