"""Roles of the clinic's own, and who has them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.access.rights import May
from queue_server.domain.access.roles import KnownRole, OwnRole, written
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import StaffRoleRow, StaffRow

_ROLE = tuple(StaffRoleRow.metadata.tables["staff_role"].columns)


async def roles(connection: AsyncConnection) -> list[KnownRole]:
    """Every role, by name, with how many accounts hold it, closed ones too."""
    holders = func.count(col(StaffRow.id)).label("holders")
    query = select(*_ROLE, holders).outerjoin(StaffRow, col(StaffRow.role_id) == col(StaffRoleRow.id))
    rows = await connection.execute(query.group_by(*_ROLE[:1]).order_by(func.lower(col(StaffRoleRow.name))))
    return [KnownRole(row.id, role_of(row), row.holders) for row in rows]


async def role(connection: AsyncConnection, role_id: int) -> OwnRole | None:
    """The role with this id."""
    row = (await connection.execute(select(*_ROLE).where(col(StaffRoleRow.id) == role_id))).first()
    return role_of(row) if row else None


async def add_role(work: Transaction, made: OwnRole) -> int | None:
    """A new role; returns its id, or none when the name is in use."""
    statement = work.insert(StaffRoleRow).values(**written(made)).on_conflict_do_nothing(index_elements=["name"])
    return (await work.connection.execute(statement.returning(col(StaffRoleRow.id)))).scalar_one_or_none()


async def save_role(work: Transaction, role_id: int, made: OwnRole) -> None:
    """The role is like this; whoever holds it has its base."""
    await work.connection.execute(update(StaffRoleRow).where(col(StaffRoleRow.id) == role_id).values(**written(made)))
    holding = update(StaffRow).where(col(StaffRow.role_id) == role_id)
    await work.connection.execute(holding.values(role=made.base.value))


async def remove_role(work: Transaction, role_id: int) -> None:
    """The role is gone. Nobody may hold it any more."""
    await work.connection.execute(delete(StaffRoleRow).where(col(StaffRoleRow.id) == role_id))


async def holders(connection: AsyncConnection, role_id: int) -> list[int]:
    """Ids of the accounts that hold the role, closed ones too."""
    query = select(col(StaffRow.id)).where(col(StaffRow.role_id) == role_id).order_by(col(StaffRow.id))
    return [row.id for row in await connection.execute(query)]


def role_of(row: Any, name: str | None = None) -> OwnRole:
    """The role in a row, whose name may be given apart. A right that this version does not know nobody has."""
    known = {may.name.lower(): may for may in May}
    rights = frozenset(known[word] for word in row.rights if word in known)
    return OwnRole(row.name if name is None else name, row.base, rights, frozenset(row.departments))
