"""The journal played again by the domain's own rules: what each line did, and whether it was allowed then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from queue_server.domain.errors import IllegalTransition
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.ordering import OrderRules, after_the_next, in_order, next_for, rank
from queue_server.domain.queue.tokens import FINAL, IN_ROOM, LIVE, Action, Priority, QueueEntry, State
from queue_server.domain.queue.transitions import act
from queue_server.domain.waits.learning import JOIN

#: Lines that change where a token stands.
MOVES = frozenset({*Action, JOIN})


@dataclass
class Stay:
    """A token's stay in one department. `before` is what an undo of the last press restores; `call` its last call."""

    entry: QueueEntry
    before: QueueEntry | None = None
    call: int | None = None
    #: The doctor who has sent the token on from here, as far as that doctor has called anybody.
    sender: int | None = None


@dataclass
class Replay:
    """The clinic as the lines so far leave it. `problems` are lines that the rules would not have let happen."""

    orders: Mapping[int, OrderRules]
    stays: dict[int, list[Stay]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    #: call_id → department, in the order of the lines; an undo takes its call out again.
    calls: dict[int, int] = field(default_factory=dict)
    states: dict[int, list[str]] = field(default_factory=dict)
    _live: dict[int, dict[int, QueueEntry]] = field(default_factory=dict)
    #: Who presses → the doctor in the room where they press.
    _doctors: dict[str, int | None] = field(default_factory=dict)
    _made: int = 0

    def play(self, number: int, line: Event) -> None:
        """One more line."""
        if line.kind not in MOVES or line.token_id is None or line.department_id is None:
            return
        complaint = self._steps().get(line.kind, self._act)(line, line.token_id, line.department_id)
        self.states.setdefault(line.token_id, []).append(str(self.newest(line.token_id).state))
        if complaint:
            self.problems.append(f"line {number}, {line.kind} of token {line.token_id}: {complaint}")

    def newest(self, token: int) -> QueueEntry:
        """Where the token stands."""
        return self.stays[token][-1].entry

    def in_room(self, room: str) -> list[QueueEntry]:
        """Whoever is called to the room, or in it."""
        code = room_number(room)
        return [one for one in self._everybody() if one.state in IN_ROOM and one.room_id == code]

    def _everybody(self) -> Iterator[QueueEntry]:
        for live in self._live.values():
            yield from live.values()

    def _steps(self) -> Mapping[str, Callable[[Event, int, int], str | None]]:
        return {
            Action.ISSUE: self._join,
            JOIN: self._join,
            Action.CALL: self._call,
            Action.RECALL: self._recall,
            Action.REQUEUE: self._requeue,
            Action.TRANSFER: self._transfer,
            Action.UNDO: self._undo,
        }

    def _join(self, line: Event, token: int, department: int) -> str | None:
        data = line.data or {}
        known = self.stays.get(token)
        if (known is None) != (line.kind == Action.ISSUE):
            return "a token begins with its issue, and is issued once"
        priority = known[-1].entry.priority if known else Priority(str(data["priority"]))
        place = rank(priority, line.at, self._made + 1, self.orders[department])
        self._add(token, str(data["number"]), department, line, priority=priority, rank=place)
        return None

    def _add(self, token: int, number: str, department: int, line: Event, **more: object) -> None:
        self._made += 1
        made = QueueEntry(
            self._made,
            token,
            number,
            department,
            State.WAITING,
            joined_at=line.at,
            **more,  # type: ignore[arg-type]
        )
        self.stays.setdefault(token, []).append(Stay(made))
        self._keep(made)

    def _act(self, line: Event, token: int, department: int, **more: int | None) -> str | None:
        """The state machine's own step; a line that it does not know is taken at its word, so that the rest goes on."""
        stay, said = self._stay(token, department), State(str((line.data or {})["state"]))
        if stay is None:
            return "the token was never in this department"
        was, complaint = stay.entry, None
        try:
            stay.entry = act(was, Action(line.kind), line.at, **more)  # type: ignore[arg-type]
        except IllegalTransition:
            complaint = f"not possible for {was.state}"
            stay.entry = replace(was, state=said, **more)  # type: ignore[arg-type]
        if complaint is None and stay.entry.state is not said:
            complaint = f"leaves {stay.entry.state}, not {said}"
        stay.before = was
        self._keep(stay.entry)
        return complaint

    def _call(self, line: Event, token: int, department: int) -> str | None:
        data = line.data or {}
        room, doctor = str(data["room"]), data.get("doctor")
        assert doctor is None or isinstance(doctor, int)
        self._doctors[line.actor] = doctor
        following = next_for(self._live.get(department, {}).values(), doctor)
        others = [one.number for one in self.in_room(room) if one.token_id != token]
        complaint = self._act(line, token, department, room_id=room_number(room), doctor_id=doctor)
        self._announce(line, token, department)
        if complaint is None and others:
            complaint = f"{', '.join(others)} is still in room {room}"
        if complaint is None and line.actor.startswith("program:") and following != self._before(token, department):
            complaint = f"the next one was {following.number if following else 'nobody'}"
        return complaint

    def _before(self, token: int, department: int) -> QueueEntry | None:
        stay = self._stay(token, department)
        return stay.before if stay else None

    def _recall(self, line: Event, token: int, department: int) -> str | None:
        self._announce(line, token, department)
        return self._act(line, token, department)

    def _announce(self, line: Event, token: int, department: int) -> None:
        call_id = (line.data or {})["call_id"]
        assert isinstance(call_id, int)
        self.calls[call_id] = department
        if (stay := self._stay(token, department)) is not None:
            stay.call = call_id

    def _transfer(self, line: Event, token: int, department: int) -> str | None:
        complaint = self._act(line, token, department)
        if (stay := self._stay(token, department)) is not None:
            stay.sender = self._doctors.get(line.actor)
        return complaint

    def _requeue(self, line: Event, token: int, department: int) -> str | None:
        if (line.data or {}).get("came_back"):
            return self._come_back(line, token, department)
        live = self._live.get(department, {})
        waiting = in_order(one for one in live.values() if one.token_id != token)
        sequence = 1 + max((one.rank.after for one in live.values()), default=0)
        complaint = self._act(line, token, department)
        if (stay := self._stay(token, department)) is not None:
            place = after_the_next(stay.entry, waiting, self.orders[department], sequence)
            stay.entry = replace(stay.entry, rank=place)
            self._keep(stay.entry)
        return complaint

    def _come_back(self, line: Event, token: int, department: int) -> str | None:
        """Back from another department, at the place that it had; for its own doctor, if it is that one's room that it
        was sent from, whoever it had been called by since."""
        visits = [stay for stay in self.stays.get(token, []) if stay.entry.department_id == department]
        if not visits:
            return "it comes back to where it never was"
        first = visits[0].entry
        kept = first.doctor_id if visits[-1].sender == first.doctor_id else None
        more = {"priority": self.newest(token).priority, "rank": first.rank, "for_doctor_id": kept}
        self._add(token, first.number, department, line, **more)
        return None

    def _undo(self, line: Event, token: int, department: int) -> str | None:
        """The last press with the stay never was; stays that it made are gone, and its call is withdrawn."""
        undone = next(
            (stay for stay in reversed(self.stays.get(token, [])) if stay.entry.department_id == department), None
        )
        if undone is None or undone.before is None:
            return "there was nothing to undo"
        stays = self.stays[token]
        for made in stays[stays.index(undone) + 1 :]:
            self._live.get(made.entry.department_id, {}).pop(token, None)
        del stays[stays.index(undone) + 1 :]
        if undone.entry.state is State.CALLED and undone.call is not None:
            self.calls.pop(undone.call, None)
        undone.entry, undone.before = undone.before, None
        self._keep(undone.entry)
        said = (line.data or {})["state"]
        return None if undone.entry.state == said else f"leaves {undone.entry.state}, not {said}"

    def _stay(self, token: int, department: int) -> Stay | None:
        """The token's newest stay, if that is in this department."""
        known = self.stays.get(token)
        return known[-1] if known and known[-1].entry.department_id == department else None

    def _keep(self, entry: QueueEntry) -> None:
        live = self._live.setdefault(entry.department_id, {})
        if entry.state in LIVE:
            live[entry.token_id] = entry
        else:
            live.pop(entry.token_id, None)
        assert (entry.state in FINAL) == (entry.state not in LIVE)


def room_number(code: str) -> int:
    """An id for a room of which the journal keeps the code only."""
    return int.from_bytes(code.encode(), "big")
