"""Enrolled machines, keys of other programs, and print jobs."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class DeviceRow(SQLModel, table=True):
    """A kiosk, display or print agent. `place` ties a kiosk to its printer, and names a display's board."""

    __tablename__ = "device"

    id: int | None = Field(default=None, primary_key=True)
    kind: DeviceKind = Field(sa_type=words(DeviceKind))
    name: str = Field(max_length=64)
    place: str = Field(max_length=64)
    key_hash: str = Field(unique=True, max_length=64)
    is_revoked: bool = False
    seen_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    printer: str = Field(default="unknown", max_length=16)


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
    """One slip to print at a place; `copy` counts from 1, more than 1 is a reprint."""

    __tablename__ = "print_job"

    id: int | None = Field(default=None, primary_key=True)
    token_id: int = Field(foreign_key="token.id", index=True)
    place: str = Field(max_length=64, index=True)
    copy_number: int = 1
    state: PrintState = Field(sa_type=words(PrintState))
    reason: str | None = Field(default=None, max_length=200)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
