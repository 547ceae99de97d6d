"""A token that visits several departments: doctor → laboratory → the same doctor."""

from __future__ import annotations

from datetime import date

from queue_server.domain.clinic.clinic import Department
from queue_server.domain.errors import BadInput, DepartmentClosed
from queue_server.domain.queue.tokens import Action, DutyState, QueueEntry
from queue_server.domain.queue.transitions import act
from queue_server.domain.waits.learning import JOIN
from queue_server.services.queue.undoable import UndoableChanges
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import duty_rows, queue_rows


async def transfer(
    changes: UndoableChanges,
    entry: QueueEntry,
    target: Department,
    day: date,
    *,
    return_to: int | None,
    returning: bool,
) -> QueueEntry:
    """The stay ends as transferred and a new one waits in `target`, with the same priority; returns the new one.

    With `returning` the token comes back to the room `return_to` when `target` has attended it.
    """
    if target.id == entry.department_id:
        raise BadInput("department", f"Token {entry.number} is already in department {target.code}.")
    work = changes.work
    if returning and not await _is_room_of(work, return_to, entry.department_id):
        raise BadInput("return", "The token can come back only to a room of the department where it is now.")
    if not target.is_open:
        raise DepartmentClosed(target.code)
    await changes.save(entry, act(entry, Action.TRANSFER, work.now), Action.TRANSFER, to=target.code)
    made = await queue_rows.add_entry(
        work,
        entry.token_id,
        target,
        day,
        entry.priority,
        entry.priority_reason,
        came_from=entry.department_id,
        return_to=return_to,
        is_here=entry.is_here or not target.must_arrive,
    )
    changes.made(made)
    joined = await queue_rows.newest_entry(work.connection, entry.token_id)
    changes.record(joined, JOIN)
    return joined


async def go_back(changes: UndoableChanges, attended: QueueEntry, day: date) -> None:
    """The token waits again where it came from, at the place it had there, for the doctor who sent it.

    If that doctor has left, any doctor of the department may call it.
    """
    work = changes.work
    department = await clinic_rows.department(work.connection, attended.came_from or 0)
    first = await queue_rows.first_entry(work.connection, attended.token_id, department.id)
    is_there = await _is_on_duty(work, first.doctor_id, attended.return_to)
    made = await queue_rows.add_entry(
        work,
        attended.token_id,
        department,
        day,
        attended.priority,
        attended.priority_reason,
        first.rank,
        came_from=attended.department_id,
        for_doctor_id=first.doctor_id if is_there else None,
    )
    changes.made(made)
    entry = await queue_rows.newest_entry(work.connection, attended.token_id)
    changes.record(entry, Action.REQUEUE, came_back=True)


async def _is_room_of(work: Transaction, room_id: int | None, department_id: int) -> bool:
    return room_id in {room.id for room in await clinic_rows.rooms(work.connection, department_id)}


async def _is_on_duty(work: Transaction, doctor_id: int | None, room_id: int | None) -> bool:
    duty = next(iter(await duty_rows.duties(work.connection, [room_id or 0])), None)
    return duty is not None and duty.state is not DutyState.OFF_DUTY and duty.doctor_id == doctor_id
