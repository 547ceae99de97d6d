"""The administration's front page: the clinic today, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from queue_server import sources
from queue_server.domain.alerts.alerts import MessageState
from queue_server.domain.clinic.clinic import DepartmentQueue
from queue_server.domain.devices.devices import Device, DeviceKind
from queue_server.domain.devices.troubles import Facts, is_away, what_is_wrong
from queue_server.domain.queue.numbering import day_ends_at
from queue_server.domain.queue.tokens import IN_ROOM, DutyState, State
from queue_server.live.dashboard_types import (
    DashboardDevice,
    DashboardDoctor,
    DashboardView,
    DashboardWait,
    TodayView,
)
from queue_server.live.json_views import department_names, moment, trouble_view
from queue_server.live.topics import View
from queue_server.services.alerts.troubles import Troubles
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.alerts import outbox_history_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.screens import desk_rows

#: So many of those who wait longest are named.
NAMED = 5


class Dashboard:
    """Computed anew with every change of a queue, and every 20 seconds, while somebody looks at it."""

    def __init__(self, store: Store, queues: Snapshots, troubles: Troubles) -> None:
        self._store = store
        self._queues = queues
        self._troubles = troubles

    async def view(self) -> View:
        """How the clinic stands."""
        queues, day, clinic = await self._queues.all(), await self._queues.day(), await self._queues.clinic()
        facts, now = await self._troubles.facts(), self._queues.now()
        began = day_ends_at(day - timedelta(days=1), clinic.zone, clinic.roll_over)
        async with self._store.reading() as connection:
            attended = await desk_rows.attended(connection, day, [queue.department.id for queue in queues])
            messages = await outbox_history_rows.counts(connection, began)
        data: DashboardView = {
            "day": day.isoformat(),
            "departments": [_today(queue, attended) for queue in queues],
            "longest": _longest(queues),
            "doctors": [doctor for queue in queues for doctor in _doctors(queue, now)],
            "devices": [_device(device, facts, now) for device in facts.devices],
            "troubles": [trouble_view(trouble) for trouble in what_is_wrong(facts, now)],
            "backup": moment(facts.backup.newest_at),
            "has_backups": facts.backup.is_expected,
            "key_copied": facts.backup.is_key_copied,
            "refused": sum(count for (_, state), count in messages.items() if state is MessageState.FAILED),
        }
        shown = (sources.department(queue.department.id) for queue in queues)
        return View(data, frozenset({sources.CLINIC, sources.DEVICES, *shown}))


def _today(queue: DepartmentQueue, attended: Mapping[int, int]) -> TodayView:
    first = min(queue.line, key=lambda entry: entry.here_since, default=None)
    return {
        **department_names(queue.department),
        "waiting": len(queue.line),
        "called": sum(entry.state in IN_ROOM for entry in queue.entries),
        "attended": attended.get(queue.department.id, 0),
        "missed": sum(entry.state is State.MISSED for entry in queue.entries),
        "longest": first.number if first else None,
        "since": moment(first.here_since) if first else None,
    }


def _longest(queues: Sequence[DepartmentQueue]) -> list[DashboardWait]:
    waiting = [(entry, queue) for queue in queues for entry in queue.line]
    waiting.sort(key=lambda pair: pair[0].here_since)
    return [
        {
            "id": entry.token_id,
            "number": entry.number,
            "department": queue.department.code,
            "since": moment(entry.here_since),
        }
        for entry, queue in waiting[:NAMED]
    ]


def _doctors(queue: DepartmentQueue, now: datetime) -> list[DashboardDoctor]:
    return [
        {
            "doctor": duty.doctor,
            "room": queue.room_code(duty.room_id) or "",
            "department": queue.department.code,
            "state": duty.state,
            "back_at": moment(duty.back_at),
            "is_late": duty.back_at is not None and duty.back_at <= now,
        }
        for duty in queue.duties
        if duty.state is not DutyState.OFF_DUTY
    ]


def _device(device: Device, facts: Facts, now: datetime) -> DashboardDevice:
    return {
        "name": device.name,
        "kind": device.kind,
        "printer": device.printer if device.kind is DeviceKind.AGENT else None,
        "seen_at": moment(device.seen_at),
        "is_away": is_away(device, facts.listening_since, now),
    }
