"""How many messages of a channel may be handed over on one service day."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.alerts.alerts import Channel
from queue_server.storage.engine.setting_rows import save_setting
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import SettingRow

_NAME = "alert_limits"

#: A message costs money: a fault must not cost more than a day's worth of it, until somebody decides otherwise.
DEFAULT_LIMITS: Mapping[Channel, int | None] = {Channel.SMS: 500}


async def limits(connection: AsyncConnection) -> dict[Channel, int | None]:
    """Channel → how many a day; none, or absent, for no limit."""
    query = select(col(SettingRow.value)).where(col(SettingRow.name) == _NAME)
    chosen = (await connection.execute(query)).scalar_one_or_none() or {}
    return {**DEFAULT_LIMITS, **{Channel(name): most for name, most in chosen.items()}}


async def save_limit(work: Transaction, channel: Channel, most: int | None) -> None:
    """Save the channel's daily limit; none for no limit."""
    chosen = await limits(work.connection) | {channel: most}
    await save_setting(work, _NAME, {name.value: value for name, value in chosen.items()})
