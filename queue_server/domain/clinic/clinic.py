"""The places and people round a queue, and one department as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from queue_server.domain.clinic.configuration import DepartmentPlan
from queue_server.domain.clinic.opening_hours import Hours, parse_hours
from queue_server.domain.queue.numbering import DEFAULT_ROLL_OVER
from queue_server.domain.queue.ordering import OrderRules, in_order
from queue_server.domain.queue.tokens import IN_ROOM, DutyState, Priority, QueueEntry

#: What a clinic is called until somebody has named it.
DEFAULT_NAME = "Clinic"


@dataclass(frozen=True, slots=True)
class Clinic:
    """The clinic's own settings. `languages` are codes, the first is the fall-back.

    `phone_region` is the country of phone numbers that are written without one.
    """

    name: str
    zone: ZoneInfo
    roll_over: time = DEFAULT_ROLL_OVER
    languages: tuple[str, ...] = ("en", "hi")
    phone_region: str = "IN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Department(DepartmentPlan):
    """A service with its own queue and number prefix, as it is set up. `holidays`: days without new numbers."""

    id: int
    holidays: frozenset[date] = frozenset()

    @property
    def rules(self) -> OrderRules:
        """In which order its patients are called."""
        credit = {Priority(priority): timedelta(minutes=minutes) for priority, minutes in self.credits.items()}
        return OrderRules(credit, self.return_after)

    @property
    def opening_hours(self) -> Hours | None:
        """When numbers are given out, none for always."""
        return None if self.hours is None else parse_hours(self.hours)

    def name(self, language: str) -> str:
        """The name in this language, else in English, else the code."""
        return self.names.get(language) or self.names.get("en") or self.code


@dataclass(frozen=True, slots=True)
class Room:
    """Where a token is called to."""

    id: int
    code: str
    department_id: int


@dataclass(frozen=True, slots=True)
class Duty:
    """A doctor's session in a room. `doctor` is the name that boards show; `back_at` is set on a break.

    `ends_at` is when today's shift ends by the roster, None where it says nothing.
    """

    doctor_id: int
    doctor: str
    room_id: int
    state: DutyState
    since_at: datetime
    reason: str | None = None
    back_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One announcement of a number to a room; `id` grows."""

    id: int
    number: str
    room: str
    at: datetime
    is_recall: bool = False


@dataclass(frozen=True, slots=True)
class UndoStep:
    """The last action in a room that may still be taken back."""

    room_id: int
    action: str
    number: str
    acted_at: datetime


@dataclass(frozen=True)
class DepartmentQueue:
    """One department on one service day, as it stood at revision `rev`.

    `entries` holds every live entry; `calls` the recent ones, newest last; `issued` counts the numbers given out on
    this day where there is a quota.
    """

    department: Department
    rev: int
    entries: tuple[QueueEntry, ...]
    calls: tuple[Call, ...]
    rooms: tuple[Room, ...]
    duties: tuple[Duty, ...]
    undos: tuple[UndoStep, ...] = ()
    issued: int = 0

    @cached_property
    def line(self) -> tuple[QueueEntry, ...]:
        """Everybody who waits, first to be called first."""
        return tuple(in_order(self.entries))

    @cached_property
    def ahead(self) -> Mapping[int, int]:
        """Token id → number of people ahead (0: next), for everybody who waits."""
        return {entry.token_id: place for place, entry in enumerate(self.line)}

    @cached_property
    def by_token(self) -> Mapping[int, QueueEntry]:
        """Token id → live entry."""
        return {entry.token_id: entry for entry in self.entries}

    @cached_property
    def sent(self) -> tuple[QueueEntry, ...]:
        """Whoever was sent here and goes back to the room that sent them."""
        return tuple(entry for entry in self.entries if entry.return_to is not None)

    @cached_property
    def now_serving(self) -> tuple[str, ...]:
        """The numbers called last whose patients are in a room or on the way to it, at most three, newest last."""
        in_rooms = (entry for entry in self.entries if entry.state in IN_ROOM)
        return tuple(entry.number for entry in sorted(in_rooms, key=lambda entry: str(entry.called_at))[-3:])

    def room_code(self, room_id: int | None) -> str | None:
        """The code of one of the department's rooms."""
        return next((room.code for room in self.rooms if room.id == room_id), None)

    def duty_in(self, room_id: int) -> Duty | None:
        """Who is on duty, expected or on a break in this room."""
        return next((duty for duty in self.duties if duty.room_id == room_id), None)


@dataclass(frozen=True, slots=True)
class Undo:
    """`before`: the changed entries as they were; `versions`: entry id → version that the action left, of the changed
    and of the newly made entries; `made`: ids of entries that the action made; `calls`: the call_ids that it announced;
    `ended_break`: the duty of the doctor whose break it ended, as it was.
    """

    action: str
    number: str
    acted_at: datetime
    before: tuple[QueueEntry, ...]
    versions: dict[int, int]
    made: tuple[int, ...] = ()
    calls: tuple[int, ...] = ()
    ended_break: Duty | None = None
