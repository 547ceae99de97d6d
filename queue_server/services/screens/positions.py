"""What every phone asks about its queue, worked out once a change however many phones there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from queue_server.domain.clinic.clinic import DepartmentQueue
from queue_server.domain.queue.ordering import places
from queue_server.domain.queue.tokens import IN_ROOM, QueueEntry


@dataclass(frozen=True, slots=True)
class Standing:
    """A department as it stands: its live entries and the people ahead, by token id; the numbers called last."""

    queue: DepartmentQueue
    entries: Mapping[int, QueueEntry]
    ahead: Mapping[int, int]
    now_serving: tuple[str, ...]


class Standings:
    """Keeps the newest standing of each department."""

    def __init__(self) -> None:
        self._kept: dict[int, Standing] = {}

    def of(self, queue: DepartmentQueue) -> Standing:
        """The standing of exactly this queue."""
        kept = self._kept.get(queue.department.id)
        if kept is None or kept.queue is not queue:
            kept = self._kept[queue.department.id] = _standing(queue)
        return kept


def _standing(queue: DepartmentQueue) -> Standing:
    in_rooms = (entry for entry in queue.entries if entry.state in IN_ROOM)
    latest = sorted(in_rooms, key=lambda entry: str(entry.called_at))[-3:]
    entries = {entry.token_id: entry for entry in queue.entries}
    return Standing(queue, entries, places(queue.entries), tuple(entry.number for entry in latest))
