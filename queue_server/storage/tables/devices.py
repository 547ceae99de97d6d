"""Enrolled machines, keys of other programs, and print jobs."""

from datetime import datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.keepers import TaskKind
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class DeviceRow(SQLModel, table=True):
    """A kiosk, display or print agent. `place` ties a kiosk to its printer, and names a display's board.

    `sound` is why a display is heard or silent (`domain.devices.devices.Sounding`), empty while it has not said.
    """

    __tablename__ = "device"

    id: int | None = Field(default=None, primary_key=True)
    kind: DeviceKind = Field(sa_type=words(DeviceKind))
    name: str = Field(max_length=64)
    place: str = Field(max_length=64)
    key_hash: str = Field(unique=True, max_length=64)
    is_revoked: bool = False
    seen_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    printer: str = Field(default="unknown", max_length=16)
    sound: str = Field(default="", max_length=16, sa_column_kwargs={"server_default": ""})
    sound_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    screen_from_mm: int | None = None
    screen_high_mm: int | None = None


class EnrolmentRow(SQLModel, table=True):
    """A code that makes one device; it is valid for minutes and used once."""

    __tablename__ = "enrolment"

    code_hash: str = Field(primary_key=True, max_length=64)
    kind: DeviceKind = Field(sa_type=words(DeviceKind))
    name: str = Field(max_length=64)
    place: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class ApiKeyRow(SQLModel, table=True):
    """A key of another program. Only its hash is kept; `scopes`: see `domain.access.scopes`, `["*"]` for all."""

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=64)
    key_hash: str = Field(unique=True, max_length=64)
    is_revoked: bool = False
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class PrintJobRow(SQLModel, table=True):
    """One print at a place: a slip, or with `record_id` the medicines of that prescription.

    `copy_number` counts from 1, more than 1 is a reprint. A test slip belongs to no token.
    """

    __tablename__ = "print_job"

    id: int | None = Field(default=None, primary_key=True)
    token_id: int | None = Field(default=None, foreign_key="token.id", index=True)
    place: str = Field(max_length=64, index=True)
    copy_number: int = 1
    record_id: int | None = Field(default=None, foreign_key="record.id")
    state: PrintState = Field(sa_type=words(PrintState))
    reason: str | None = Field(default=None, max_length=200)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class KeeperRow(SQLModel, table=True):
    """What gives out numbers on a kiosk's machine while the server is away; see `domain.devices.keepers.Keeper`.

    `store` names its database: a new one on the same device has letters of its own, for it knows no numbers.
    """

    __tablename__ = "keeper"

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id", index=True)
    store: str = Field(unique=True, max_length=32)
    series: str = Field(unique=True, max_length=4)
    heard_at: datetime = Field(sa_type=UTCDateTime)
    waiting: int = 0
    clock_off_s: float | None = None


class KeptNumberRow(SQLModel, table=True):
    """A number that a keeper has handed in, so that it is taken once. Without a token there was no such department."""

    __tablename__ = "kept_number"
    __table_args__ = (UniqueConstraint("token_id"),)

    keeper_id: int = Field(foreign_key="keeper.id", primary_key=True)
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    token_id: int | None = Field(default=None, foreign_key="token.id")


class DeskTaskRow(SQLModel, table=True):
    """Something that the desk should look at; see `domain.devices.keepers.DeskTask`. `done_at`: when it was seen to."""

    __tablename__ = "desk_task"

    id: int | None = Field(default=None, primary_key=True)
    kind: TaskKind = Field(sa_type=words(TaskKind))
    number: str = Field(max_length=16)
    token_id: int | None = Field(default=None, foreign_key="token.id")
    device: str = Field(max_length=64)
    at: datetime = Field(sa_type=UTCDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
