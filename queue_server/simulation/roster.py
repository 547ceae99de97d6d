"""A duty file, revealed as time passes: who is expected, who has begun, who has gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

from queue_server.domain.waits.mechanics import Server
from queue_server.simulation.queue_logs import DAY_S, LogDuty

ROLL_OVER_S = 4 * 3_600.0


class Kind(IntEnum):
    """What happens, in the order in which things of the same second are played."""

    DUTY_ON = 0
    DUTY_OFF = 1
    FINISH = 2
    CALL = 3
    LEAVE = 4
    JOIN = 5
    HELD = 6
    BACK = 7
    CALL_AT_ONCE = 8
    LEAVE_AT_ONCE = 9
    FINISH_AT_ONCE = 10


class Roster:
    """The stretches of a duty file by day and room, and which of them have begun and ended by now."""

    def __init__(self, duties: Sequence[LogDuty]) -> None:
        self.duties = sorted(duties, key=lambda duty: duty.expected_s)
        self.on: dict[str, int] = {}
        self.begun: set[int] = set()
        self.worked: dict[str, float] = {}
        self.queues: dict[str, set[str]] = {}
        self.days: dict[float, dict[str, list[int]]] = {}
        for index, duty in enumerate(self.duties):
            self.days.setdefault(day_of(duty.expected_s), {}).setdefault(duty.room, []).append(index)

    def happenings(self, first_s: float, last_s: float) -> Iterator[tuple[float, Kind, int]]:
        """Yield the beginnings and ends between these times that have not been played before."""
        for index, duty in enumerate(self.duties):
            if duty.on_s is not None and index not in self.begun and first_s <= duty.on_s <= last_s:
                yield duty.on_s, Kind.DUTY_ON, index
                if duty.off_s is not None:
                    yield duty.off_s, Kind.DUTY_OFF, index

    def new_day(self) -> None:
        """Forget who was on duty: nobody works over the roll-over, whatever the file says."""
        self.on.clear()

    def change(self, index: int, *, has_begun: bool) -> bool:
        """Note a beginning or an end; return whether the room had worked before on the same day."""
        duty = self.duties[index]
        day = day_of(duty.expected_s)
        is_return = self.worked.get(duty.room) == day
        if has_begun:
            self.on[duty.room] = index
            self.begun.add(index)
            self.worked[duty.room] = day
        elif self.on.get(duty.room) == index:
            del self.on[duty.room]
        return is_return

    def knows(self, room: str, now: float) -> bool:
        """Return whether the file speaks of this room on this day."""
        return room in self.days.get(day_of(now), ())

    def servers(self, queue: str, now: float) -> Iterator[Server]:
        """Yield the free, expected and resting doctors of a queue; a room that never called serves any queue."""
        today = day_of(now)
        for room, stretches in self.days.get(today, {}).items():
            if room in self.queues and queue not in self.queues[room]:
                continue
            if room in self.on:
                yield Server.on_duty(room, None, self.stops_in_s(room, now))
                continue
            coming = next((index for index in stretches if index not in self.begun), None)
            if coming is not None:
                due, ends = self.duties[coming].expected_s - now, _until(self.duties[coming].ends_s, now)
                is_break = self.worked.get(room) == today
                yield Server.on_break(room, due, ends) if is_break else Server.expected(room, due, ends)

    def stops_in_s(self, room: str, now: float) -> float | None:
        """Return in how many seconds the stretch that has begun in the room is to end; None where that is not known."""
        return _until(self.duties[self.on[room]].ends_s, now) if room in self.on else None


def _until(moment: float | None, now: float) -> float | None:
    return None if moment is None else moment - now


def day_of(at: float) -> float:
    """Return the number of the service day, which begins at four in the morning."""
    return (at - ROLL_OVER_S) // DAY_S
