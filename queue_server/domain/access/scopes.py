"""What the key of another program may open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from queue_server.domain.errors import BadInput


class Scope(StrEnum):
    """One thing that a key can be given; programs get no more than they need."""

    TOKENS_WRITE = "tokens:write"
    QUEUES_READ = "queues:read"
    PATIENTS_READ = "patients:read"
    PATIENTS_WRITE = "patients:write"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    EVENTS_READ = "events:read"
    WEBHOOKS_WRITE = "webhooks:write"
    METRICS_READ = "metrics:read"
    ADMIN_WRITE = "admin:write"


#: A key with everything, now and in later versions, is kept as this word.
EVERYTHING = "*"

ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Program:
    """Another program that has a key."""

    id: int
    name: str
    scopes: frozenset[Scope]
    created_at: datetime | None
    seen_at: datetime | None


def parse_scopes(words: Iterable[str]) -> frozenset[Scope]:
    """The scopes with these names; `*` is all of them. Raises `BadInput` for an unknown name, or for none at all."""
    found: set[Scope] = set()
    for word in words:
        if word != EVERYTHING and word not in set(Scope):
            raise BadInput("scopes", f"There is no scope {word[:32]!r}; there are {', '.join(Scope)}.")
        found |= ALL_SCOPES if word == EVERYTHING else {Scope(word)}
    if not found:
        raise BadInput("scopes", "A key needs at least one scope.")
    return frozenset(found)


def kept_scopes(scopes: Iterable[Scope]) -> list[str]:
    """The scopes as they are kept: in the order of their declaration, all of them as one word."""
    chosen = set(scopes)
    return [EVERYTHING] if chosen == ALL_SCOPES else [scope.value for scope in Scope if scope in chosen]
