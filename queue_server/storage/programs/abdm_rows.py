"""ABHA addresses and whose they are, and what became of each share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.programs.abdm import NotedShare, Profile, ShareState
from queue_server.storage.access.live_tokens import any_live_token
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import AbdmShareRow, AbhaRow, PatientRow, TokenRow


async def add_share(work: Transaction, request_id: str, counter: str) -> bool:
    """The share is noted as received; false when it was already. Whoever adds the same waits for this commit."""
    values = {"request_id": request_id, "received_at": work.now, "counter": counter, "state": ShareState.RECEIVED}
    statement = work.insert(AbdmShareRow).values(**values).on_conflict_do_nothing(index_elements=["request_id"])
    return (await work.connection.execute(statement.returning(col(AbdmShareRow.id)))).first() is not None


async def change_share(work: Transaction, request_id: str, **values: object) -> None:
    """The share has these values."""
    statement = update(AbdmShareRow).where(col(AbdmShareRow.request_id) == request_id)
    await work.connection.execute(statement.values(**values))


async def newest_shares(connection: AsyncConnection, limit: int) -> list[NotedShare]:
    """The newest shares, newest first."""
    row = AbdmShareRow
    columns: tuple[Any, ...] = (row.received_at, row.counter, row.state, row.code, TokenRow.number, row.took_ms)
    query = select(*(col(column) for column in columns)).select_from(row)
    query = query.outerjoin(TokenRow, col(TokenRow.id) == col(row.token_id)).order_by(col(row.id).desc())
    return [NotedShare(*found) for found in await connection.execute(query.limit(limit))]


async def delete_shares_before(work: Transaction, before: datetime) -> None:
    """Shares of long ago are forgotten; nobody repeats them any more."""
    await work.connection.execute(delete(AbdmShareRow).where(col(AbdmShareRow.received_at) < before))


async def take_address(work: Transaction, profile: Profile) -> int | None:
    """Whose the address is; none when it is nobody's yet. Until the commit nobody else says whose it is."""
    row = AbhaRow
    known = {"number": profile.number, "phone": profile.phone[:40] if profile.phone else None, "shared_at": work.now}
    statement = work.insert(row).values(address=profile.key, **known)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["address"], set_=known))
    query = select(col(row.patient_id)).where(col(row.address) == profile.key)
    return (await work.connection.execute(query)).scalar_one_or_none()


async def give_address(work: Transaction, profile: Profile, patient_id: int) -> None:
    """The address is this patient's."""
    statement = update(AbhaRow).where(col(AbhaRow.address) == profile.key)
    await work.connection.execute(statement.values(patient_id=patient_id))


async def token_of_counter(
    connection: AsyncConnection, patient_id: int, department_id: int, day: date
) -> tuple[int, str, str] | None:
    """The id, key and number of the patient's token that this department gave out today and that lives, anywhere."""
    where = (col(TokenRow.department_id) == department_id, col(TokenRow.service_day) == day)
    return await any_live_token(connection, patient_id, *where)


async def has_account(connection: AsyncConnection, patient_id: int) -> bool:
    """Whether the patient has registered here with a phone."""
    query = select(col(PatientRow.account_id)).where(col(PatientRow.id) == patient_id)
    return (await connection.execute(query)).scalar_one_or_none() is not None
