"""The places and people round a queue, and one department as it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Self
from zoneinfo import ZoneInfo

from queue_server.domain.clinic.configuration import DepartmentPlan
from queue_server.domain.clinic.names import text_in
from queue_server.domain.clinic.opening_hours import Hours, parse_hours
from queue_server.domain.queue.numbering import DEFAULT_ROLL_OVER
from queue_server.domain.queue.ordering import (
    OrderRules,
    ahead_of,
    in_order,
    in_order_after,
    is_in_line,
    not_here,
    place_in,
)
from queue_server.domain.queue.tokens import IN_ROOM, DutyState, Priority, QueueEntry, State

#: What a clinic is called until somebody has named it.
DEFAULT_NAME = "Clinic"


@dataclass(frozen=True, slots=True)
class Clinic:
    """The clinic's own settings. `languages` are codes, the first is the fall-back.

    `phone_region` is the country of phone numbers that are written without one. `papers_by_slip`: whoever holds a
    walk-in's slip gets the visit's papers with it. `abha_code`: the counter whose code for ABHA apps kiosks show, empty
    for none. `abdm_sms`: whoever scans a counter's code gets the link to the number by SMS, and the posters say so.
    """

    name: str
    zone: ZoneInfo
    roll_over: time = DEFAULT_ROLL_OVER
    languages: tuple[str, ...] = ("en", "hi")
    phone_region: str = "IN"
    papers_by_slip: bool = True
    abha_code: str = ""
    abdm_sms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Department(DepartmentPlan):
    """A service with its own queue and number prefix, as it is set up. `holidays`: days without new numbers."""

    id: int
    holidays: frozenset[date] = frozenset()

    @property
    def rules(self) -> OrderRules:
        """In which order its patients are called."""
        credit = {Priority(priority): timedelta(minutes=minutes) for priority, minutes in self.credits.items()}
        return OrderRules(credit, self.return_after, timedelta(minutes=self.place_kept_min))

    @property
    def opening_hours(self) -> Hours | None:
        """When numbers are given out, none for always."""
        return None if self.hours is None else parse_hours(self.hours)

    def name(self, language: str) -> str:
        """The name in this language, or what stands in for it; see `names`."""
        return text_in(self.names, language) or self.code


@dataclass(frozen=True, slots=True)
class Room:
    """Where a token is called to; `names` (language → name) are empty where its code is enough."""

    id: int
    code: str
    department_id: int
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """The name in this language, or what stands in for it, see `names`; empty where it has none."""
        return text_in(self.names, language)


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


@dataclass(frozen=True, slots=True)
class Order:
    """Live entries: those who wait here, first to be called first; all others by id; and token id → entry of both."""

    line: tuple[QueueEntry, ...]
    by_id: Mapping[int, QueueEntry]
    by_token: Mapping[int, QueueEntry]

    @classmethod
    def of(cls, entries: Collection[QueueEntry]) -> Self:
        """All looked at."""
        others = {entry.id: entry for entry in entries if not is_in_line(entry)}
        return cls(tuple(in_order(entries)), others, {entry.token_id: entry for entry in entries})

    @property
    def others(self) -> Collection[QueueEntry]:
        """Those who are in a room, held, missed, or not here yet."""
        return self.by_id.values()

    def after(self, gone: Collection[QueueEntry], come: Collection[QueueEntry]) -> Self:
        """The same when some have `gone` and others have `come`; whoever has changed has done both."""
        others, by_token = dict(self.by_id), dict(self.by_token)
        for entry in gone:
            others.pop(entry.id, None)
            by_token.pop(entry.token_id, None)
        by_token |= {entry.token_id: entry for entry in come}
        others |= {entry.id: entry for entry in come if not is_in_line(entry)}
        return type(self)(tuple(in_order_after(self.line, gone, come)), others, by_token)


@dataclass(frozen=True)
class DepartmentQueue:
    """One department on one service day, as it stood at revision `rev`.

    `entries` holds every live entry; `calls` the recent ones, newest last; `issued` counts the numbers given out on
    this day where there is a quota. `known`: the order of `entries`, where somebody has kept it.
    """

    department: Department
    rev: int
    entries: tuple[QueueEntry, ...]
    calls: tuple[Call, ...]
    rooms: tuple[Room, ...]
    duties: tuple[Duty, ...]
    undos: tuple[UndoStep, ...] = ()
    issued: int = 0
    known: Order | None = field(default=None, compare=False, repr=False)

    @cached_property
    def order(self) -> Order:
        """The entries, put in order."""
        return self.known or Order.of(self.entries)

    @cached_property
    def rules(self) -> OrderRules:
        """In which order patients are called."""
        return self.department.rules

    @property
    def line(self) -> tuple[QueueEntry, ...]:
        """Everybody who waits here, first to be called first."""
        return self.order.line

    @cached_property
    def not_here(self) -> tuple[QueueEntry, ...]:
        """Whoever has a number and is not here yet, in the order of the places that are theirs."""
        return tuple(not_here(self.order.others))

    @cached_property
    def ahead(self) -> Mapping[int, int]:
        """Token id → number of people here who are ahead (0: next), for everybody who waits, here or not."""
        ahead = {entry.token_id: place for place, entry in enumerate(self.line)}
        for entry in self.not_here:
            ahead[entry.token_id] = ahead_of(self.line, entry)
        return ahead

    def place_of(self, token_id: int) -> int | None:
        """The number of people ahead of this token, none if it does not wait; nobody else is looked at."""
        entry = self.by_token.get(token_id)
        if entry is None or entry.state is not State.WAITING:
            return None
        return place_in(self.line, entry) if entry.is_here else ahead_of(self.line, entry)

    @property
    def by_token(self) -> Mapping[int, QueueEntry]:
        """Token id → live entry."""
        return self.order.by_token

    @cached_property
    def sent(self) -> tuple[QueueEntry, ...]:
        """Whoever was sent here and goes back to the room that sent them."""
        return tuple(entry for entry in self.entries if entry.return_to is not None)

    @cached_property
    def now_serving(self) -> tuple[str, ...]:
        """The numbers called last whose patients are in a room or on the way to it, at most three, newest last."""
        in_rooms = (entry for entry in self.order.others if entry.state in IN_ROOM)
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
