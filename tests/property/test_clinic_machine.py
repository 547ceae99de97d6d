"""A clinic under random presses, compared with a plain model of what should be so."""

from __future__ import annotations

import asyncio
import copy
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from queue_server.domain.errors import NothingToUndo, QueueError
from queue_server.domain.queue.afterwards import lines_of
from queue_server.domain.queue.tokens import Action, Priority
from queue_server.services.queue.issuing import IssuedToken
from tests.clinics import PROGRAM, Clinic, a_clinic
from tests.statements import known_and_stored

CREDIT_S = {Priority.NORMAL: 0, Priority.ASSISTED: 20 * 60, Priority.URGENT: 60 * 60}
ROOMS = ("1", "2")


@dataclass
class Model:
    """What the clinic's one department should look like. `waiting` holds (place, number), smallest place first."""

    counter: int = 0
    second: int = 0
    waiting: list[tuple[tuple[Any, ...], str]] = field(default_factory=list)
    place: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)
    room: dict[str, str | None] = field(default_factory=lambda: dict.fromkeys(ROOMS))
    returned: int = 0

    def join(self, priority: Priority) -> str:
        self.counter += 1
        number = f"G-{self.counter:03d}"
        if priority is Priority.EMERGENCY:
            self.place[number] = (0, self.second, self.counter, 0)
        else:
            self.place[number] = (1, self.second - CREDIT_S[priority], self.counter, 0)
        self.wait(number)
        return number

    def wait(self, number: str) -> None:
        self.state[number] = "waiting"
        self.waiting = sorted([*self.waiting, (self.place[number], number)])

    def leave(self, number: str, state: str) -> None:
        self.state[number] = state
        self.waiting = [(place, other) for place, other in self.waiting if other != number]
        for room, inside in self.room.items():
            if inside == number:
                self.room[room] = None

    def call(self, number: str | None, room: str, *, was_seen: bool) -> None:
        if inside := self.room[room]:
            self.leave(inside, "attended" if was_seen or self.state[inside] == "serving" else "missed")
        if number:
            self.leave(number, "called")
            self.room[room] = number

    def come_back(self, number: str) -> None:
        self.leave(number, "waiting")
        self.returned += 1
        ahead = self.waiting[:3]
        if ahead and self.place[number][0] == 1 and ahead[-1][0][0] == 1:
            behind = (*ahead[-1][0][:3], self.returned)
            self.place[number] = max(self.place[number], behind)
        self.wait(number)

    def order(self) -> list[str]:
        return [number for _, number in self.waiting]


class ClinicMachine(RuleBasedStateMachine):
    """Presses random buttons in a real clinic on SQLite."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = tempfile.TemporaryDirectory()
        self.clinic: Clinic
        self.model = Model()
        self.before: tuple[str, Model] | None = None
        self.tokens: dict[str, IssuedToken] = {}

    def run(self, coroutine: Any) -> Any:
        return self.runner.run(coroutine)

    @initialize()
    def open(self) -> None:
        address = f"sqlite:///{self.folder.name}/queue.db"
        self.clinic = self.run(self.stack.enter_async_context(a_clinic(address)))
        for _ in range(6):
            self.somebody_joins(Priority.NORMAL, 1)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    def in_state(self, *states: str) -> list[str]:
        return sorted(number for number, state in self.model.state.items() if state in states)

    def pick(self, data: st.DataObject, *states: str) -> str | None:
        numbers = self.in_state(*states)
        return data.draw(st.sampled_from(numbers)) if numbers else None

    def place_of(self, number: str) -> str | None:
        return next((room for room, inside in self.model.room.items() if inside == number), None)

    def pressed(self, room: str | None) -> None:
        """Remember how everything stood before a press, for an undo in this room."""
        self.before = (room, copy.deepcopy(self.model)) if room else None

    @rule(priority=st.sampled_from(Priority), minutes=st.integers(0, 30))
    def somebody_joins(self, priority: Priority, minutes: int) -> None:
        self.clinic.clock.forward(minutes=minutes)
        self.model.second += minutes * 60 + 1
        number = self.model.join(priority)
        self.before = None

        token = self.run(self.clinic.issue(priority=priority))

        assert token.number == number
        self.tokens[number] = token

    @rule(room=st.sampled_from(ROOMS), was_seen=st.booleans())
    def a_doctor_calls_the_next(self, room: str, was_seen: bool) -> None:
        self.pressed(room)
        expected = next(iter(self.model.order()), None)
        if expected is None and self.model.room[room] is None:
            self.before = None
        self.model.call(expected, room, was_seen=was_seen)

        assert self.run(self.clinic.next(room, was_seen=was_seen)) == expected

    @rule(room=st.sampled_from(ROOMS), data=st.data())
    def a_doctor_calls_a_chosen_one(self, room: str, data: st.DataObject) -> None:
        number = self.pick(data, "waiting", "held", "missed")
        if number is not None:
            self.pressed(room)
            self.model.call(number, room, was_seen=False)

            self.run(self.clinic.services.queue.calling.call(self.tokens[number].token_id, room, by=PROGRAM))

    @rule(data=st.data(), action=st.sampled_from([Action.MISS, Action.START, Action.HOLD, Action.ATTEND]))
    def something_is_done_with_the_patient_in_a_room(self, data: st.DataObject, action: Action) -> None:
        room = data.draw(st.sampled_from(ROOMS))
        number = self.model.room[room]
        if number is None or (action in {Action.MISS, Action.START} and self.model.state[number] == "serving"):
            return
        self.pressed(room)
        if action is Action.START:
            self.model.state[number] = "serving"
        else:
            self.model.leave(number, {"miss": "missed", "hold": "held", "attend": "attended"}[action])

        self.run(self.clinic.act(self.tokens[number], action, room_code=room))

    @rule(data=st.data())
    def a_missed_patient_comes_back(self, data: st.DataObject) -> None:
        number = self.pick(data, "missed")
        if number is not None:
            self.before = None
            self.model.come_back(number)

            self.run(self.clinic.act(self.tokens[number], Action.REQUEUE))

    @rule(data=st.data())
    def a_held_patient_resumes(self, data: st.DataObject) -> None:
        number = self.pick(data, "held")
        if number is not None:
            self.before = None
            self.model.wait(number)

            self.run(self.clinic.act(self.tokens[number], Action.RESUME))

    @rule(data=st.data())
    def somebody_gives_up(self, data: st.DataObject) -> None:
        number = self.pick(data, "waiting", "missed", "held")
        if number is not None:
            self.before = None
            self.model.leave(number, "cancelled")

            self.run(self.clinic.act(self.tokens[number], Action.CANCEL))

    @rule(data=st.data(), room=st.sampled_from(ROOMS))
    def what_was_done_by_voice_is_entered_afterwards(self, data: st.DataObject, room: str) -> None:
        theirs = [one for one in self.in_state("waiting", "held", "called") if self.place_of(one) in {None, room}]
        done = {number: data.draw(st.sampled_from("AM")) for number in theirs if data.draw(st.booleans())}
        if not done:
            return
        self.pressed(room)
        for number, what in done.items():
            self.model.leave(number, "attended" if what == "A" else "missed")

        lines = lines_of("\n".join(f"{number} {what}" for number, what in done.items()))
        sheet = self.run(self.clinic.services.queue.afterwards.enter(lines, by=PROGRAM, room_code=room))

        assert len(sheet.done) == len(done)

    @precondition(lambda self: self.before is not None)
    @rule()
    def the_last_press_is_taken_back(self) -> None:
        assert self.before is not None
        room, self.model = self.before
        self.before = None

        self.run(self.clinic.services.queue.calling.undo(room, by=PROGRAM))

        with pytest.raises(NothingToUndo):
            self.run(self.clinic.services.queue.calling.undo(room, by=PROGRAM))

    @rule(data=st.data(), action=st.sampled_from(sorted({*Action} - {Action.ISSUE, Action.UNDO, Action.EXPIRE})))
    def a_refused_press_changes_nothing(self, data: st.DataObject, action: Action) -> None:
        number = self.pick(data, "attended", "cancelled")
        if number is not None:
            with pytest.raises(QueueError):
                self.run(self.clinic.act(self.tokens[number], action))

    @invariant()
    def the_order_is_the_models(self) -> None:
        assert self.run(self.clinic.order()) == self.model.order()

    @invariant()
    def every_token_is_where_the_model_has_it(self) -> None:
        queue = self.run(self.clinic.services.screens.token_pages.queue("GEN"))
        stands = {token["number"]: (token["state"], token["room"]) for token in queue["tokens"]}
        rooms = {number: room for room, number in self.model.room.items()}
        live = {"waiting", "called", "serving", "held", "missed"}

        assert stands == {
            number: (state, rooms.get(number)) for number, state in self.model.state.items() if state in live
        }

    @invariant()
    def what_the_process_knows_is_what_the_rows_say(self) -> None:
        known, rows = self.run(known_and_stored(self.clinic, 1))

        assert known == rows

    @invariant()
    def the_journal_is_whole(self) -> None:
        assert self.run(self.clinic.services.programs.journal.first_bad_line())[0] is None


ClinicMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
TestClinic = ClinicMachine.TestCase
