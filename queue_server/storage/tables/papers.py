"""Papers that were signed, for whoever verifies one; and the clinic's pictures."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime


class PaperRow(SQLModel, table=True):
    """What is remembered of a signed paper. Nothing here is personal, so it outlives the patient's records."""

    __tablename__ = "paper"

    key: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=32)
    version: int
    issued_at: datetime = Field(sa_type=UTCDateTime)
    clinic: str = Field(max_length=120)
    content_hash: str = Field(max_length=64)
    file_hash: str = Field(max_length=64)
    replaced_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class PictureRow(SQLModel, table=True):
    """A picture of the clinic's own, as it was re-encoded: the logo on letters, the logo on slips."""

    __tablename__ = "picture"

    name: str = Field(primary_key=True, max_length=32)
    content: bytes
    changed_at: datetime = Field(sa_type=UTCDateTime)
