"""From the weekly duty roster to who is expected now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from queue_server.domain.clinic.clinic import Duty
from queue_server.domain.queue.tokens import DutyState


@dataclass(frozen=True, slots=True)
class Shift:
    """A doctor is expected in a room every week: Monday is 0; times are of the clinic's wall clock."""

    doctor_id: int
    room_id: int
    weekday: int
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A doctor who is to be shown as expected in a room from `starts_at` (aware UTC) on."""

    doctor_id: int
    room_id: int
    starts_at: datetime


def newly_expected(shifts: Iterable[Shift], duties: Sequence[Duty], now: datetime, zone: ZoneInfo) -> list[Expected]:
    """Whom the roster expects today and nobody has said anything about yet; at most one a doctor and one a room.

    A doctor's own word counts more than the roster: whoever is on duty, on a break, or has left during the shift stays
    so, and a room that is somebody else's is left alone.
    """
    duty_of = {duty.doctor_id: duty for duty in duties}
    taken = {duty.room_id for duty in duties if duty.state is not DutyState.OFF_DUTY}
    found: dict[int, Expected] = {}
    for shift in sorted(_today(shifts, now, zone), key=lambda shift: (shift.begins, shift.doctor_id)):
        starts_at, ends_at = _moment(shift.begins, now, zone), _moment(shift.ends, now, zone)
        duty = duty_of.get(shift.doctor_id)
        is_spoken_for = duty is not None and (duty.state is not DutyState.OFF_DUTY or duty.since_at >= starts_at)
        if now < ends_at and not is_spoken_for and shift.doctor_id not in found and shift.room_id not in taken:
            found[shift.doctor_id] = Expected(shift.doctor_id, shift.room_id, starts_at)
            taken.add(shift.room_id)
    return list(found.values())


def no_longer_expected(shifts: Iterable[Shift], duties: Iterable[Duty], now: datetime, zone: ZoneInfo) -> list[Duty]:
    """Those whom the roster expected and who did not come before their shift ended, or whose shift is no more."""
    today = {
        (shift.doctor_id, shift.room_id, _moment(shift.begins, now, zone)): _moment(shift.ends, now, zone)
        for shift in _today(shifts, now, zone)
    }
    return [
        duty
        for duty in duties
        if duty.state is DutyState.EXPECTED
        and duty.reason is None
        and duty.back_at is not None
        and today.get((duty.doctor_id, duty.room_id, duty.back_at), duty.back_at) <= now
    ]


def ends_at(doctor_id: int, shifts: Iterable[Shift], now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the doctor's shift of today ends, of several the first that is not over; None where all are, or none is."""
    ends = [_moment(shift.ends, now, zone) for shift in _today(shifts, now, zone) if shift.doctor_id == doctor_id]
    return min((end for end in ends if end > now), default=None)


def with_ends(duties: Iterable[Duty], shifts: Sequence[Shift], now: datetime, zone: ZoneInfo) -> list[Duty]:
    """The duties with their ends, as far as the roster knows them."""
    return (
        [replace(duty, ends_at=ends_at(duty.doctor_id, shifts, now, zone)) for duty in duties] if shifts else [*duties]
    )


def _today(shifts: Iterable[Shift], now: datetime, zone: ZoneInfo) -> list[Shift]:
    weekday = now.astimezone(zone).weekday()
    return [shift for shift in shifts if shift.weekday == weekday]


def _moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment of today at which the clinic's clock shows this time; "24:00" is the day's end."""
    day = now.astimezone(zone).date()
    local = time.max if text == "24:00" else time.fromisoformat(text)
    return datetime.combine(day, local, zone).astimezone(UTC)
