"""What the clinic is: its settings, departments and rooms."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, false
from sqlmodel import Field, SQLModel

from queue_server.storage.tables import naming  # noqa: F401  (the naming convention must be set before any table)


class SettingRow(SQLModel, table=True):
    """A setting of the clinic, such as name, time_zone, languages, abha_code, abdm_sms; or the slip_secret."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True, max_length=64)
    value: Any = Field(sa_column=Column(JSON, nullable=False))


class DepartmentRow(SQLModel, table=True):
    """A service with its own queue. `names` maps language → name; `credits` maps priority → minutes.

    `hours` are as `domain.clinic.opening_hours.parse_hours` reads them, null for always; `daily_quota` is null for no
    limit. A removed one stays for its history, and keeps its code and prefix. `private_names` are shown on displays in
    place of `names`.
    """

    __tablename__ = "department"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=12)
    prefix: str = Field(unique=True, max_length=4)
    names: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    icon: str = Field(max_length=32)
    colour: str = Field(max_length=16)
    position: int = 0
    is_open: bool = True
    return_after: int = 3
    credits: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    pace_s: int = 180
    hours: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    daily_quota: int | None = None
    private_names: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    must_arrive: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    place_kept_min: int = Field(default=15, sa_column_kwargs={"server_default": "15"})
    is_removed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class RoomRow(SQLModel, table=True):
    """Where a token is called to; it belongs to one department. A removed one stays for its history.

    `names` maps language → name; it is empty where the code is enough.
    """

    __tablename__ = "room"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=12)
    names: dict[str, str] = Field(sa_column=Column(JSON, nullable=False, server_default="{}"))
    department_id: int = Field(foreign_key="department.id", index=True)
    is_removed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class HolidayRow(SQLModel, table=True):
    """A day on which a department, or every department, gives out no numbers."""

    __tablename__ = "holiday"

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(index=True)
    name: str = Field(max_length=80)
    department_id: int | None = Field(default=None, foreign_key="department.id")


class ShiftRow(SQLModel, table=True):
    """A line of the duty roster: on this weekday (Monday is 0) the doctor is expected in the room; times as "09:00"."""

    __tablename__ = "shift"

    id: int | None = Field(default=None, primary_key=True)
    doctor_id: int = Field(foreign_key="staff.id", index=True)
    room_id: int = Field(foreign_key="room.id")
    weekday: int
    begins: str = Field(max_length=5)
    ends: str = Field(max_length=5)


class BoardRow(SQLModel, table=True):
    """A board and how it looks and sounds: a `domain.clinic.configuration.DisplayPlan` without its name."""

    __tablename__ = "board"

    name: str = Field(primary_key=True, max_length=32)
    look: Any = Field(sa_column=Column(JSON, nullable=False))
