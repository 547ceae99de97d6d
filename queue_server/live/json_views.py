"""Domain objects as the plain JSON that screens and programs are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, overload

from queue_server.domain.clinic.clinic import Department, DepartmentQueue
from queue_server.domain.clinic.presence import Absence, AwayView
from queue_server.domain.devices.troubles import Trouble, TroubleView
from queue_server.domain.queue.ordering import OrderRules, PlaceView, explanation, is_too_late, kept_until
from queue_server.domain.queue.tokens import QueueEntry
from queue_server.domain.waits.wording import WaitView
from queue_server.live.phone_types import ArriveView
from queue_server.live.view_types import EntryView, NamedDepartment

Json = dict[str, Any]


@overload
def moment(at: datetime) -> str: ...
@overload
def moment(at: None) -> None: ...
@overload
def moment(at: datetime | None) -> str | None: ...
def moment(at: datetime | None) -> str | None:
    """`2026-11-22T04:31:07Z`, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def department_names(department: Department) -> NamedDepartment:
    """What a list of departments needs."""
    return {
        "code": department.code,
        "prefix": department.prefix,
        "names": dict(department.names),
        "icon": department.icon,
        "colour": department.colour,
        "is_open": department.is_open,
    }


def away_view(absence: Absence | None) -> AwayView | None:
    """Why nobody calls."""
    return {"why": absence.why, "at": moment(absence.at)} if absence else None


def place_view(entry: QueueEntry, rules: OrderRules) -> PlaceView:
    """Why the entry has its place."""
    why = explanation(entry, rules)
    return {"reason": why.reason, "minutes": why.minutes, "people": why.people}


def arrive_view(entry: QueueEntry, rules: OrderRules, now: datetime) -> ArriveView:
    """What somebody who is not here yet has to know."""
    return {"until": moment(kept_until(entry, rules)), "late": is_too_late(entry, rules, now)}


def trouble_view(trouble: Trouble) -> TroubleView:
    """What is wrong."""
    return {"kind": trouble.kind, "name": trouble.name}


def entry_view(
    entry: QueueEntry, queue: DepartmentQueue, codes: Mapping[int, str], rooms: Mapping[int, str], wait: WaitView | None
) -> EntryView:
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
        "place": place_view(entry, queue.rules),
        "is_here": entry.is_here,
        "arrived_at": moment(entry.arrived_at),
        "kept_until": None if entry.is_here else moment(kept_until(entry, queue.rules)),
    }
