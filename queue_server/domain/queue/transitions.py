"""The state machine of a queue entry, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from queue_server.domain.errors import IllegalTransition, NotHere, NothingToUndo
from queue_server.domain.queue.tokens import FINAL, Action, QueueEntry, State

#: How long a doctor may take an action back.
UNDO_WINDOW = timedelta(seconds=8)

#: (state, action) → state afterwards. What is not here is illegal. `issue` makes a new entry in `waiting`;
#: `undo` restores what was before and is ruled by `check_undo`.
TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.WAITING, Action.ARRIVE): State.WAITING,
    (State.WAITING, Action.CALL): State.CALLED,
    (State.WAITING, Action.HOLD): State.HELD,
    (State.WAITING, Action.TRANSFER): State.TRANSFERRED,
    (State.WAITING, Action.CANCEL): State.CANCELLED,
    (State.WAITING, Action.EXPIRE): State.EXPIRED,
    (State.CALLED, Action.RECALL): State.CALLED,
    (State.CALLED, Action.START): State.SERVING,
    (State.CALLED, Action.ATTEND): State.ATTENDED,
    (State.CALLED, Action.MISS): State.MISSED,
    (State.CALLED, Action.HOLD): State.HELD,
    (State.CALLED, Action.REQUEUE): State.WAITING,
    (State.CALLED, Action.TRANSFER): State.TRANSFERRED,
    (State.CALLED, Action.CANCEL): State.CANCELLED,
    (State.CALLED, Action.EXPIRE): State.EXPIRED,
    (State.SERVING, Action.ATTEND): State.ATTENDED,
    (State.SERVING, Action.HOLD): State.HELD,
    (State.SERVING, Action.TRANSFER): State.TRANSFERRED,
    (State.SERVING, Action.CANCEL): State.CANCELLED,
    (State.SERVING, Action.EXPIRE): State.EXPIRED,
    (State.HELD, Action.ARRIVE): State.HELD,
    (State.HELD, Action.CALL): State.CALLED,
    (State.HELD, Action.RESUME): State.WAITING,
    (State.HELD, Action.TRANSFER): State.TRANSFERRED,
    (State.HELD, Action.CANCEL): State.CANCELLED,
    (State.HELD, Action.EXPIRE): State.EXPIRED,
    (State.MISSED, Action.CALL): State.CALLED,
    (State.MISSED, Action.REQUEUE): State.WAITING,
    (State.MISSED, Action.TRANSFER): State.TRANSFERRED,
    (State.MISSED, Action.CANCEL): State.CANCELLED,
    (State.MISSED, Action.EXPIRE): State.EXPIRED,
}


def is_possible(state: State, action: Action) -> bool:
    """Whether the table has a row for this action in this state."""
    return (state, action) in TRANSITIONS


def may(entry: QueueEntry, action: Action) -> bool:
    """Whether the action is possible with this entry: only who is not here yet arrives, and is not called before."""
    if action is Action.CALL and not entry.is_here:
        return False
    return is_possible(entry.state, action) and not (action is Action.ARRIVE and entry.is_here)


def possible(state: State) -> tuple[Action, ...]:
    """What somebody may do in this state; that a stay expires is done by nobody."""
    return tuple(action for known, action in TRANSITIONS if known is state and action is not Action.EXPIRE)


def act(
    entry: QueueEntry,
    action: Action,
    now: datetime,
    *,
    room_id: int | None = None,
    doctor_id: int | None = None,
    is_chosen: bool = False,
) -> QueueEntry:
    """The entry after the action at `now`.

    `room_id` and `doctor_id` say where a call goes and who made it, `is_chosen` that another entry was next. Whoever is
    not called or served is in no room.
    The place in the order is kept; `ordering.after_the_next` makes the place of somebody who returns.
    Raises `IllegalTransition` when the table has no row, `NotHere` for a call of somebody who is not here yet.
    """
    after = TRANSITIONS.get((entry.state, action))
    if after is not None and action is Action.CALL and not entry.is_here:
        raise NotHere(entry.number)
    if after is None or not may(entry, action):
        raise IllegalTransition(entry.number, entry.state, action)
    changed = replace(entry, state=after)
    if action is Action.ARRIVE:
        return replace(changed, is_here=True, arrived_at=now)
    if action is Action.CALL:
        call = replace(changed, called_at=now, started_at=None, calls=entry.calls + 1, is_chosen=is_chosen)
        return replace(call, room_id=room_id, doctor_id=doctor_id)
    if action is Action.RECALL:
        return replace(changed, called_at=now, calls=entry.calls + 1)
    if action is Action.START:
        return replace(changed, started_at=now)
    if after in FINAL:
        return replace(changed, finished_at=now)
    if action is Action.REQUEUE:
        changed = replace(changed, returns=entry.returns + 1)
    return replace(changed, room_id=None, started_at=None, is_chosen=False)


def making_room(state: State, *, was_seen: bool) -> Action:
    """What a press for somebody else does to whoever is in the room.

    A consultation that was begun ends with it. Whoever was only called is attended when the presser says so, and is
    missed otherwise: nobody becomes attended by a press that was meant for another patient.
    """
    return Action.ATTEND if was_seen or state is not State.CALLED else Action.MISS


def check_undo(acted_at: datetime, now: datetime, *, is_unchanged: bool, pace: float = 1.0) -> None:
    """Raises `NothingToUndo` when the action is older than `UNDO_WINDOW`, or its entries have changed since.

    `pace`: how many seconds of this time pass while a person counts one.
    """
    if now - acted_at > UNDO_WINDOW * pace:
        raise NothingToUndo(f"the last action is more than {UNDO_WINDOW.seconds} seconds old")
    if not is_unchanged:
        raise NothingToUndo("the patient has moved on since")
