"""What a department learns from its own journal, line by line.

A lesson is taken once its line can no longer be undone. The paces themselves are in `pace`; here is only what a line
means for them: who waited how long, which consultation took how long, who did not come, how late a doctor was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from queue_server.domain.queue.afterwards import MARK
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import Action, DutyState, Priority
from queue_server.domain.queue.transitions import UNDO_WINDOW
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.pace import (
    Learned,
    learn_consultation,
    learn_day,
    learn_end_of_duty,
    learn_end_of_wait,
    learn_no_show,
    learn_return,
    learn_start,
    learn_turn_over,
    learn_wait,
)
from queue_server.domain.waits.recent import Recent

#: A line is a lesson when it is so old that nobody can take it back.
LESSON_AGE = UNDO_WINDOW + timedelta(seconds=2)

#: After so long without a line, another day begins.
NIGHT = timedelta(hours=4)

#: The journal's kind for a token that comes from another department.
JOIN = "join"

#: The journal's kind for a doctor who comes, goes, or takes a break.
DUTY = "duty"


Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """A room as the journal's lines have left it: who is in it since when, or since when it is free."""

    token_id: int | None = None
    called_at: datetime | None = None
    doctor: str = ""
    free_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """A doctor who was expected, or on a break until a time that was named."""

    state: DutyState
    until: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was promised at joining, as low, likely and high, and from which clues."""

    clues: Clues
    promised: Wait
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class Learning:
    """What is learned so far, and what the next lines need to be understood. `joined`: token → since when it waits.

    `recent` is what the last minutes say, `last_at` the moment of the last line.
    """

    learned: Learned = field(default_factory=Learned)
    joined: Mapping[int, datetime] = field(default_factory=dict)
    rooms: Mapping[str, RoomSeen] = field(default_factory=dict)
    awaited: Mapping[str, Awaited] = field(default_factory=dict)
    recent: Recent = field(default_factory=Recent)
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """The wait promised to an entry at its joining, and the clues that it was made from."""

    entry_id: int
    department_id: int
    promised_at: datetime
    wait: Wait
    clues: Clues


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise that has been seen to come out: of which token, what was promised from which clues, and the wait."""

    number: str
    department_id: int
    promised_at: datetime
    promised: Wait
    clues: Clues
    waited_s: float


@dataclass(frozen=True, slots=True)
class Score:
    """A promise in seconds, and how long it was until the call."""

    low_s: float
    likely_s: float
    high_s: float
    waited_s: float


def lessons(lines: Iterable[tuple[int, Event]], now: datetime) -> list[tuple[int, Event]]:
    """The (id, line) pairs that are old enough and were not undone, in order."""
    known = list(lines)
    undone: set[int] = set()
    for _, line in known:
        if _takes_back(line):
            candidates = [(id_, old) for id_, old in known if _may_be_undone_by(old, line)]
            acted_at = max((old.at for _, old in candidates), default=None)
            undone.update(id_ for id_, old in candidates if old.at == acted_at)
    ripe = [pair for pair in known if now - pair[1].at > LESSON_AGE]
    return [pair for pair in ripe if pair[0] not in undone and not _takes_back(pair[1])]


def learn(before: Learning, line: Event, told: Told | None = None) -> Learning:
    """What is known after this line; `told` is the promise that the token was given, at its call."""
    before = _on_the_day_of(before, line.at)
    if line.kind == DUTY:
        return _duty(before, line)
    if line.token_id is None:
        return before
    # When a call by voice was is not known: what was entered afterwards ends a wait, and judges no promise.
    handler = _step_out if (line.data or {}).get(MARK) else _HANDLERS.get(line.kind)
    return handler(before, line, line.token_id, told) if handler else before


def _on_the_day_of(before: Learning, at: datetime) -> Learning:
    if before.last_at is None or at - before.last_at < NIGHT:
        return replace(before, last_at=at)
    return replace(before, learned=learn_day(before.learned), recent=Recent(), last_at=at)


def _join(before: Learning, line: Event, token_id: int, _told: Told | None) -> Learning:
    is_emergency = (line.data or {}).get("priority") == Priority.EMERGENCY
    recent = before.recent if is_emergency else before.recent.joined(line.at.timestamp())
    return replace(before, joined={**before.joined, token_id: _came_at(line)}, recent=recent)


def _came_at(line: Event) -> datetime:
    """When the patient came: a number that a kiosk gave out while the server was away is written down later."""
    return _moment_in(line, "issued_at", line.at)


def _moment_in(line: Event, name: str, otherwise: datetime) -> datetime:
    told = (line.data or {}).get(name)
    return datetime.fromisoformat(told) if isinstance(told, str) else otherwise


def _call(before: Learning, line: Event, token_id: int, told: Told | None) -> Learning:
    data = line.data or {}
    code, doctor = str(data.get("room")), str(data.get("doctor") or data.get("room"))
    seen = before.rooms.get(code, RoomSeen())
    learned, joined_at, waited_in_turn_s = before.learned, before.joined.get(token_id), None
    if joined_at is not None:
        waited_s = (line.at - joined_at).total_seconds()
        learned = learn_end_of_wait(learned, waited_s, has_left=False)
        if told is not None:
            learned = learn_wait(learned, told.clues, waited_s, told.promised)
        if told is None or not told.is_emergency:
            waited_in_turn_s = waited_s
        if seen.free_since is not None and seen.free_since >= _moment_in(line, "arrived_at", joined_at):
            learned = learn_turn_over(learned, (line.at - seen.free_since).total_seconds())
    return replace(
        before,
        learned=learned,
        joined=_without(before.joined, token_id),
        rooms={**before.rooms, code: RoomSeen(token_id, line.at, doctor)},
        recent=before.recent.called(line.at.timestamp(), waited_in_turn_s),
    )


def _finish(before: Learning, line: Event, token_id: int, _told: Told | None) -> Learning:
    after, seen, lasted_s = _leave_room(before, line, token_id)
    if seen is None:
        return replace(after, joined=_without(after.joined, token_id))
    return replace(after, learned=learn_consultation(after.learned, seen.doctor, lasted_s))


def _miss(before: Learning, line: Event, token_id: int, _told: Told | None) -> Learning:
    after, seen, lasted_s = _leave_room(before, line, token_id)
    return after if seen is None else replace(after, learned=learn_no_show(after.learned, lasted_s))


def _cancel(before: Learning, line: Event, token_id: int, _told: Told | None) -> Learning:
    joined_at = before.joined.get(token_id)
    learned = before.learned
    if joined_at is not None:
        learned = learn_end_of_wait(learned, (line.at - joined_at).total_seconds(), has_left=True)
    after, _, _ = _leave_room(before, line, token_id)
    return replace(after, learned=learned, joined=_without(before.joined, token_id))


def _step_out(before: Learning, line: Event, token_id: int, _told: Told | None) -> Learning:
    """Held, sent back or expired: the room is free, and the wait that follows was promised to nobody."""
    after, _, _ = _leave_room(before, line, token_id)
    return replace(after, joined=_without(after.joined, token_id))


def _arrive(before: Learning, line: Event, token_id: int, told: Told | None) -> Learning:
    """Somebody who was not here when the turn came: what follows was promised to nobody, and says nothing of waits."""
    return _step_out(before, line, token_id, told) if (line.data or {}).get("passed") else before


def _duty(before: Learning, line: Event) -> Learning:
    data = line.data or {}
    code, state, until = str(data.get("room")), str(data.get("state")), data.get("back_at")
    awaited, ends_at = before.awaited.get(code), data.get("ends_at")
    if state in {DutyState.EXPECTED, DutyState.ON_BREAK}:
        if not isinstance(until, str):
            return replace(before, awaited=_without(before.awaited, code))
        there = Awaited(DutyState(state), datetime.fromisoformat(until))
        return replace(before, awaited={**before.awaited, code: there})
    learned = before.learned
    if state == DutyState.ON_DUTY and awaited is not None:
        lesson = learn_start if awaited.state is DutyState.EXPECTED else learn_return
        learned = lesson(learned, str(data.get("doctor")), (line.at - awaited.until).total_seconds())
    if state == DutyState.OFF_DUTY and isinstance(ends_at, str):
        learned = learn_end_of_duty(learned, (line.at - datetime.fromisoformat(ends_at)).total_seconds())
    return replace(before, learned=learned, awaited=_without(before.awaited, code))


def _leave_room(before: Learning, line: Event, token_id: int) -> tuple[Learning, RoomSeen | None, float]:
    """The state with the token's room free; the room as it was, if the token was in one; the seconds since the call."""
    for code, seen in before.rooms.items():
        if seen.token_id == token_id and seen.called_at is not None:
            rooms = {**before.rooms, code: RoomSeen(free_since=line.at)}
            return replace(before, rooms=rooms), seen, (line.at - seen.called_at).total_seconds()
    return before, None, 0.0


def _may_be_undone_by(old: Event, undo: Event) -> bool:
    is_recent = timedelta() <= undo.at - old.at <= UNDO_WINDOW
    is_same = old.kind == DUTY and _room(old) == _room(undo) if undo.kind == DUTY else old.token_id == undo.token_id
    return is_recent and is_same and not _takes_back(old)


def _takes_back(line: Event) -> bool:
    """Whether the line undoes an earlier one: an action with a token, or the end of a break."""
    return line.kind == Action.UNDO or (line.kind == DUTY and bool((line.data or {}).get("undone")))


def _room(line: Event) -> object:
    return (line.data or {}).get("room")


def _without(mapping: Mapping[Key, Value], key: Key) -> Mapping[Key, Value]:
    return {known: value for known, value in mapping.items() if known != key}


_Handler = Callable[[Learning, Event, int, Told | None], Learning]
_HANDLERS: Mapping[str, _Handler] = {
    Action.ISSUE: _join,
    JOIN: _join,
    Action.ARRIVE: _arrive,
    Action.CALL: _call,
    Action.ATTEND: _finish,
    Action.TRANSFER: _finish,
    Action.MISS: _miss,
    Action.CANCEL: _cancel,
    Action.HOLD: _step_out,
    Action.REQUEUE: _step_out,
    Action.EXPIRE: _step_out,
}
