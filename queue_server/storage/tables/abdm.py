"""Who came by ABDM's Scan and Register, and what became of each share."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from queue_server.domain.programs.abdm import ShareState
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class AbhaRow(SQLModel, table=True):
    """An ABHA address and whose it is; a person may have several. `address` is folded (`Profile.key`).

    `number` has 14 digits, `phone` is as the app spelled it; both are what was shared last.
    """

    __tablename__ = "abha"

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True, max_length=120)
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    number: str | None = Field(default=None, max_length=14)
    phone: str | None = Field(default=None, max_length=40)
    shared_at: datetime = Field(sa_type=UTCDateTime)


class AbdmShareRow(SQLModel, table=True):
    """One share, by the REQUEST-ID that the gateway repeats. `code` says why it was refused or not heard."""

    __tablename__ = "abdm_share"

    id: int | None = Field(default=None, primary_key=True)
    request_id: str = Field(unique=True, max_length=64)
    received_at: datetime = Field(sa_type=UTCDateTime, index=True)
    counter: str = Field(max_length=20)
    state: ShareState = Field(sa_type=words(ShareState))
    token_id: int | None = Field(default=None, foreign_key="token.id", index=True)
    code: str | None = Field(default=None, max_length=80)
    took_ms: int | None = None
