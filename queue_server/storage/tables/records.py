"""Prescriptions and certificates: drafts, what was signed, and what makes writing them quick."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from queue_server.domain.records.records import CertificateKind, RecordKind
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class RecordRow(SQLModel, table=True):
    """One version of a prescription or certificate: a draft until `signed_at`, and never changed afterwards.

    The content is what the doctor typed; an erased one has none. `edit` grows with every saving of the draft.
    `series_id` is the first version's id. A doctor has one draft of a kind for a token. `key` ends the link that
    verifies the paper; `bears_name` says of a signed one whether it names its patient (null: not known).
    """

    __tablename__ = "record"
    __table_args__ = (
        Index(
            "ix_record_draft",
            "token_id",
            "doctor_id",
            "kind",
            unique=True,
            sqlite_where=text("signed_at IS NULL"),
            postgresql_where=text("signed_at IS NULL"),
        ),
        UniqueConstraint("series_id", "version"),
        UniqueConstraint("number", "version"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: RecordKind = Field(sa_type=words(RecordKind))
    token_id: int = Field(foreign_key="token.id", index=True)
    doctor_id: int = Field(foreign_key="staff.id")
    content_id: str | None = Field(default=None, foreign_key="content.id", unique=True, max_length=32)
    edit: int = 1
    saved_at: datetime = Field(sa_type=UTCDateTime)
    corrects_id: int | None = Field(default=None, foreign_key="record.id")
    series_id: int | None = None
    version: int = 1
    signed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    key: str | None = Field(default=None, unique=True, max_length=32)
    number: str | None = Field(default=None, max_length=24)
    document_id: int | None = Field(default=None, foreign_key="document.id")
    bears_name: bool | None = None


class CertificateCounterRow(SQLModel, table=True):
    """How many certificates a year has; the row is locked while one is signed, so that no number is left out."""

    __tablename__ = "certificate_counter"

    year: int = Field(primary_key=True)
    value: int


class WordingRow(SQLModel, table=True):
    """The clinic's own wording of a certificate in one language; without a row the built-in one counts."""

    __tablename__ = "wording"

    kind: CertificateKind = Field(sa_type=words(CertificateKind), primary_key=True)
    language: str = Field(primary_key=True, max_length=8)
    title: str = Field(max_length=80)
    text: str = Field(sa_column=Column(Text, nullable=False))


class FavouriteRow(SQLModel, table=True):
    """A line that a doctor prescribes often; `line` holds the fields of `domain.records.prescribing.TypedLine`."""

    __tablename__ = "favourite"

    id: int | None = Field(default=None, primary_key=True)
    doctor_id: int = Field(foreign_key="staff.id", index=True)
    line: Any = Field(sa_column=Column(JSON, nullable=False))


class RegimenRow(SQLModel, table=True):
    """A doctor's usual prescription for a diagnosis; `content` holds lines and note."""

    __tablename__ = "regimen"
    __table_args__ = (UniqueConstraint("doctor_id", "diagnosis"),)

    id: int | None = Field(default=None, primary_key=True)
    doctor_id: int = Field(foreign_key="staff.id", index=True)
    diagnosis: str = Field(max_length=80)
    content: Any = Field(sa_column=Column(JSON, nullable=False))


class MedicineRow(SQLModel, table=True):
    """A medicine that the clinic has added to the built-in list."""

    __tablename__ = "medicine"
    __table_args__ = (UniqueConstraint("generic", "form", "strength"),)

    id: int | None = Field(default=None, primary_key=True)
    generic: str = Field(max_length=80)
    form: str = Field(max_length=40)
    strength: str = Field(max_length=40)
