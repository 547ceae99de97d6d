"""What other programs are told of, how it is signed, and where it may go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from queue_server.domain.access.scopes import Scope
from queue_server.domain.errors import BadInput, NotAllowed
from queue_server.domain.queue.events import Event

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Topic(StrEnum):
    """What a webhook can be told of."""

    ISSUED = "token.issued"
    ARRIVED = "token.arrived"
    CALLED = "token.called"
    STARTED = "token.started"
    ATTENDED = "token.attended"
    MISSED = "token.missed"
    EXPIRED = "token.expired"
    CANCELLED = "token.cancelled"
    TRANSFERRED = "token.transferred"
    UNDONE = "token.undone"
    DOCUMENT = "document.added"


class WebhookState(StrEnum):
    """`active` is served; `paused` was halted by somebody; `stopped` was given up, and waits for somebody."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


class DeliveryState(StrEnum):
    """`retrying` comes again by itself; `given_up` does not."""

    DELIVERED = "delivered"
    RETRYING = "retrying"
    GIVEN_UP = "given_up"


#: The journal's kind → what programs are told.
TOPICS: Mapping[str, Topic] = {
    "issue": Topic.ISSUED,
    "arrive": Topic.ARRIVED,
    "call": Topic.CALLED,
    "recall": Topic.CALLED,
    "start": Topic.STARTED,
    "attend": Topic.ATTENDED,
    "miss": Topic.MISSED,
    "expire": Topic.EXPIRED,
    "cancel": Topic.CANCELLED,
    "transfer": Topic.TRANSFERRED,
    "undo": Topic.UNDONE,
    "document_added": Topic.DOCUMENT,
}

#: What of a journal line's data programs are told; nothing else leaves the clinic.
_TOLD = ("number", "state", "priority", "room", "undone", "document", "kind", "patient", "is_here")

#: A target that refuses an event (4xx) is asked so often; then the event is given up, and the next one follows.
REFUSALS = 4
#: A target that cannot be reached is tried for so long; then the webhook is stopped, and nothing is skipped.
UNREACHABLE_FOR = timedelta(hours=24)

LONGEST_URL = 500

_STANDARD = "whsec_"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One subscription: the events up to `position` have been told; the next try is due at `due_at`."""

    id: int
    program_id: int
    url: str
    topics: tuple[Topic, ...]
    secret: str
    state: WebhookState
    position: int
    tries: int
    failing_since: datetime | None
    reason: str | None
    due_at: datetime
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one event at a webhook; `took_ms` is how long the last try took."""

    id: int
    webhook_id: int
    event: int
    topic: str
    state: DeliveryState
    tries: int
    status: int | None
    reason: str | None
    took_ms: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """Where a webhook goes: `address` is set where the host is one already."""

    url: str
    scheme: str
    host: str
    port: int
    address: Address | None


def kinds_of(topics: Iterable[Topic]) -> list[str]:
    """The kinds of journal lines that these topics tell of."""
    wanted = set(topics)
    return [kind for kind, topic in TOPICS.items() if topic in wanted]


def scope_of(topic: Topic) -> Scope:
    """What a program's key needs to be told of this."""
    return Scope.DOCUMENTS_READ if topic is Topic.DOCUMENT else Scope.EVENTS_READ


def check_topics(words: Iterable[str], scopes: frozenset[Scope]) -> list[Topic]:
    """The topics with these names, in order. Raises `BadInput`, and `NotAllowed` where a scope is missing."""
    chosen = set(words)
    if unknown := chosen - set(Topic):
        raise BadInput("events", f"There is no event {min(unknown)[:40]!r}; there are {', '.join(Topic)}.")
    if not chosen:
        raise BadInput("events", "A webhook needs at least one event.")
    topics = [topic for topic in Topic if topic in chosen]
    if missing := next((scope_of(topic) for topic in topics if scope_of(topic) not in scopes), None):
        raise NotAllowed(f"This key has not the scope {missing}.", scope=missing)
    return topics


def message(number: int, event: Event, department: str | None) -> dict[str, object]:
    """What a program is told of journal line `number`."""
    data = event.data or {}
    told = {name: data[name] for name in _TOLD if data.get(name) is not None}
    if event.kind == "recall":
        told["is_recall"] = True
    return {
        "id": number,
        "type": TOPICS[event.kind],
        "at": event.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": {"token": event.token_id, "department": department} | told,
    }


def standard_secret(random: bytes) -> str:
    """A secret as Standard Webhooks writes it: `whsec_` and base64 of 24 to 64 random bytes."""
    return _STANDARD + base64.b64encode(random).decode()


def signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    """What the receiver checks with the secret; `at` in Unix seconds.

    Standard Webhooks 1.0 (symmetric, `v1`): base64 of the HMAC-SHA256 of id, time and body, with full stops between.
    A secret from before (without `whsec_`) signs time and body alone, in hex, as its program was told then.
    """
    if not secret.startswith(_STANDARD):
        return "v1=" + hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    key = base64.b64decode(secret.removeprefix(_STANDARD))
    signed = hmac.digest(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()


def target(url: str, allowed: Sequence[Network] = ()) -> Target:
    """The URL taken apart. Raises `BadInput` for what is no http(s) URL, has a login, or names a forbidden address."""
    try:
        parts = urlsplit(url)
        usual = {"http": 80, "https": 443}.get(parts.scheme, 0)
        port = usual if parts.port is None else parts.port
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise BadInput("url", "This is no address of a web server.") from error
    is_odd = not host or not port or parts.username is not None or parts.fragment or not url.isprintable() or " " in url
    if parts.scheme not in {"http", "https"} or is_odd or len(url) > LONGEST_URL:
        raise BadInput("url", "A webhook needs a plain https:// address, without a login and without a fragment.")
    address = as_address(host)
    if address is not None:
        check_address(address, parts.scheme, allowed)
    return Target(url, parts.scheme, host, port, address)


def as_address(host: str) -> Address | None:
    """The address that the host is, if it is none to resolve."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def check_address(address: Address, scheme: str, allowed: Sequence[Network]) -> None:
    """Raises `BadInput` for an address inside a network that is not allowed, and for http to the world outside."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if any(plain.version == network.version and plain in network for network in allowed):
        return
    if not is_public(plain):
        raise BadInput("url", f"The address {plain} is private; QUEUE_WEBHOOK_NETWORKS does not allow it.")
    if scheme != "https":
        raise BadInput("url", "Only https:// is sent to the world outside.")


def is_public(address: Address) -> bool:
    """Whether the address is on the public internet: not private, loopback, link-local, multicast or reserved."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        # NAT64 leads back into IPv4 as well.
        if inner is None and address in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def networks(text: str) -> tuple[Network, ...]:
    """The networks that a setting names, with commas. Raises `ValueError`."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_gone(status: int | None) -> bool:
    """Whether the target says that it is there no more."""
    return status == 410


def asks_again(status: int) -> bool:
    """Whether the target may take later what it did not take now."""
    return status >= 500 or status in {408, 425, 429}


def gives_up_at(failing_since: datetime) -> datetime:
    """When an unreachable target is given up."""
    return failing_since + UNREACHABLE_FOR
