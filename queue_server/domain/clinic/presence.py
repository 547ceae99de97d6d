"""Whether anybody is there to call patients, and if not, what can be said about when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from queue_server.domain.clinic.clinic import DepartmentQueue, Duty
from queue_server.domain.queue.tokens import IN_ROOM, DutyState


class Away(StrEnum):
    """Why nobody calls."""

    ON_BREAK = "on_break"
    #: Not here yet, and not late.
    EXPECTED = "expected"
    #: The announced time has passed.
    LATE = "late"
    #: Nobody is on duty, and nobody is expected.
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Absence:
    """Why nobody calls, and the time that was announced, if one was."""

    why: Away
    at: datetime | None = None


class AwayView(TypedDict):
    """Why nobody calls now, and the time that was announced, as screens are sent it."""

    why: Away
    at: str | None


def is_anybody_calling(queue: DepartmentQueue) -> bool:
    """Whether patients are being called: a doctor is on duty, or somebody is in a room."""
    return any(duty.state is DutyState.ON_DUTY for duty in queue.duties) or any(
        entry.state in IN_ROOM for entry in queue.entries
    )


def absence(queue: DepartmentQueue, now: datetime, doctor_id: int | None = None) -> Absence | None:
    """Why nobody calls this department's patients; with `doctor_id`, why this doctor does not; none while one does.

    Of several who are away, the one who is to be here first counts; someone who is late counts only where nobody else
    is to come.
    """
    duties = [duty for duty in queue.duties if doctor_id in (None, duty.doctor_id)]
    is_calling = is_anybody_calling(queue) if doctor_id is None else any(map(_is_on_duty, duties))
    return None if is_calling else _soonest(duties, now)


def _is_on_duty(duty: Duty) -> bool:
    return duty.state is DutyState.ON_DUTY


def _soonest(duties: Iterable[Duty], now: datetime) -> Absence:
    away = [duty for duty in duties if duty.state in {DutyState.ON_BREAK, DutyState.EXPECTED}]
    coming = [duty for duty in away if duty.back_at is not None and duty.back_at > now]
    late = [duty for duty in away if duty.back_at is not None and duty.back_at <= now]
    if coming:
        first = min(coming, key=lambda duty: str(duty.back_at))
        return Absence(Away(first.state), first.back_at)
    if late:
        return Absence(Away.LATE, max(duty.back_at for duty in late if duty.back_at is not None))
    return Absence(Away(away[0].state)) if away else Absence(Away.NOBODY)
