"""Patients: their phone accounts, consents, logins, and wrong PINs."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from queue_server.domain.people.patients import Sex
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, in_code_order, words


class PhoneAccountRow(SQLModel, table=True):
    """One phone number with its PIN; the patients who share the phone belong to it. `phone` is E.164."""

    __tablename__ = "phone_account"

    id: int | None = Field(default=None, primary_key=True)
    phone: str = Field(unique=True, max_length=20)
    pin_hash: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)


class PatientRow(SQLModel, table=True):
    """A registered person. Erased ones keep their id, so that tokens still point somewhere, and nothing else.

    Of one with `merged_into` everything is that other record's; the journal's older lines still name this one.

    `folded_name` is the name as it is looked for (see `domain.people.folding`).
    """

    __tablename__ = "patient"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int | None = Field(default=None, foreign_key="phone_account.id", index=True)
    name: str = Field(max_length=120)
    folded_name: str = Field(default="", sa_type=in_code_order(), sa_column_kwargs={"server_default": ""})
    birth_year: int | None = None
    sex: Sex = Field(sa_type=words(Sex))
    language: str = Field(max_length=8)
    created_at: datetime = Field(sa_type=UTCDateTime)
    is_erased: bool = False
    merged_into: int | None = Field(default=None, foreign_key="patient.id", index=True)


class ConsentRow(SQLModel, table=True):
    """Which text a patient agreed to, in which language, when, and through which face."""

    __tablename__ = "consent"

    id: int | None = Field(default=None, primary_key=True)
    patient_id: int = Field(foreign_key="patient.id", index=True)
    version: str = Field(max_length=16)
    language: str = Field(max_length=8)
    channel: str = Field(max_length=16)
    at: datetime = Field(sa_type=UTCDateTime)


class PatientSessionRow(SQLModel, table=True):
    """A phone's login, with the patient who was chosen. Only the hash of the secret in the cookie is kept."""

    __tablename__ = "patient_session"

    secret_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="phone_account.id", index=True)
    patient_id: int | None = Field(default=None, foreign_key="patient.id")
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    browser: str = Field(default="", max_length=64)


class KnownBrowserRow(SQLModel, table=True):
    """A browser in which the phone's owner has logged in before; strangers' wrong PINs do not slow it down."""

    __tablename__ = "known_browser"

    secret_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="phone_account.id", index=True)
    at: datetime = Field(sa_type=UTCDateTime)


class AttachCodeRow(SQLModel, table=True):
    """What a patient's phone shows to say whose a token is: good for minutes, and once. Only its hash is kept."""

    __tablename__ = "attach_code"

    code_hash: str = Field(primary_key=True, max_length=64)
    patient_id: int = Field(foreign_key="patient.id", index=True)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class PinAttemptRow(SQLModel, table=True):
    """How many PINs in a row were wrong for a phone number, registered or not, or in a known browser."""

    __tablename__ = "pin_try"

    scope: str = Field(primary_key=True, max_length=80)
    failures: int
    failed_at: datetime = Field(sa_type=UTCDateTime, index=True)


class ResetCodeRow(SQLModel, table=True):
    """A code that was sent to a phone number, registered or not, and sets a new PIN once."""

    __tablename__ = "reset_code"

    scope: str = Field(primary_key=True, max_length=80)
    code_hash: str = Field(max_length=80)
    failures: int = 0
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
