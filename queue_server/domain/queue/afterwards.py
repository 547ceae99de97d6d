"""What was done by voice while the server was away, and is entered when it is back: number → attended or missed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from queue_server.domain.errors import IllegalTransition
from queue_server.domain.queue.tokens import FINAL, IN_ROOM, Action, QueueEntry, State
from queue_server.domain.queue.transitions import TRANSITIONS

#: What can be entered afterwards, as it is written after a number; a page adds its own language's words.
OUTCOMES: Mapping[str, Action] = {
    "a": Action.ATTEND,
    "attended": Action.ATTEND,
    "m": Action.MISS,
    "missed": Action.MISS,
}
#: The mark of a journal line that was entered afterwards: such a line teaches nothing of waits, and nobody is alerted.
MARK = "afterwards"
#: So many lines are read at a time.
MOST_LINES = 1000

_LINE = re.compile(r"(?P<number>.*\d)(?P<word>\D*)", re.DOTALL)
_AROUND_WORDS = " \t\r,;:=.|-–—>→()\"'"
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\W_]+(?=\d)")
_ELSEWHERE = re.compile(r"(?<!\d)[\W_]+|[\W_]+(?!\d)")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def outcome(state: State, action: Action) -> State | None:
    """Where it leads that somebody in this state was attended or missed: as after a call that nobody could press.

    None where it leads nowhere, or to where the stay is already.
    """
    if action not in OUTCOMES.values():
        return None
    called = TRANSITIONS.get((state, Action.CALL), state)
    after = TRANSITIONS.get((called, action))
    return None if after is state else after


def outcomes(state: State) -> tuple[Action, ...]:
    """What can be entered afterwards for somebody in this state."""
    return tuple(action for action in (Action.ATTEND, Action.MISS) if outcome(state, action) is not None)


def entered(
    entry: QueueEntry, action: Action, now: datetime, *, room_id: int | None = None, doctor_id: int | None = None
) -> QueueEntry:
    """The entry after it was entered at `now` that its patient was attended, or missed.

    `room_id` and `doctor_id`: where it was and with whom, for whoever was attended without a call; none where nobody
    knows. Raises `IllegalTransition` where `outcome` is none.
    """
    after = outcome(entry.state, action)
    if after is None:
        raise IllegalTransition(entry.number, entry.state, action)
    # How long the patient was inside is not known, so nothing stands here from which it would be reckoned. Whoever was
    # called by voice counts as here, as after any call.
    changed = replace(entry, state=after, called_at=None, started_at=None, is_here=True)
    if entry.state not in IN_ROOM:
        changed = replace(changed, calls=entry.calls + 1, room_id=room_id, doctor_id=doctor_id)
    if after in FINAL:
        return replace(changed, finished_at=now)
    return replace(changed, room_id=None, is_chosen=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet as it was written; `action` is none where it says neither attended nor missed."""

    number: str
    action: Action | None


class Wrong(StrEnum):
    """What can be wrong with a line."""

    #: It does not end with what became of the number.
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    #: Several numbers of today could be meant.
    SEVERAL = "several"
    #: The sheet has the number already.
    TWICE = "twice"
    #: The number stands where this leads nowhere: it is over, or stands there already.
    OVER = "over"
    #: The number is in another room.
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that cannot be entered. `state`: where the number stands, if it is known which one is meant."""

    written: str
    why: Wrong
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was read: what is to be entered, in its order, and what is wrong. It is entered whole or not."""

    done: tuple[tuple[QueueEntry, Action], ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    def count(self, action: Action) -> int:
        """How many of its numbers are to become so."""
        return sum(each is action for _, each in self.done)


def lines_of(text: str, words: Mapping[str, Action] = OUTCOMES) -> list[Line]:
    """The lines of a pasted text, without empty ones: "G-012 A", "g12 missed", "12 → a"; `words` in small letters."""
    written = (line.strip() for line in text.splitlines())
    return [_line(line, words) for line in written if line]


def _line(written: str, words: Mapping[str, Action]) -> Line:
    found = _LINE.fullmatch(written)
    action = words.get(found["word"].strip(_AROUND_WORDS).casefold()) if found else None
    return Line(found["number"].strip() if found and action else written, action)


def checked(lines: Sequence[Line], today: Iterable[QueueEntry], room_id: int | None = None) -> Sheet:
    """The sheet, held against the newest stay of each of today's tokens.

    A number is meant where its zeros and signs are left out, and by its digits alone where only one number has them.
    `room_id`: a room whose console enters the sheet; what another room has is not its business.
    """
    known = _Known(today)
    done, mistakes, seen = list[tuple[QueueEntry, Action]](), list[Mistake](), set[int]()
    for line in lines:
        meant = known.meant(line.number)
        wrong = _wrong(line, meant, seen, room_id)
        if wrong is None and line.action is not None:
            seen.add(meant[0].token_id)
            done.append((meant[0], line.action))
        else:
            state = meant[0].state if len(meant) == 1 else None
            mistakes.append(Mistake(line.number, wrong or Wrong.UNREADABLE, state))
    return Sheet(tuple(done), tuple(mistakes))


def _wrong(line: Line, meant: Sequence[QueueEntry], seen: set[int], room_id: int | None) -> Wrong | None:
    if line.action is None:
        return Wrong.UNREADABLE
    if len(meant) != 1:
        return Wrong.SEVERAL if meant else Wrong.UNKNOWN
    (entry,) = meant
    if entry.token_id in seen:
        return Wrong.TWICE
    if outcome(entry.state, line.action) is None:
        return Wrong.OVER
    is_elsewhere = room_id is not None and entry.state in IN_ROOM and entry.room_id != room_id
    return Wrong.ELSEWHERE if is_elsewhere else None


class _Known:
    """Today's numbers, by everything that they may be called."""

    def __init__(self, today: Iterable[QueueEntry]) -> None:
        self._exact: dict[str, QueueEntry] = {}
        self._short: dict[str, list[QueueEntry]] = {}
        for entry in today:
            self._exact[entry.number.upper()] = entry
            for name in short_names(entry.number):
                self._short.setdefault(name, []).append(entry)

    def meant(self, written: str) -> list[QueueEntry]:
        """The stays that are meant; the whole number goes before a short name of another one."""
        exact = self._exact.get(written.strip().upper())
        return [exact] if exact else self._short.get(without_signs(written), [])


def short_names(number: str) -> tuple[str, ...]:
    """What a number may be called: "G-012" is "G12" and "12", a keeper's "G-A07" is "GA7"."""
    digits = number.partition("-")[2]
    named = without_signs(number)
    return (named, without_signs(digits)) if digits.isdecimal() else (named,)


def without_signs(number: str) -> str:
    """The number in large letters, without leading zeros and without signs but those between digits."""
    signs = _ELSEWHERE.sub("", _BETWEEN_DIGITS.sub("-", number))
    return _ZEROS.sub("", signs).upper()
