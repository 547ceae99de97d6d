"""Doctors in rooms: on duty, on a break, off."""

from __future__ import annotations

from datetime import datetime

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Duty
from queue_server.domain.errors import BadInput, RoomTaken
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import DutyState
from queue_server.services.clinic.json_views import moment
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import duty_rows, queue_rows

#: Duty states in which a room is somebody's.
PRESENT = frozenset({DutyState.ON_DUTY, DutyState.ON_BREAK})


class Duties:
    """A doctor has one room at a time, a room one doctor."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def change(
        self,
        room_code: str,
        state: DutyState,
        *,
        doctor: Actor,
        reason: str | None = None,
        back_at: datetime | None = None,
    ) -> None:
        """The doctor's duty in this room has this state; a duty that the doctor had elsewhere has ended.

        `back_at` says when the doctor is expected, on a break or before the duty begins. Raises `UnknownRoom`,
        `RoomTaken` while another doctor is on duty or on a break there, `BadInput` for a return in the past.
        """
        async with self._store.transaction() as work:
            if back_at is not None and back_at <= work.now:
                raise BadInput("back_at", f"The return at {back_at:%H:%M} is in the past.")
            room = await clinic_rows.room(work.connection, room_code)
            rooms = {known.id: known for known in await clinic_rows.rooms(work.connection)}
            await clinic_rows.lock_departments(work, [room.department_id])
            everybody = await queue_rows.duties(work.connection)
            if any(_keeps(duty, room.id, doctor.id) for duty in everybody):
                raise RoomTaken(room.code)
            await duty_rows.clear(work, doctor.id, room.id)
            has_break = state in {DutyState.ON_BREAK, DutyState.EXPECTED}
            duty = Duty(
                doctor.id,
                doctor.name,
                room.id,
                state,
                work.now,
                reason=reason if has_break else None,
                back_at=back_at if has_break else None,
            )
            await duty_rows.add(work, duty)
            if state is DutyState.OFF_DUTY:
                await duty_rows.release_entries(work, doctor.id)
            left = {rooms[duty.room_id].department_id for duty in everybody if duty.doctor_id == doctor.id}
            for department_id in left:
                work.touch(sources.department(department_id))
            was = next((known for known in everybody if known.doctor_id == doctor.id), None)
            data = {
                "room": room.code,
                "state": state,
                "reason": reason,
                "doctor": doctor.id,
                "back_at": moment(back_at),
                # Whoever waits is told when the announced time was put off.
                "was_back_at": moment(was.back_at) if was else None,
            }
            work.record(Event("duty", work.now, str(doctor), department_id=room.department_id, data=data))

    async def room_of(self, doctor_id: int) -> str | None:
        """The code of the room in which the doctor is on duty, on a break or expected."""
        async with self._store.reading() as connection:
            for duty in await queue_rows.duties(connection):
                if duty.doctor_id == doctor_id and duty.state is not DutyState.OFF_DUTY:
                    return next(room.code for room in await clinic_rows.rooms(connection) if room.id == duty.room_id)
        return None


def _keeps(duty: Duty, room_id: int, doctor_id: int) -> bool:
    return duty.room_id == room_id and duty.doctor_id != doctor_id and duty.state in PRESENT
