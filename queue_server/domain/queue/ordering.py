"""Who comes next, and why.

The rule, as it can be said to a patient: you are called in the order of arrival; somebody who needs help counts as
having come a few minutes earlier; an emergency goes first. Because the credit is a fixed time, nobody can be overtaken
by someone who came later than the largest credit: there is no starvation.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import TypedDict

from queue_server.domain.errors import BadInput
from queue_server.domain.form_reading import clean
from queue_server.domain.queue.tokens import Priority, QueueEntry, Rank, State

DEFAULT_CREDITS: Mapping[Priority, timedelta] = {
    Priority.NORMAL: timedelta(),
    Priority.ASSISTED: timedelta(minutes=20),
    Priority.URGENT: timedelta(minutes=60),
}

_KEY = attrgetter("rank.key")

#: Priorities that staff give by their own judgement; somebody who is overtaken may ask why.
NEED_REASON = frozenset({Priority.URGENT, Priority.EMERGENCY})
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class OrderRules:
    """A department's own figures: the credit of each priority, and after how many a missed patient returns (≥ 0).

    `place_kept`: for so long somebody who was not here when the turn came may still arrive and keep the place (≥ 0).
    """

    credits: Mapping[Priority, timedelta] = field(default_factory=lambda: DEFAULT_CREDITS)
    return_after: int = 3
    place_kept: timedelta = timedelta(minutes=15)


def rank(priority: Priority, joined_at: datetime, sequence: int, rules: OrderRules) -> Rank:
    """The place of somebody who joins at `joined_at` as the `sequence`-th (a growing number)."""
    credit = rules.credits.get(priority, timedelta())
    return Rank(priority is Priority.EMERGENCY, joined_at - credit, sequence)


def reason_for(priority: Priority, reason: str | None) -> str | None:
    """The reason for a priority as it is kept, on one line; none where nothing is said.

    Raises `BadInput` where this priority needs a reason and has none, and for more than `LONGEST_REASON` characters.
    """
    written = clean(reason or "")
    if priority in NEED_REASON and not written:
        raise BadInput("reason", f"The priority {priority} goes before others; it needs a reason.")
    if len(written) > LONGEST_REASON:
        raise BadInput("reason", f"A reason has at most {LONGEST_REASON} characters.")
    return written or None


def with_priority(entry: QueueEntry, priority: Priority, reason: str | None, rules: OrderRules) -> QueueEntry:
    """The entry with another priority: its place moves by the difference of the two credits, and by nothing else.

    So a change that is taken back restores the place, and a missed patient who is back stays as far behind as before.
    """
    shift = rules.credits.get(entry.priority, timedelta()) - rules.credits.get(priority, timedelta())
    place = replace(entry.rank, is_emergency=priority is Priority.EMERGENCY, at=entry.rank.at + shift)
    return replace(entry, priority=priority, priority_reason=reason, rank=place)


class PlaceReason(StrEnum):
    """Why an entry has its place."""

    #: In order of arrival, the joining time alone.
    ARRIVAL = "arrival"
    #: Counted as having come some minutes earlier, for the priority.
    ASSISTED = "assisted"
    URGENT = "urgent"
    EMERGENCY = "emergency"
    #: Missed and back, after the next few.
    RETURNED = "returned"
    #: Arrived when the place was no longer kept, after the next few.
    LATE = "late"
    #: Back from another department, at the place from before.
    CAME_BACK = "came_back"
    #: Called though another one was next.
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an entry has its place: counted so many whole `minutes` earlier, or after the next `people`."""

    reason: PlaceReason
    minutes: int = 0
    people: int = 0


#: As nearly everybody's.
BY_ARRIVAL = Explanation(PlaceReason.ARRIVAL)


class PlaceView(TypedDict):
    """An `Explanation` as screens are sent it."""

    reason: PlaceReason
    minutes: int
    people: int


def explanation(entry: QueueEntry, rules: OrderRules) -> Explanation:
    """Why the entry stands, or was called, where its rank puts it: read from the rank itself, so that it cannot differ.

    Where several things made the place, the one that decides: a choice, an emergency, a return, then the credit.
    """
    if entry.is_chosen:
        return Explanation(PlaceReason.CHOSEN)
    if entry.rank.is_emergency:
        return Explanation(PlaceReason.EMERGENCY)
    if entry.rank.after:
        reason = PlaceReason.RETURNED if entry.returns else PlaceReason.LATE
        return Explanation(reason, people=rules.return_after)
    if entry.rank.sequence != entry.id:
        return Explanation(PlaceReason.CAME_BACK)
    earlier = 0 if entry.priority is Priority.NORMAL else (entry.joined_at - entry.rank.at) // timedelta(minutes=1)
    return Explanation(PlaceReason(entry.priority), minutes=earlier) if earlier > 0 else BY_ARRIVAL


def is_in_line(entry: QueueEntry) -> bool:
    """Whether the entry waits, and its patient is here."""
    return entry.state is State.WAITING and entry.is_here


def in_order(entries: Iterable[QueueEntry]) -> list[QueueEntry]:
    """The waiting ones of these entries that are here, first to be called first."""
    waiting = State.WAITING
    return sorted([entry for entry in entries if entry.state is waiting and entry.is_here], key=_KEY)


def not_here(entries: Iterable[QueueEntry]) -> list[QueueEntry]:
    """The waiting ones of these entries that are not here yet, in the order of the places that are theirs."""
    return sorted([entry for entry in entries if entry.state is State.WAITING and not entry.is_here], key=_KEY)


def passes(called: QueueEntry, entry: QueueEntry) -> bool:
    """Whether a call in turn passes this entry: it would have come before, had it been here. No emergency passes."""
    is_before = entry.rank.key < called.rank.key and not called.rank.is_emergency
    return entry.state is State.WAITING and not entry.is_here and entry.passed_at is None and is_before


def kept_until(entry: QueueEntry, rules: OrderRules) -> datetime | None:
    """Until when the place of somebody whose turn came too early is kept; none while it has not come."""
    return None if entry.passed_at is None else entry.passed_at + rules.place_kept


def is_too_late(entry: QueueEntry, rules: OrderRules, now: datetime) -> bool:
    """Whether the place of somebody who is not here is no longer kept."""
    until = kept_until(entry, rules)
    return not entry.is_here and until is not None and until < now


def ahead_of(line: Sequence[QueueEntry], entry: QueueEntry) -> int:
    """How many of a line that is in order are, or would be, ahead of this entry."""
    return bisect_left(line, entry.rank.key, key=_KEY)


def in_order_after(
    line: Sequence[QueueEntry], gone: Iterable[QueueEntry], come: Iterable[QueueEntry]
) -> list[QueueEntry]:
    """What `in_order` gives when of those in `line`, which is in order, some have `gone` and others have `come`.

    Those who do not wait, or are not here, are in no line; nobody else is looked at.
    """
    made = list(line)
    for entry in gone:
        if is_in_line(entry):
            del made[place_in(made, entry)]
    for entry in come:
        if is_in_line(entry):
            insort(made, entry, key=_KEY)
    return made


def place_in(line: Sequence[QueueEntry], entry: QueueEntry) -> int:
    """The place of this entry in a line that is in order and has it."""
    return line.index(entry, ahead_of(line, entry))


def next_for(entries: Iterable[QueueEntry], doctor_id: int | None) -> QueueEntry | None:
    """Whom "call next" gives to this doctor: the first waiting entry that is not kept for another doctor."""
    return next((entry for entry in in_order(entries) if entry.for_doctor_id in (None, doctor_id)), None)


def after_the_next(returning: QueueEntry, waiting: Sequence[QueueEntry], rules: OrderRules, sequence: int) -> Rank:
    """The place of a missed patient who is back, or who is late: after the next `rules.return_after` of `waiting`.

    Never earlier than the place that the patient had. With fewer waiting, at the end; an emergency stays first.
    `sequence` is a growing number that keeps several who return to the same place in the order of their return.
    """
    if returning.rank.is_emergency or rules.return_after == 0 or not waiting:
        return returning.rank
    last_before = waiting[min(rules.return_after, len(waiting)) - 1].rank
    behind = replace(last_before, is_emergency=False, after=sequence)
    return max(returning.rank, behind, key=lambda place: place.key) if not last_before.is_emergency else returning.rank
