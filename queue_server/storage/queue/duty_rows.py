"""Changing who is on duty where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlmodel import col

from queue_server.domain.clinic.clinic import Duty
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import DutyRow, QueueEntryRow


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
