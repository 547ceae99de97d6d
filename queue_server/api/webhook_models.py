"""What programs send and are sent about their webhooks."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from queue_server.domain.programs.webhooks import LONGEST_URL, DeliveryState, Topic, WebhookState
from queue_server.domain.queue.tokens import Priority, State
from queue_server.web.bodies import LARGEST_NUMBER, Body

#: What `domain.programs.webhooks.target` refuses besides: private networks, and http to the world outside.
_ABOUT_URL = (
    "https:// on the public internet, without a login and without a fragment; networks that QUEUE_WEBHOOK_NETWORKS "
    "names may be private, and reached by http:// too"
)
_SCHEMA_OF_URL = {"format": "uri", "pattern": r"^https?://[^\s/@?#]+([/?][^\s#]*)?$"}
Url = Annotated[
    str, Field(min_length=8, max_length=LONGEST_URL, description=_ABOUT_URL, json_schema_extra=_SCHEMA_OF_URL)
]
Events = Annotated[list[Topic], Field(min_length=1, max_length=len(Topic))]
Position = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]


class NewWebhook(Body, str_max_length=LONGEST_URL):
    """A webhook to add. `after`: the number of the event to begin behind; left out, what happens from now on."""

    url: Url
    events: Events
    after: Position | None = None


class WebhookChange(Body, str_max_length=LONGEST_URL):
    """What changes; what is left out stays. `is_active` true also tries a stopped webhook again."""

    url: Url | None = None
    events: Events | None = None
    is_active: bool | None = None


class Replay(Body):
    """Where to begin again: everything after this event number is sent."""

    after: Position


class WebhookView(BaseModel):
    """A webhook: its place in the journal, and why it fails, if it does."""

    id: int
    url: str
    events: list[Topic]
    state: WebhookState
    position: int = Field(description="the number of the last event that is done with")
    tries: int = Field(description="failed tries of the next event")
    reason: str | None = Field(description="why the last try failed")
    failing_since: str | None
    created_at: str


class AddedWebhook(WebhookView):
    """A webhook with its secret, which is told only now."""

    secret: str


class Webhooks(BaseModel):
    """A page of webhooks."""

    webhooks: list[WebhookView]
    next: int | None


class DeliveryView(BaseModel):
    """What became of one event at a webhook."""

    id: int
    event: int
    type: str
    state: DeliveryState
    tries: int
    status: int | None = Field(description="the HTTP status of the last answer, if there was one")
    reason: str | None
    took_ms: int | None
    at: str


class Deliveries(BaseModel):
    """A page of deliveries."""

    deliveries: list[DeliveryView]
    next: int | None


class MessageData(BaseModel):
    """What an event is about; what does not apply is left out."""

    token: int | None
    department: str | None
    number: str | None = None
    state: State | None = Field(None, description="of the token's stay, after the event")
    priority: Priority | None = None
    room: str | None = None
    is_recall: bool | None = Field(None, description="true when a patient who was called is announced again")
    undone: str | None = Field(None, description="the action that was taken back")
    document: int | None = None
    kind: str | None = Field(None, description="the document's kind")
    patient: int | None = None


class WebhookMessage(BaseModel):
    """What is posted to a webhook. `id` is the event's number in the journal."""

    id: int
    type: Topic
    at: str
    data: MessageData
