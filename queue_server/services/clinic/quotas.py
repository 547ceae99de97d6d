"""How much of a department's daily quota is used."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.domain.clinic.clinic import Department
from queue_server.storage.devices import keeper_rows
from queue_server.storage.queue import counter_rows


async def given_out(connection: AsyncConnection, department: Department, day: date) -> int:
    """How many of the day's numbers are given out: here, and by kiosks without the server once these are handed in.

    0 for a department without a quota, where nobody counts.
    """
    if department.daily_quota is None:
        return 0
    counted = await counter_rows.counter(connection, department.id, day)
    return counted + await keeper_rows.count(connection, department.id, day)
