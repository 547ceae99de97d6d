"""Who works here, and their logins."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from queue_server.domain.people.staff import Role
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class StaffRow(SQLModel, table=True):
    """An account. `password_hash` is bcrypt over a pre-hash; `name` is what boards and consoles show.

    A doctor's prescriptions bear `qualification` and `registration`. `unlock_hash` is that of the short PIN that opens
    a locked screen, if there is one.
    """

    __tablename__ = "staff"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, max_length=64)
    password_hash: str = Field(max_length=80)
    role: Role = Field(sa_type=words(Role))
    name: str = Field(max_length=120)
    is_active: bool = True
    must_change: bool = False
    qualification: str = Field(default="", max_length=120)
    registration: str = Field(default="", max_length=64)
    unlock_hash: str | None = Field(default=None, max_length=80)


class SessionRow(SQLModel, table=True):
    """A browser's login. Only the hash of the secret in the cookie is kept; `browser` is its make, in words."""

    __tablename__ = "session"

    secret_hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    browser: str = Field(default="", max_length=64)
    is_locked: bool = False


class StaffBrowserRow(SQLModel, table=True):
    """A browser in which a member of staff has logged in before; strangers' wrong passwords do not slow it down."""

    __tablename__ = "staff_browser"

    secret_hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    at: datetime = Field(sa_type=UTCDateTime)
