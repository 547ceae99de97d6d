"""A history: what every client sent, got and saw, and what the server kept of it in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from queue_server.domain.queue.events import Event
from queue_server.domain.queue.ordering import OrderRules


@dataclass(frozen=True)
class Rules:
    """How the clinic is set up, as far as the rules of the queue depend on it. Departments are known by their id."""

    zone: ZoneInfo
    roll_over: time
    departments: Mapping[str, int]
    orders: Mapping[int, OrderRules]


@dataclass(frozen=True)
class Answer:
    """One answer that came through: its status, and the token that it tells of, if any."""

    status: int
    token: int | None = None
    number: str | None = None

    @property
    def is_yes(self) -> bool:
        """Whether it acknowledges the deed."""
        return 200 <= self.status < 300

    @property
    def is_final(self) -> bool:
        """Whether a client leaves it at that, rather than asking again with the same key."""
        return self.status not in {429, 502, 503, 504}


@dataclass
class Deed:
    """One thing that somebody wants done once: every request for it carries the same idempotency key.

    `actor` is written as in the journal. `kind`: `issue`, `call_next`, an action's name, or `reprint`.
    """

    actor: str
    kind: str
    token: int | None = None
    department: str | None = None
    priority: str = "normal"
    sent: int = 0
    answers: list[Answer] = field(default_factory=list)

    @property
    def yes(self) -> Answer | None:
        """The first acknowledgement."""
        return next((answer for answer in self.answers if answer.is_yes), None)

    @property
    def is_done(self) -> bool:
        """Whether somebody has answered for good."""
        return any(answer.is_final for answer in self.answers)


@dataclass
class DisplaySeen:
    """What one display has seen: calls as they first came into view, and the last view.

    `last` and `truth` are compared: what its newest line has shown, and what the database says that it must show.
    """

    name: str
    calls: list[int] = field(default_factory=list)
    lines: int = 0
    last: object = None
    truth: object = None


@dataclass
class PhoneSeen:
    """The states of one token that a phone has been shown, without repetitions, and the token's state in the end."""

    token: int
    states: list[str] = field(default_factory=list)
    truth: str | None = None


@dataclass(frozen=True)
class SlipSeen:
    """A slip as the print agent got it; `copy` is the words that mark it, none for the first."""

    job: int
    number: str
    copy: str | None


@dataclass(frozen=True)
class StandingToken:
    """A token as the server's list has it in the end."""

    id: int
    number: str
    department: str
    service_day: str
    state: str


@dataclass
class History:
    """Everything that is judged. `journal` has (number, line, hash) of every line; `head` is the noted end of it."""

    rules: Rules
    deeds: list[Deed] = field(default_factory=list)
    #: What people without the right have tried: (what, status of the answer).
    trespasses: list[tuple[str, int]] = field(default_factory=list)
    displays: list[DisplaySeen] = field(default_factory=list)
    phones: list[PhoneSeen] = field(default_factory=list)
    slips: list[SlipSeen] = field(default_factory=list)
    #: How often the gateway has taken each message.
    taken: Counter[str] = field(default_factory=Counter)
    journal: list[tuple[int, Event, str]] = field(default_factory=list)
    head: tuple[int, str] = (0, "")
    tokens: list[StandingToken] = field(default_factory=list)
    #: Answers that no client should ever get, such as 500.
    surprises: list[str] = field(default_factory=list)
