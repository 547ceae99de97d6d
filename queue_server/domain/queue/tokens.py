"""The nouns of the queue: who waits where, in which state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class State(StrEnum):
    """Where one stay in a department's queue stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    MISSED = "missed"
    ATTENDED = "attended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"


#: States in which a stay is over and no action but undo applies.
FINAL = frozenset({State.ATTENDED, State.EXPIRED, State.CANCELLED, State.TRANSFERRED})
LIVE = frozenset(State) - FINAL
#: States in which the patient is on the way to a room, or in it.
IN_ROOM = frozenset({State.CALLED, State.SERVING})
#: States in which the patient sits and watches which numbers are called.
WATCHING = frozenset({State.WAITING, State.HELD, State.MISSED, State.TRANSFERRED})


class Action(StrEnum):
    """What can be done to a stay; each leaves one journal event of the same name."""

    ISSUE = "issue"
    ARRIVE = "arrive"
    CALL = "call"
    RECALL = "recall"
    START = "start"
    ATTEND = "attend"
    MISS = "miss"
    REQUEUE = "requeue"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    EXPIRE = "expire"
    UNDO = "undo"


class Priority(StrEnum):
    """How much earlier than by arrival somebody may be called."""

    NORMAL = "normal"
    ASSISTED = "assisted"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class DutyState(StrEnum):
    """What a doctor's session in a room is doing."""

    EXPECTED = "expected"
    ON_DUTY = "on_duty"
    ON_BREAK = "on_break"
    OFF_DUTY = "off_duty"


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in the order: emergencies first, then `at`, then `sequence`, then `after`.

    `at` is the joining time less the credit of the priority. `sequence` is the joining order and breaks ties.
    `after` is 0, or a growing number for somebody who was placed right behind the entry with the same `at` and
    `sequence` (a missed patient who came back).
    """

    is_emergency: bool
    at: datetime
    sequence: int
    after: int = 0
    #: Smaller comes earlier. Kept, because whole lines are sorted by it at every press.
    key: tuple[bool, datetime, int, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (not self.is_emergency, self.at, self.sequence, self.after))


@dataclass(frozen=True, slots=True)
class Token:
    """A token's own facts; its state is its newest entry's."""

    id: int
    key: str
    number: str
    department_id: int
    service_day: date
    language: str
    issued_at: datetime
    ahead_at_issue: int


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One stay of a token in one department's queue. Holds the state; times are aware UTC."""

    id: int
    token_id: int
    number: str
    department_id: int
    state: State
    priority: Priority
    rank: Rank
    joined_at: datetime
    priority_reason: str | None = None
    room_id: int | None = None
    doctor_id: int | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    calls: int = 0
    returns: int = 0
    #: The department that transferred the token here.
    came_from: int | None = None
    #: The room to which the token goes back when this stay is attended.
    return_to: int | None = None
    #: Only this doctor may be given the entry by "call next"; none: any doctor of the department.
    for_doctor_id: int | None = None
    #: The last call chose this entry though another one was next.
    is_chosen: bool = False
    #: The patient is in the clinic. A number that was taken elsewhere may have to say so before it is called.
    is_here: bool = True
    #: When that was said; none for who never had to.
    arrived_at: datetime | None = None
    #: When somebody who stands behind was called in turn, because the patient was not here; it stays so afterwards.
    passed_at: datetime | None = None

    @property
    def here_since(self) -> datetime:
        """Since when the patient has waited in the clinic, of somebody who is here."""
        return self.arrived_at or self.joined_at


@dataclass(frozen=True, slots=True)
class FinishedToken:
    """A token whose day at the clinic is over."""

    token_id: int
    number: str
    state: State
    priority: Priority
    doctor_id: int | None
    room_id: int | None
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token that was looked for, and the patient's name if it has one."""

    token_id: int
    number: str
    day: date
    department_id: int
    patient_id: int | None
    name: str | None


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token of any day with its newest stay; `department_id` and `room_id` are that stay's."""

    id: int
    number: str
    service_day: date
    channel: str
    issued_at: datetime
    department_id: int
    room_id: int | None
    state: State
    priority: Priority
    called_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
