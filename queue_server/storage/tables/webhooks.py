"""Webhooks of other programs, and what became of their deliveries."""

from datetime import datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from queue_server.domain.programs.webhooks import DeliveryState, WebhookState
from queue_server.storage.tables import naming  # noqa: F401
from queue_server.storage.tables.columns import UTCDateTime, words


class WebhookRow(SQLModel, table=True):
    """One subscription. `position` is the number of the last journal line that is done with; `tries` counts those of
    the next. One process at a time serves it, until `leased_until`; `version` grows when somebody changes it.
    """

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True)
    program_id: int = Field(foreign_key="api_key.id", index=True)
    url: str = Field(max_length=500)
    events: list[str] = Field(sa_column=Column(JSON, nullable=False))
    secret: str = Field(max_length=64)
    state: WebhookState = Field(sa_type=words(WebhookState))
    position: int
    tries: int = 0
    failing_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reason: str | None = Field(default=None, max_length=200)
    due_at: datetime = Field(sa_type=UTCDateTime)
    leased_until: datetime = Field(sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    version: int = 1


class DeliveryRow(SQLModel, table=True):
    """What became of one journal line at one webhook."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("webhook_id", "event"),)

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id", index=True)
    event: int
    topic: str = Field(max_length=32)
    state: DeliveryState = Field(sa_type=words(DeliveryState))
    tries: int
    status: int | None = None
    reason: str | None = Field(default=None, max_length=200)
    took_ms: int | None = None
    at: datetime = Field(sa_type=UTCDateTime, index=True)
