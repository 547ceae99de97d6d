"""The queue itself: tokens, their stays, calls, doctors on duty."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, false, true
from sqlmodel import Field, SQLModel

from queue_server.domain.queue.tokens import DutyState, Priority, State
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class CounterRow(SQLModel, table=True):
    """The last number that a department gave out on a service day; no row before the first."""

    __tablename__ = "counter"

    department_id: int = Field(foreign_key="department.id", primary_key=True)
    service_day: date = Field(primary_key=True)
    value: int


class TokenRow(SQLModel, table=True):
    """One attendance on one service day. `key` is the unguessable part of the phone page's link.

    A deleted token was a mistake: it stays for the journal's sake, and no page shows it.
    """

    __tablename__ = "token"
    __table_args__ = (UniqueConstraint("department_id", "service_day", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=32)
    department_id: int = Field(foreign_key="department.id")
    service_day: date = Field(index=True)
    number: str = Field(max_length=12)
    language: str = Field(max_length=8)
    channel: str = Field(max_length=16)
    issued_at: datetime = Field(sa_type=UTCDateTime)
    ahead_at_issue: int = 0
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    is_deleted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    deleted_because: str | None = Field(default=None, max_length=200)


class QueueEntryRow(SQLModel, table=True):
    """One stay of a token in one department's queue; see `domain.queue.tokens.QueueEntry` for the meaning.

    `rank_sequence` is null for the ordinary place, whose sequence is the row's own id. `version` grows with each
    change, so that an undo can tell whether somebody acted in between.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        # Whoever waits, by priority in order of their moments: one is called, and others are counted, by it alone.
        Index("ix_queue_entry_line", "department_id", "service_day", "state", "priority", "rank_at", "is_here"),
    )

    id: int | None = Field(default=None, primary_key=True)
    token_id: int = Field(foreign_key="token.id", index=True)
    department_id: int = Field(foreign_key="department.id")
    service_day: date
    state: State = Field(sa_type=words(State))
    priority: Priority = Field(sa_type=words(Priority))
    priority_reason: str | None = Field(default=None, max_length=200)
    joined_at: datetime = Field(sa_type=UTCDateTime)
    rank_at: datetime = Field(sa_type=UTCDateTime)
    rank_sequence: int | None = None
    rank_after: int = 0
    room_id: int | None = Field(default=None, foreign_key="room.id")
    doctor_id: int | None = Field(default=None, foreign_key="staff.id")
    called_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    calls: int = 0
    returns: int = 0
    came_from: int | None = Field(default=None, foreign_key="department.id")
    return_to: int | None = Field(default=None, foreign_key="room.id")
    for_doctor_id: int | None = Field(default=None, foreign_key="staff.id")
    is_chosen: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    is_here: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    arrived_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    passed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    version: int = 1


class CallRow(SQLModel, table=True):
    """One announcement. `id` is the growing call_id; a call that was undone is withdrawn and no longer shown."""

    __tablename__ = "call"
    __table_args__ = (Index("ix_call_department_id_at", "department_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="queue_entry.id", index=True)
    department_id: int = Field(foreign_key="department.id")
    number: str = Field(max_length=12)
    room: str = Field(max_length=12)
    at: datetime = Field(sa_type=UTCDateTime)
    is_recall: bool = False
    is_withdrawn: bool = False


class DutyRow(SQLModel, table=True):
    """A doctor's present session in a room; a doctor has at most one row, a room too."""

    __tablename__ = "duty"

    id: int | None = Field(default=None, primary_key=True)
    doctor_id: int = Field(foreign_key="staff.id", unique=True)
    room_id: int = Field(foreign_key="room.id", unique=True)
    state: DutyState = Field(sa_type=words(DutyState))
    reason: str | None = Field(default=None, max_length=120)
    back_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    since_at: datetime = Field(sa_type=UTCDateTime)


class UndoRow(SQLModel, table=True):
    """What the last action in a room changed: the entries as they were, and their versions afterwards."""

    __tablename__ = "undo"

    room_id: int = Field(foreign_key="room.id", primary_key=True)
    action: str = Field(max_length=16)
    number: str = Field(max_length=12)
    acted_at: datetime = Field(sa_type=UTCDateTime)
    before: Any = Field(sa_column=Column(JSON, nullable=False))


class PromiseRow(SQLModel, table=True):
    """The wait that was promised when an entry joined, kept beside what happened; `clues` is what it was made from.

    Of the ranges that its holder was shown `later`, so many came true (`later_inside`).
    """

    __tablename__ = "promise"

    entry_id: int = Field(primary_key=True)
    department_id: int = Field(foreign_key="department.id", index=True)
    promised_at: datetime = Field(sa_type=UTCDateTime)
    low_s: float
    likely_s: float
    high_s: float
    clues: Any = Field(sa_column=Column(JSON, nullable=False))
    later: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    later_inside: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class LearnedRow(SQLModel, table=True):
    """What a department has learned of its pace from the journal's lines up to `event_id`."""

    __tablename__ = "learned"

    department_id: int = Field(foreign_key="department.id", primary_key=True)
    event_id: int
    state: Any = Field(sa_column=Column(JSON, nullable=False))
