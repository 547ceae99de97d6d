"""Builders: a queue of the domain's own objects, without any database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from queue_server.domain.queue.ordering import OrderRules, after_the_next, in_order, rank
from queue_server.domain.queue.tokens import Action, Priority, QueueEntry, State
from queue_server.domain.queue.transitions import act

TEN = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
RULES = OrderRules()


def an_entry(
    sequence: int = 1, state: State = State.WAITING, priority: Priority = Priority.NORMAL, minute: float = 0
) -> QueueEntry:
    """The entry that joined as the `sequence`-th, `minute` minutes after ten."""
    joined_at = TEN + timedelta(minutes=minute)
    return QueueEntry(
        id=sequence,
        token_id=sequence,
        number=f"G-{sequence:03d}",
        department_id=1,
        state=state,
        priority=priority,
        rank=rank(priority, joined_at, sequence, RULES),
        joined_at=joined_at,
    )


class Queue:
    """Entries of one department; every action gives a new queue."""

    def __init__(self, *entries: QueueEntry) -> None:
        self.entries = {entry.number: entry for entry in entries}

    def order(self) -> list[str]:
        """The numbers that wait, first to be called first."""
        return [entry.number for entry in in_order(self.entries.values())]

    def do(self, number: str, action: Action) -> Queue:
        """The queue after the action at ten."""
        return self._with(act(self.entries[number], action, TEN, room_id=1))

    def requeue(self, number: str) -> Queue:
        """The queue after a missed patient came back."""
        back = act(self.entries[number], Action.REQUEUE, TEN)
        waiting = in_order(entry for entry in self.entries.values() if entry.number != number)
        sequence = 1 + max(entry.rank.after for entry in self.entries.values())
        return self._with(replace(back, rank=after_the_next(back, waiting, RULES, sequence)))

    def _with(self, entry: QueueEntry) -> Queue:
        return Queue(*(self.entries | {entry.number: entry}).values())


def a_queue(length: int) -> Queue:
    """So many who joined a minute apart."""
    return Queue(*(an_entry(sequence, minute=sequence) for sequence in range(1, length + 1)))
