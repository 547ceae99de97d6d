"""Keepers, the numbers that they have handed in, and what the desk should look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.devices.keepers import DeskTask, Keeper, TaskKind
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import DeskTaskRow, DeviceRow, KeeperRow, KeptNumberRow, TokenRow

_KEEPERS = KeeperRow.metadata.tables["keeper"].columns


async def by_store(connection: AsyncConnection, device_id: int, store: str) -> Keeper | None:
    """The device's keeper with this store."""
    query = select(*_KEEPERS).where(col(KeeperRow.store) == store, col(KeeperRow.device_id) == device_id)
    row = (await connection.execute(query)).first()
    return _keeper(row) if row else None


async def newest(connection: AsyncConnection) -> dict[int, Keeper]:
    """Device → its newest keeper."""
    rows = await connection.execute(select(*_KEEPERS).order_by(col(KeeperRow.id)))
    return {row.device_id: _keeper(row) for row in rows}


async def series(connection: AsyncConnection) -> set[str]:
    """All letters that were ever given to a keeper."""
    return set((await connection.execute(select(col(KeeperRow.series)))).scalars())


async def add(work: Transaction, device_id: int, store: str, letters: str) -> Keeper | None:
    """A new keeper; none where the store or the letters were taken meanwhile."""
    values = {"device_id": device_id, "store": store, "series": letters, "heard_at": work.now, "waiting": 0}
    statement = work.insert(KeeperRow).values(**values).on_conflict_do_nothing().returning(*_KEEPERS)
    row = (await work.connection.execute(statement)).first()
    return _keeper(row) if row else None


async def take_over(work: Transaction, device_id: int, store: str) -> Keeper | None:
    """The store of a revoked device is this one's; none where there is no such store, or its device may act."""
    revoked = select(col(DeviceRow.id)).where(col(DeviceRow.is_revoked))
    statement = update(KeeperRow).where(col(KeeperRow.store) == store, col(KeeperRow.device_id).in_(revoked))
    values = {"device_id": device_id, "heard_at": work.now}
    row = (await work.connection.execute(statement.values(**values).returning(*_KEEPERS))).first()
    return _keeper(row) if row else None


async def hear(work: Transaction, keeper_id: int, waiting: int, clock_off_s: float | None) -> None:
    """The keeper was heard of now, and has said this."""
    values = {"heard_at": work.now, "waiting": waiting, "clock_off_s": clock_off_s}
    await work.connection.execute(update(KeeperRow).where(col(KeeperRow.id) == keeper_id).values(**values))


async def handed_in(connection: AsyncConnection, keeper_id: int, sequence: int) -> bool:
    """Whether this number was taken before."""
    query = select(col(KeptNumberRow.sequence)).where(col(KeptNumberRow.keeper_id) == keeper_id)
    return (await connection.execute(query.where(col(KeptNumberRow.sequence) == sequence))).first() is not None


async def take(work: Transaction, keeper_id: int, sequence: int, token_id: int | None) -> None:
    """This number is taken, as this token."""
    values = {"keeper_id": keeper_id, "sequence": sequence, "token_id": token_id}
    await work.connection.execute(work.insert(KeptNumberRow).values(**values))


async def count(connection: AsyncConnection, department_id: int, day: date) -> int:
    """How many of the department's tokens of this day keepers have given out."""
    query = select(func.count()).select_from(KeptNumberRow).join(TokenRow, col(TokenRow.id) == KeptNumberRow.token_id)
    query = query.where(col(TokenRow.department_id) == department_id, col(TokenRow.service_day) == day)
    return int((await connection.execute(query)).scalar_one())


async def numbers(connection: AsyncConnection, keeper_id: int, since: date) -> list[tuple[int, date, str]]:
    """(department, day, number) of what the keeper has handed in, from the service day `since` on."""
    query = select(col(TokenRow.department_id), col(TokenRow.service_day), col(TokenRow.number))
    query = query.join(KeptNumberRow, col(KeptNumberRow.token_id) == col(TokenRow.id))
    query = query.where(col(KeptNumberRow.keeper_id) == keeper_id, col(TokenRow.service_day) >= since)
    return [(row.department_id, row.service_day, row.number) for row in await connection.execute(query)]


async def is_known(connection: AsyncConnection, department_id: int, day: date, number: str) -> bool:
    """Whether the department has a token with this number on this day."""
    query = select(col(TokenRow.id)).where(col(TokenRow.department_id) == department_id)
    query = query.where(col(TokenRow.service_day) == day, col(TokenRow.number) == number)
    return (await connection.execute(query)).first() is not None


async def is_link(connection: AsyncConnection, key: str) -> bool:
    """Whether a token has this link."""
    return (await connection.execute(select(col(TokenRow.id)).where(col(TokenRow.key) == key))).first() is not None


async def add_task(work: Transaction, kind: TaskKind, number: str, token_id: int | None, device: str) -> None:
    """The desk should look at this number."""
    values: Mapping[str, object] = {
        "kind": kind,
        "number": number,
        "token_id": token_id,
        "device": device,
        "at": work.now,
    }
    await work.connection.execute(work.insert(DeskTaskRow).values(**values))


async def open_tasks(connection: AsyncConnection) -> list[DeskTask]:
    """What the desk has not seen to, oldest first."""
    columns = DeskTaskRow.metadata.tables["desk_task"].columns
    query = select(*columns).where(col(DeskTaskRow.done_at).is_(None)).order_by(col(DeskTaskRow.id))
    return [_task(row) for row in await connection.execute(query)]


async def count_open_tasks(connection: AsyncConnection) -> int:
    """How much the desk has not seen to."""
    query = select(func.count()).select_from(DeskTaskRow).where(col(DeskTaskRow.done_at).is_(None))
    return int((await connection.execute(query)).scalar_one())


async def finish_task(work: Transaction, task_id: int) -> DeskTask | None:
    """The desk has seen to it; none when there is no such task that was open."""
    columns = DeskTaskRow.metadata.tables["desk_task"].columns
    statement = update(DeskTaskRow).where(col(DeskTaskRow.id) == task_id, col(DeskTaskRow.done_at).is_(None))
    row = (await work.connection.execute(statement.values(done_at=work.now).returning(*columns))).first()
    return _task(row) if row else None


def _keeper(row: Row[Any]) -> Keeper:
    return Keeper(row.id, row.device_id, row.series, row.heard_at, row.waiting, row.clock_off_s)


def _task(row: Row[Any]) -> DeskTask:
    return DeskTask(row.id, row.kind, row.number, row.token_id, row.at, row.device)
