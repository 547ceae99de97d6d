"""Domain objects as the plain JSON that screens and programs are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NotRequired, TypedDict

from queue_server.domain.clinic.clinic import Department, DepartmentQueue
from queue_server.domain.queue.tokens import QueueEntry

Json = dict[str, Any]


class WaitView(TypedDict):
    """A wait as everybody is told it: the key of a sentence, what stands in it, the likely minutes (in fives).

    `late` is there, and true, when somebody with this wait may be called only after closing time.
    """

    words: str
    values: dict[str, int | str]
    minutes: int
    late: NotRequired[bool]


class WaitFigures(TypedDict):
    """A wait for programs: of ten waits one is under `low_s`, five under `likely_s`, nine under `high_s` seconds."""

    low_s: int
    likely_s: int
    high_s: int


class PhoneView(TypedDict):
    """One token on a phone. `ahead` people are before it while it waits; `calls` counts its calls, recalls included;
    `language` is the one in which the token speaks, as the desk may change it.

    `now_serving` are the numbers called last, while the patient watches them; `papers` is there when there are any.
    """

    number: str
    state: str
    department: str
    ahead: int | None
    wait: WaitView | None
    room: str | None
    now_serving: list[str]
    can_return: bool
    calls: int
    language: str
    papers: NotRequired[int]


def moment(at: datetime | None) -> str | None:
    """`2026-11-22T04:31:07Z`, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def department_names(department: Department) -> Json:
    """What a list of departments needs."""
    return {
        "code": department.code,
        "prefix": department.prefix,
        "names": dict(department.names),
        "icon": department.icon,
        "colour": department.colour,
        "is_open": department.is_open,
    }


def entry_view(
    entry: QueueEntry, queue: DepartmentQueue, codes: Mapping[int, str], rooms: Mapping[int, str], wait: WaitView | None
) -> Json:
    """An entry for staff. `codes` and `rooms` map the ids of all departments and rooms to their codes."""
    doctors = {duty.doctor_id: duty.doctor for duty in queue.duties}
    return {
        "id": entry.token_id,
        "number": entry.number,
        "state": entry.state,
        "priority": entry.priority,
        "reason": entry.priority_reason,
        "joined_at": moment(entry.joined_at),
        "called_at": moment(entry.called_at),
        "started_at": moment(entry.started_at),
        "room": rooms.get(entry.room_id or 0),
        "came_from": codes.get(entry.came_from or 0),
        "return_to": rooms.get(entry.return_to or 0),
        "for_doctor": doctors.get(entry.for_doctor_id or 0),
        "calls": entry.calls,
        "wait": wait,
    }
