"""The clinic's own voice."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime


class VoiceClipRow(SQLModel, table=True):
    """A word that somebody of the clinic has read: a WAV file, and its SHA-256 in hex."""

    __tablename__ = "voice_clip"

    language: str = Field(primary_key=True, max_length=8)
    word: str = Field(primary_key=True, max_length=200)
    content: bytes
    digest: str = Field(max_length=64)
    recorded_at: datetime = Field(sa_type=UTCDateTime)
