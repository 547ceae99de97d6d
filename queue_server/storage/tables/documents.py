"""Documents, their encrypted content, and who read whose records."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from queue_server.domain.records.documents import DocumentKind
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class ContentRow(SQLModel, table=True):
    """One encrypted content: its wrapped key, and which master key opens that. Without a document it is staged.

    `size` counts plain bytes; `chunks` is 0 until the content is whole.
    """

    __tablename__ = "content"

    id: str = Field(primary_key=True, max_length=32)
    key_id: str = Field(max_length=32, index=True)
    wrapped_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    size: int = 0
    chunks: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)


class ContentChunkRow(SQLModel, table=True):
    """One encrypted chunk; `position` counts from 0."""

    __tablename__ = "content_chunk"

    content_id: str = Field(primary_key=True, foreign_key="content.id", max_length=32)
    position: int = Field(primary_key=True)
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DocumentRow(SQLModel, table=True):
    """A document of a token. `label` (name and hashes, JSON) is encrypted under the content's key.

    A removed document keeps its row, so that what was there and why it went stays known; label and content are gone.
    `damaged_at` is when it was first found not to open.
    """

    __tablename__ = "document"

    id: int | None = Field(default=None, primary_key=True)
    token_id: int = Field(foreign_key="token.id", index=True)
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    kind: DocumentKind = Field(sa_type=words(DocumentKind))
    media_type: str = Field(max_length=40)
    size: int
    label: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    content_id: str | None = Field(default=None, foreign_key="content.id", unique=True, max_length=32)
    by: str = Field(max_length=64)
    is_upload: bool = False
    added_at: datetime = Field(sa_type=UTCDateTime, index=True)
    replaces: int | None = Field(default=None, foreign_key="document.id")
    damaged_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    removed_because: str | None = Field(default=None, max_length=40)


class AccessLogRow(SQLModel, table=True):
    """Somebody looked at a patient's records. `what`: history, document, export, or reason (an admin said why).

    `reader` is as the journal writes it (`doctor:3`, `patient:7`).
    """

    __tablename__ = "record_read"

    id: int | None = Field(default=None, primary_key=True)
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    token_id: int | None = Field(default=None, foreign_key="token.id")
    document_id: int | None = Field(default=None, foreign_key="document.id")
    what: str = Field(max_length=16)
    reader: str = Field(max_length=64)
    reason: str | None = Field(default=None, max_length=200)
    at: datetime = Field(sa_type=UTCDateTime, index=True)
