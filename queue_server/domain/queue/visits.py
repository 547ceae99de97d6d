"""A token's whole day at the clinic, as other software wants to know it: every stay, and every state with its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from queue_server.domain.queue.tokens import FINAL, Priority, State


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in a department's queue."""

    id: int
    token_id: int
    department_id: int
    room_id: int | None
    doctor_id: int | None
    state: State
    priority: Priority
    joined_at: datetime
    called_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    is_here: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """A stay of the token came into this state; `is_here` says whether its holder was in the clinic."""

    at: datetime
    state: State
    is_here: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """One token; its stays and moments in order, of each at least one."""

    id: int
    number: str
    service_day: date
    patient_id: int | None
    stays: tuple[Stay, ...]
    moments: tuple[Moment, ...]

    @property
    def state(self) -> State:
        """Where the token stands."""
        return self.stays[-1].state

    @property
    def changed_at(self) -> datetime:
        """When something last happened to it."""
        return self.moments[-1].at

    @property
    def ended_at(self) -> datetime | None:
        """When it was over; none while it is not."""
        return self.stays[-1].finished_at if self.state in FINAL else None


@dataclass(frozen=True, slots=True)
class VisitQuery:
    """Which visits, or stays, are wanted; what is left out does not matter.

    `first` and `last` are service days, included; `since` and `until` bound the moment of the last change. `is_here`:
    of those who wait, only who is in the clinic, or only who is not.
    """

    ids: tuple[int, ...] = ()
    patient_id: int | None = None
    states: frozenset[State] | None = None
    is_here: bool | None = None
    first: date | None = None
    last: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0
    limit: int = 100
