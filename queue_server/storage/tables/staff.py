"""Who works here, and their logins."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class Role(StrEnum):
    """What a member of staff may do."""

    ADMIN = "admin"
    DOCTOR = "doctor"
    DESK = "desk"


class StaffRow(SQLModel, table=True):
    """An account. `password_hash` is bcrypt over a pre-hash; `name` is what boards and consoles show."""

    __tablename__ = "staff"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, max_length=64)
    password_hash: str = Field(max_length=80)
    role: Role = Field(sa_type=words(Role))
    name: str = Field(max_length=120)
    is_active: bool = True


class SessionRow(SQLModel, table=True):
    """A browser's login. Only the hash of the secret in the cookie is kept."""

    __tablename__ = "session"

    secret_hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
