"""Who comes next, and why.

The rule, as it can be said to a patient: you are called in the order of arrival; somebody who needs help counts as
having come a few minutes earlier; an emergency goes first. Because the credit is a fixed time, nobody can be overtaken
by someone who came later than the largest credit: there is no starvation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from queue_server.domain.errors import BadInput
from queue_server.domain.form_reading import clean
from queue_server.domain.queue.tokens import Priority, QueueEntry, Rank, State

DEFAULT_CREDITS: Mapping[Priority, timedelta] = {
    Priority.NORMAL: timedelta(),
    Priority.ASSISTED: timedelta(minutes=20),
    Priority.URGENT: timedelta(minutes=60),
}

#: Priorities that staff give by their own judgement; somebody who is overtaken may ask why.
NEED_REASON = frozenset({Priority.URGENT, Priority.EMERGENCY})
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class OrderRules:
    """A department's own figures: the credit of each priority, and after how many a missed patient returns (≥ 0)."""

    credits: Mapping[Priority, timedelta] = field(default_factory=lambda: DEFAULT_CREDITS)
    return_after: int = 3


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


def in_order(entries: Iterable[QueueEntry]) -> list[QueueEntry]:
    """The waiting ones of these entries, first to be called first."""
    return sorted((entry for entry in entries if entry.state is State.WAITING), key=lambda entry: entry.rank.key)


def next_for(entries: Iterable[QueueEntry], doctor_id: int | None) -> QueueEntry | None:
    """Whom "call next" gives to this doctor: the first waiting entry that is not kept for another doctor."""
    return next((entry for entry in in_order(entries) if entry.for_doctor_id in (None, doctor_id)), None)


def after_the_next(returning: QueueEntry, waiting: Sequence[QueueEntry], rules: OrderRules, sequence: int) -> Rank:
    """The place of a missed patient who is back: after the next `rules.return_after` of `waiting` (in order).

    Never earlier than the place that the patient had. With fewer waiting, at the end; an emergency stays first.
    `sequence` is a growing number that keeps several who return to the same place in the order of their return.
    """
    if returning.rank.is_emergency or rules.return_after == 0 or not waiting:
        return returning.rank
    last_before = waiting[min(rules.return_after, len(waiting)) - 1].rank
    behind = replace(last_before, is_emergency=False, after=sequence)
    return max(returning.rank, behind, key=lambda place: place.key) if not last_before.is_emergency else returning.rank
