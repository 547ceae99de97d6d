"""What past days amounted to, kept so that years can be looked at in a moment; and when machines did not work."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime


class TallyRow(SQLModel, table=True):
    """One `domain.analytics.tallies.Tally` of a department; `grain` is day, month or year, `start` its first day.

    `waits`, `consultations` and `errors` are sketches (`domain.analytics.quantile_sketch.to_numbers`), null where a
    part does not keep them; `longest` holds `[seconds, token, number, day]`.
    """

    __tablename__ = "tally"

    grain: str = Field(primary_key=True, max_length=8)
    start: date = Field(primary_key=True)
    department_id: int = Field(primary_key=True)
    part: str = Field(primary_key=True, max_length=8)
    which: str = Field(primary_key=True, max_length=16)
    joined: int
    attended: int
    transferred: int
    cancelled: int
    no_show: int
    expired: int
    returned: int
    promised: int
    inside: int
    error_s: float
    later: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    later_inside: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    alerted: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    alerted_in_time: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    waits: Any = Field(sa_column=Column(JSON, nullable=False))
    consultations: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    errors: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    longest: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))


class SlipTallyRow(SQLModel, table=True):
    """What became of the slips of one service day at one place."""

    __tablename__ = "slip_tally"

    day: date = Field(primary_key=True)
    place: str = Field(primary_key=True, max_length=64)
    state: str = Field(primary_key=True, max_length=16)
    count: int


class TallyProgressRow(SQLModel, table=True):
    """How far the tallies reach: the last service day, and the last journal line that they have taken into account."""

    __tablename__ = "tallied"

    id: int = Field(primary_key=True)
    until: date | None = None
    event_number: int = 0


class FaultRow(SQLModel, table=True):
    """A time in which a machine did not work; `ended_at` is null while it lasts."""

    __tablename__ = "fault"

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id", index=True)
    state: str = Field(max_length=16)
    began_at: datetime = Field(sa_type=UTCDateTime, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
