"""What the clinic is: its settings, departments and rooms."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from queue_server.storage.tables import naming  # noqa: F401  (the naming convention must be set before any table)


class SettingRow(SQLModel, table=True):
    """One clinic setting: name, time_zone, roll_over, languages, phone_region."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True, max_length=64)
    value: Any = Field(sa_column=Column(JSON, nullable=False))


class DepartmentRow(SQLModel, table=True):
    """A service with its own queue. `names` maps language → name; `credits` maps priority → minutes.

    `hours` are as in `domain.opening.parse_hours`, null for always; `daily_quota` is null for no limit.
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


class RoomRow(SQLModel, table=True):
    """Where a token is called to; it belongs to one department."""

    __tablename__ = "room"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=12)
    department_id: int = Field(foreign_key="department.id", index=True)
