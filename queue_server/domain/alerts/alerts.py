"""What patients are told, when, and by which channel; and when a message is tried again or given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol, runtime_checkable

from queue_server.domain.waits.correction import Wait


class Channel(StrEnum):
    """A way to reach somebody. `live` is the phone page while it is open; its frames need no outbox."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    LIVE = "live"


class AlertKind(StrEnum):
    """What is told."""

    SOON = "soon"
    NEXT = "next"
    CALLED = "called"
    MISSED = "missed"
    DELAYED = "delayed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DOCUMENT = "document"
    PIN_RESET = "pin_reset"
    REPORT = "report"
    TROUBLE = "trouble"
    TEST = "test"
    LINK = "link"


class MessageState(StrEnum):
    """Where a message stands.

    `queued` waits for its time; `sending` is in the hands of one process; `sent` was taken by the gateway, `delivered`
    arrived, as the gateway says. `unknown`: it was handed over, and whether it was taken nobody can tell; it is not
    sent again by itself. `failed` was given up for a reason; `withdrawn` is no longer true and was never sent.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address, ready to be sent.

    `id` stays the same however often it is tried, so that a gateway can tell a repetition. `to` is what the channel
    calls an address: an E.164 number, an e-mail address, a push subscription's JSON. `data` holds plain JSON: what the
    texts were made of (`number`, `room`, `minutes`, …) and, where there is one, the `link` to look at.
    """

    id: str
    kind: AlertKind
    to: str
    subject: str
    body: str
    language: str = "en"
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway has taken it, under this id of its own (empty where it gives none)."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """It was surely not taken, and may be next time; `after_s`: not before so many seconds, as the gateway asks."""

    reason: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It was surely not taken and never will be. The reason is for the administrator; it holds no name and no address.

    `is_bad_address`: there is no such address, so nothing else is sent there until it is given again.
    """

    reason: str
    is_bad_address: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was handed over and no answer came that tells whether it was taken."""

    reason: str


Outcome = Sent | Later | Refused | Unknown


class Driver(Protocol):
    """Sends messages of one channel. One file each in `queue_server/alerts/`.

    `send` answers within about thirty seconds and raises nothing that it can foresee; what it raises anyway counts as
    `Unknown`. `is_repeatable`: a message sent again with the same id arrives once, so an unknown one is simply tried
    again.
    """

    channel: Channel
    is_repeatable: bool

    async def send(self, message: Message) -> Outcome:
        """Hand the message over once, and say what became of it."""
        ...


@runtime_checkable
class KeyedDriver(Driver, Protocol):
    """A driver to whose channel nobody can subscribe without its public key."""

    def public_key(self) -> str:
        """The key as a browser wants it."""
        ...


@runtime_checkable
class JudgingDriver(Driver, Protocol):
    """A driver that has to be told what its gateway's answers mean; `is_understood` when it was."""

    is_understood: bool


@dataclass(frozen=True, slots=True)
class AlertPreference:
    """How somebody wants to be told. `ahead`: when so many are ahead; none: when about `minutes` are left.

    `quiet_from` and `quiet_until` are on the clinic's wall clock; both none for no quiet hours of one's own.
    """

    minutes: int = 10
    ahead: int | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose choices these are: a registered patient's, or those of whoever holds a token. One of the two is given."""

    patient_id: int | None = None
    token_id: int | None = None


#: For whoever chose minutes while no waiting time can be known.
AHEAD_WITHOUT_FORECAST = 3
#: A likely wait of so many times the chosen minutes is near them, …
NEAR = 1.1
#: … and so is one of up to so many times, when one call in ten comes before the low end that is this much. With these
#: most calls of usual and of bad days come 5 to 20 minutes after "ten minutes" (`benchmarks/alert_timing.py`).
PERHAPS, PERHAPS_LOW = 1.3, 0.7

#: A doctor is late when the announced time has passed, or was moved, by more than this.
DELAY = timedelta(minutes=20)

#: After this long a message is no longer worth sending.
LIFETIME: Mapping[AlertKind, timedelta] = {
    AlertKind.SOON: timedelta(minutes=10),
    AlertKind.NEXT: timedelta(minutes=10),
    AlertKind.CALLED: timedelta(minutes=10),
    AlertKind.MISSED: timedelta(hours=1),
    AlertKind.DELAYED: timedelta(minutes=45),
    AlertKind.CANCELLED: timedelta(hours=12),
    AlertKind.EXPIRED: timedelta(hours=12),
    AlertKind.DOCUMENT: timedelta(hours=24),
    AlertKind.PIN_RESET: timedelta(minutes=10),
    AlertKind.REPORT: timedelta(hours=24),
    AlertKind.TROUBLE: timedelta(hours=2),
    AlertKind.TEST: timedelta(minutes=10),
    AlertKind.LINK: timedelta(minutes=30),
}

#: Kinds that lose nothing by waiting for the morning.
CAN_WAIT = frozenset({AlertKind.CANCELLED, AlertKind.EXPIRED, AlertKind.DOCUMENT})
#: Kinds that somebody has asked for, for this very moment; they respect no quiet hours.
ASKED_FOR = frozenset({AlertKind.PIN_RESET, AlertKind.REPORT, AlertKind.TROUBLE, AlertKind.TEST, AlertKind.LINK})
#: What can wait is never sent in these hours, whatever was chosen: days end at four in the morning.
NIGHT = (time(21, 0), time(7, 0))

#: The waits between tries: doubling from the first to the longest, each shortened at random by up to a half.
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Address:
    """One address that somebody has agreed to; `refused_reason`: the gateway says that it is none."""

    id: int
    channel: Channel
    to: str
    refused_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How the holder of a token, or a patient, is reached, in which language, and what was wished.

    `number` is empty and `token_id` none for a patient without a token.
    """

    token_id: int | None
    patient_id: int | None
    number: str
    language: str
    wish: AlertPreference
    addresses: tuple[tuple[Channel, str], ...]


def is_soon(wish: AlertPreference, wait: Wait | None, ahead: int, *, is_calling: bool = True) -> bool:
    """Whether somebody who waits should set out now. `wait` is the forecast of this moment, none if unknown.

    Whoever chose minutes is told when the likely wait comes near them, or when the call may well come before them.
    While nobody calls, only the likely wait counts: the low end is that of a doctor who comes early.
    """
    if wish.ahead is not None:
        return is_calling and ahead <= wish.ahead
    if wait is None:
        return is_calling and ahead <= AHEAD_WITHOUT_FORECAST
    chosen_s = wish.minutes * 60.0
    is_perhaps = is_calling and wait.likely_s <= PERHAPS * chosen_s and wait.low_s <= PERHAPS_LOW * chosen_s
    return is_perhaps or wait.likely_s <= NEAR * chosen_s


def is_late(expected_at: datetime | None, now: datetime) -> bool:
    """Whether a doctor who is not there yet was expected more than twenty minutes ago."""
    return expected_at is not None and now - expected_at > DELAY


def is_moved_far(before: datetime | None, after: datetime | None) -> bool:
    """Whether a doctor's announced time was put off by more than twenty minutes."""
    return before is not None and after is not None and after - before > DELAY


def due_at(kind: AlertKind, wish: AlertPreference, now: datetime, zone: tzinfo) -> datetime:
    """When the message may go out: now, or at the end of the quiet hours that it has to respect."""
    if kind in ASKED_FOR:
        return now
    spans = [NIGHT] if kind in CAN_WAIT else []
    if wish.quiet_from is not None and wish.quiet_until is not None:
        spans.append((wish.quiet_from, wish.quiet_until))
    due = now
    # The end of one may lie within the other.
    for start, end in spans * 2:
        due = _after(start, end, due, zone)
    return due


def expires_at(kind: AlertKind, due: datetime, now: datetime) -> datetime:
    """When the message is given up. What can wait counts from when it may go out, anything else from its cause."""
    return (due if kind in CAN_WAIT else now) + LIFETIME[kind]


def retry_at(
    tries: int, now: datetime, expires: datetime, chance: float, after_s: float | None = None
) -> datetime | None:
    """When to try again after `tries` tries (≥ 1), or none when it is to be given up.

    Exponential back-off with equal jitter; `chance` is a random number in [0, 1). A gateway that says `after_s` is
    given that long at least.
    """
    step = min(FIRST_RETRY * (1 << min(tries - 1, 16)), LONGEST_RETRY)
    pause = step * (0.5 + chance / 2)
    if after_s is not None:
        pause = max(pause, timedelta(seconds=min(max(after_s, 0.0), 86_400.0)))
    again = now + pause
    return again if again < expires else None


def masked(channel: Channel, to: str) -> str:
    """The address with only as much as tells two apart: `+91 •••• 6789`, `a•••@example.org`."""
    if channel is Channel.SMS:
        return f"{to[:3]} •••• {to[-4:]}" if len(to) >= 10 else "••••"
    if channel is Channel.EMAIL:
        name, at, domain = to.rpartition("@")
        return f"{name[:1]}•••{at}{domain}" if at else "••••"
    return "••••"


def _after(start: time, end: time, now: datetime, zone: tzinfo) -> datetime:
    """`now`, or the coming `end` when the clinic's wall clock is between `start` and `end` (over midnight too)."""
    local = now.astimezone(zone)
    clock = local.time()
    is_within = start <= clock < end if start <= end else (clock >= start or clock < end)
    if not is_within:
        return now
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=zone).astimezone(now.tzinfo)
