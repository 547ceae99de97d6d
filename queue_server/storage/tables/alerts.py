"""Alerts: who wants to be told how and where, and the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from queue_server.domain.alerts.alerts import Channel, MessageState
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class AlertPreferenceRow(SQLModel, table=True):
    """How a patient, or whoever holds a token, wants to be told: a `domain.alerts.alerts.AlertPreference`.

    Times are "HH:MM".
    """

    __tablename__ = "alert_wish"

    id: int | None = Field(default=None, primary_key=True)
    patient_id: int | None = Field(default=None, foreign_key="patient.id", unique=True)
    token_id: int | None = Field(default=None, foreign_key="token.id", unique=True)
    minutes: int = 10
    ahead: int | None = None
    quiet_from: str | None = Field(default=None, max_length=5)
    quiet_until: str | None = Field(default=None, max_length=5)


class AlertAddressRow(SQLModel, table=True):
    """One address to which a patient, or whoever holds a token, has agreed to be told; the row is the agreement.

    `refused_reason`: the gateway says that the address is none; it is used no more until it is given again.
    """

    __tablename__ = "alert_address"
    __table_args__ = (
        UniqueConstraint("patient_id", "channel", "address_hash"),
        UniqueConstraint("token_id", "channel", "address_hash"),
    )

    id: int | None = Field(default=None, primary_key=True)
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    token_id: int | None = Field(default=None, foreign_key="token.id", index=True)
    channel: Channel = Field(sa_type=words(Channel))
    address: str = Field(sa_type=Text)
    address_hash: str = Field(max_length=32)
    created_at: datetime = Field(sa_type=UTCDateTime)
    refused_reason: str | None = Field(default=None, max_length=200)


class OutboxRow(SQLModel, table=True):
    """One message to one address. `key` is its id for gateways; `cause` with channel and address makes it unique.

    `tries` also tells the holders of successive leases apart. `handed_at`: when a gateway was last given it. `data` is
    what its texts are made of; secrets in it are wiped when the message is done.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("cause", "channel", "address_hash"),
        Index("ix_outbox_state_due_at", "state", "due_at"),
        Index("ix_outbox_channel_handed_at", "channel", "handed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=32)
    cause: str = Field(max_length=100)
    channel: Channel = Field(sa_type=words(Channel))
    kind: str = Field(max_length=16)
    address: str = Field(sa_type=Text)
    address_hash: str = Field(max_length=32)
    language: str = Field(max_length=8)
    token_id: int | None = Field(default=None, foreign_key="token.id", index=True)
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    data: Any = Field(sa_column=Column(JSON, nullable=False))
    state: MessageState = Field(sa_type=words(MessageState))
    reason: str | None = Field(default=None, max_length=200)
    tries: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    due_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    handed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)
    provider_id: str | None = Field(default=None, max_length=200, index=True)
