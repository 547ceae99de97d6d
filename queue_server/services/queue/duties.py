"""Doctors in rooms: on duty, on a break, off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Duty, Room
from queue_server.domain.clinic.roster import ends_at
from queue_server.domain.errors import BadInput, RoomTaken
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import DutyState
from queue_server.domain.waits.learning import DUTY
from queue_server.live.json_views import moment
from queue_server.storage.clinic import clinic_rows, configuration_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.queue import duty_rows

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
        by: Actor | None = None,
        reason: str | None = None,
        back_at: datetime | None = None,
    ) -> None:
        """The doctor's duty in this room has this state; a duty that the doctor had elsewhere has ended.

        `back_at` says when the doctor is expected, on a break or before the duty begins; `by` who says so, if it is not
        the doctor. Raises `UnknownRoom`,
        `RoomTaken` while another doctor is on duty or on a break there, `BadInput` for a return in the past.
        """
        async with self._store.transaction() as work:
            if back_at is not None and back_at <= work.now:
                raise BadInput("back_at", f"The return at {back_at:%H:%M} is in the past.")
            room = await clinic_rows.room(work.connection, room_code)
            rooms = {known.id: known for known in await clinic_rows.rooms(work.connection)}
            await clinic_rows.lock_departments(work, [room.department_id])
            everybody = await duty_rows.duties(work.connection)
            if any(_keeps(duty, room.id, doctor.id) for duty in everybody):
                raise RoomTaken(room.code)
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
            was = next((known for known in everybody if known.doctor_id == doctor.id), None)
            await _put(work, room, duty, was, by or doctor, **await _ended(work, duty, was))
            left = {rooms[duty.room_id].department_id for duty in everybody if duty.doctor_id == doctor.id}
            for department_id in left:
                work.touch(sources.department(department_id))

    async def room_of(self, doctor_id: int) -> str | None:
        """The code of the room in which the doctor is on duty, on a break or expected."""
        async with self._store.reading() as connection:
            for duty in await duty_rows.duties(connection):
                if duty.doctor_id == doctor_id and duty.state is not DutyState.OFF_DUTY:
                    return next(room.code for room in await clinic_rows.rooms(connection) if room.id == duty.room_id)
        return None


async def end_break(work: Transaction, room: Room, was: Duty | None, by: Actor) -> Duty | None:
    """Whoever was on a break in the room and calls from it is back; returns the duty as it was, none without a break.

    The caller has locked the room's department; `was` is the room's duty.
    """
    if was is None or was.state is not DutyState.ON_BREAK or not by.is_staff or was.doctor_id != by.id:
        return None
    back = replace(was, state=DutyState.ON_DUTY, since_at=work.now, reason=None, back_at=None)
    await _put(work, room, back, was, by)
    return was


async def resume_break(work: Transaction, room: Room, was: Duty, ended_at: datetime, by: Actor) -> None:
    """The break `was`, which a call ended, goes on as if it had not, unless the duty was changed since."""
    duty = next(iter(await duty_rows.duties(work.connection, [room.id])), None)
    if duty is not None and (duty.doctor_id, duty.since_at) == (was.doctor_id, ended_at):
        await _put(work, room, was, duty, by, undone=True)


async def _ended(work: Transaction, duty: Duty, was: Duty | None) -> dict[str, object]:
    """Nobody waits for a doctor who leaves; what the journal notes besides: when the shift was to end by the roster."""
    if duty.state is not DutyState.OFF_DUTY:
        return {}
    await duty_rows.release_entries(work, duty.doctor_id)
    if was is None or was.state not in PRESENT:
        return {"ends_at": None}
    zone = (await clinic_rows.clinic(work.connection)).zone
    shifts = await configuration_rows.roster(work.connection)
    return {"ends_at": moment(ends_at(was.doctor_id, shifts, was.since_at, zone))}


async def _put(work: Transaction, room: Room, duty: Duty, was: Duty | None, by: Actor, **more: object) -> None:
    await duty_rows.clear(work, duty.doctor_id, room.id)
    await duty_rows.add(work, duty)
    data = {
        "room": room.code,
        "state": duty.state,
        "reason": duty.reason,
        "doctor": duty.doctor_id,
        "back_at": moment(duty.back_at),
        # Whoever waits is told when the announced time was put off.
        "was_back_at": moment(was.back_at) if was else None,
    }
    work.record(Event(DUTY, work.now, str(by), department_id=room.department_id, data=data | more))


def _keeps(duty: Duty, room_id: int, doctor_id: int) -> bool:
    return duty.room_id == room_id and duty.doctor_id != doctor_id and duty.state in PRESENT
