"""The journal, the answers to repeated requests, and the revisions of what is shown."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime


class EventRow(SQLModel, table=True):
    """One journal line. `number` and `hash` are null until the line is sealed."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_department_id_id", "department_id", "id"),
        Index("ix_event_unsealed", "id", sqlite_where=text("number IS NULL"), postgresql_where=text("number IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=32)
    at: datetime = Field(sa_type=UTCDateTime)
    actor: str = Field(max_length=64)
    token_id: int | None = Field(default=None, index=True)
    department_id: int | None = None
    data: Any = Field(sa_column=Column(JSON, nullable=False))
    number: int | None = Field(default=None, unique=True)
    hash: str | None = Field(default=None, max_length=64)


class AnswerRow(SQLModel, table=True):
    """The first answer to a request with an Idempotency-Key, kept in the transaction of its effect."""

    __tablename__ = "answer"

    scope: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=128)
    fingerprint: str = Field(max_length=64)
    body: Any = Field(default=None, sa_column=Column(JSON, nullable=True))
    at: datetime = Field(sa_type=UTCDateTime, index=True)


class RevisionRow(SQLModel, table=True):
    """How often a source (see `queue_server.sources`) has changed."""

    __tablename__ = "revision"

    source: str = Field(primary_key=True, max_length=64)
    rev: int
