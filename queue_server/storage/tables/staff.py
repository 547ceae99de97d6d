"""Who works here, and their logins."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary
from sqlmodel import Field, SQLModel

from queue_server.domain.access.roles import Base
from queue_server.domain.people.staff import Role
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class StaffRoleRow(SQLModel, table=True):
    """A role of the clinic's own: the words of its rights (`domain.access.roles`), and the codes of its departments."""

    __tablename__ = "staff_role"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=40)
    base: Base = Field(sa_type=words(Base))
    rights: Any = Field(sa_column=Column(JSON, nullable=False))
    departments: Any = Field(sa_column=Column(JSON, nullable=False))


class StaffRow(SQLModel, table=True):
    """An account. `password_hash` is bcrypt over a pre-hash; `name` is what boards and consoles show.

    A doctor's prescriptions bear `qualification` and `registration`. `unlock_hash` is that of the short PIN that opens
    a locked screen, if there is one. With a `role_id` that role says what the person may do, and `role` is its base.
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
    role_id: int | None = Field(default=None, foreign_key="staff_role.id", index=True)


class SessionRow(SQLModel, table=True):
    """A browser's login. Only the hash of the secret in the cookie is kept; `browser` is its make, in words.

    With `needs_code` the password was right and the second factor is still asked for. `by_provider`: a login provider
    has said who it is; `is_strong`: it has asked for more than a password.
    """

    __tablename__ = "session"

    secret_hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    browser: str = Field(default="", max_length=64)
    is_locked: bool = False
    needs_code: bool = False
    by_provider: bool = False
    is_strong: bool = False


class StaffBrowserRow(SQLModel, table=True):
    """A browser in which a member of staff has logged in before; strangers' wrong passwords do not slow it down.

    Until `remembered_until` the password is enough there.
    """

    __tablename__ = "staff_browser"

    secret_hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    at: datetime = Field(sa_type=UTCDateTime)
    remembered_until: datetime | None = Field(default=None, sa_type=UTCDateTime)


class StaffFactorRow(SQLModel, table=True):
    """The second factor of an account, asked for once it is confirmed.

    `wrapped` is the secret under a master key of the documents. `drift` counts steps of half a minute.
    """

    __tablename__ = "staff_factor"

    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    key_id: str = Field(max_length=32)
    wrapped: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    drift: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class UsedCodeRow(SQLModel, table=True):
    """A code that has been used, by its step: it opens nothing a second time."""

    __tablename__ = "used_code"

    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    step: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)


class RecoveryCodeRow(SQLModel, table=True):
    """A recovery code that has not been used. Only its hash is kept."""

    __tablename__ = "recovery_code"

    code_hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)


class StaffIdentityRow(SQLModel, table=True):
    """How a login provider knows an account: its issuer, and its own name for the person, which never changes.

    `is_managed`: the provider has made the account, and its groups say which role it has.
    """

    __tablename__ = "staff_identity"

    issuer: str = Field(primary_key=True, max_length=255)
    subject: str = Field(primary_key=True, max_length=255)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    is_managed: bool = False
    at: datetime = Field(sa_type=UTCDateTime)
