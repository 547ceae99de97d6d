"""Who is on duty where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.clinic.clinic import Duty
from queue_server.storage.engine.store import Transaction
from queue_server.storage.engine.together import Ask, ask, together
from queue_server.storage.queue import queue_statements as statements
from queue_server.storage.tables import DutyRow, QueueEntryRow


async def duties(connection: AsyncConnection, room_ids: Iterable[int] | None = None) -> list[Duty]:
    """Who is on duty, expected or on a break in these rooms, or anywhere."""
    rooms, (rows,) = None if room_ids is None else set(room_ids), await together(connection, looking_for_duties())
    return [duty for duty in duties_in(rows) if rooms is None or duty.room_id in rooms]


def looking_for_duties() -> Ask:
    """What `duties_in` makes the rows of."""
    return ask(statements.DUTIES)


def duties_in(rows: Sequence[Any]) -> list[Duty]:
    """Who is on duty, expected or on a break."""
    return [
        Duty(row.doctor_id, row.name, row.room_id, row.state, row.since_at, row.reason, row.back_at) for row in rows
    ]


async def clear(work: Transaction, doctor_id: int, room_id: int) -> None:
    """Neither the doctor nor the room has a duty."""
    statement = delete(DutyRow).where(or_(col(DutyRow.doctor_id) == doctor_id, col(DutyRow.room_id) == room_id))
    await work.connection.execute(statement)


async def add(work: Transaction, duty: Duty) -> None:
    """Insert the duty."""
    await work.connection.execute(
        work.insert(DutyRow).values(
            doctor_id=duty.doctor_id,
            room_id=duty.room_id,
            state=duty.state,
            reason=duty.reason,
            back_at=duty.back_at,
            since_at=duty.since_at,
        )
    )


async def end_before(work: Transaction, moment: datetime) -> None:
    """Duties that began before `moment` are over."""
    await work.connection.execute(delete(DutyRow).where(col(DutyRow.since_at) < moment))


async def release_entries(work: Transaction, doctor_id: int) -> None:
    """Patients who were kept for this doctor may be called by any."""
    work.any_entry_changed()
    statement = update(QueueEntryRow).where(col(QueueEntryRow.for_doctor_id) == doctor_id)
    statement = statement.values(for_doctor_id=None, version=col(QueueEntryRow.version) + 1)
    await work.connection.execute(statement)
