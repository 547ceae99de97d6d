"""Settings by name: single values that any subject keeps."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import SettingRow


async def setting(connection: AsyncConnection, name: str) -> object:
    """The setting's value; none when it was never set."""
    return await connection.scalar(select(col(SettingRow.value)).where(col(SettingRow.name) == name))


async def locked_setting(work: Transaction, name: str) -> object:
    """The setting's value, which nobody else changes before this transaction ends."""
    query = select(col(SettingRow.value)).where(col(SettingRow.name) == name).with_for_update()
    return await work.connection.scalar(query)


async def save_first(work: Transaction, name: str, value: object) -> None:
    """The setting has this value, unless it has one."""
    await work.connection.execute(work.insert(SettingRow).values(name=name, value=value).on_conflict_do_nothing())


async def save_setting(work: Transaction, name: str, value: object) -> None:
    """The setting has this value from now on."""
    statement = work.insert(SettingRow).values(name=name, value=value)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
