"""Waiting times of a department as it stands, from what was learned of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from queue_server.domain.clinic import Department, DepartmentQueue, Duty
from queue_server.domain.learning import Learning, learn, lessons
from queue_server.domain.ordering import in_order
from queue_server.domain.pace import Learned
from queue_server.domain.tokens import IN_ROOM, Action, DutyState, QueueEntry
from queue_server.domain.waits import Ahead, Forecast, Server, Wait, forecast
from queue_server.domain.waits_wording import calm
from queue_server.services.views import Json
from queue_server.storage import waits as rows
from queue_server.storage.store import Store
from queue_server.storage.waits import Promise

#: A forecast is made anew after so long even when nothing happened, because time has passed.
FRESH_FOR = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Standing:
    """The forecast of one department for one state of its queue."""

    queue: DepartmentQueue
    made_at: datetime
    waits: Mapping[int, Wait]
    joining: Wait | None


class Waits:
    """Forecasts for everybody who waits, and for whoever would join now. `keep` writes down what was learned."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._learnings: dict[int, tuple[Learning, int]] = {}
        self._standings: dict[int, Standing] = {}
        self._shown: dict[int, tuple[Wait, datetime]] = {}
        self._promised: dict[int, Promise] = {}
        self._unsaved: list[Promise] = []

    async def of(self, queue: DepartmentQueue) -> Mapping[int, Json]:
        """Token id → {"low_s", "likely_s", "high_s"} in whole seconds; absent where it cannot be known."""
        standing = await self._standing(queue)
        return {token_id: _json(wait) for token_id, wait in standing.waits.items()}

    async def of_token(self, queue: DepartmentQueue, token_id: int) -> Json | None:
        """The same for one token; none where it cannot be known."""
        wait = (await self._standing(queue)).waits.get(token_id)
        return _json(wait) if wait else None

    async def joining(self, queue: DepartmentQueue) -> Json | None:
        """The wait of somebody who joins now with normal priority."""
        wait = (await self._standing(queue)).joining
        return _json(wait) if wait else None

    async def keep(self, departments: list[Department]) -> None:
        """What was promised is saved, and what has happened since is learned from; run every few seconds."""
        await self._save_promises()
        for department in departments:
            await self._learn(department)

    async def _standing(self, queue: DepartmentQueue) -> Standing:
        known = self._standings.get(queue.department.id)
        now = self._store.clock.now()
        if known is None or known.queue is not queue or now - known.made_at > FRESH_FOR:
            learning, _ = await self._learning(queue.department)
            known = self._forecast(queue, learning.learned, now)
            self._standings[queue.department.id] = known
        return known

    def _forecast(self, queue: DepartmentQueue, learned: Learned, now: datetime) -> Standing:
        waiting = in_order(queue.entries)
        line = [
            Ahead((now - entry.joined_at).total_seconds(), str(entry.for_doctor_id) if entry.for_doctor_id else None)
            for entry in waiting
        ]
        made = forecast(line, servers(queue, now), learned)
        self._promise(queue, waiting, made, now)
        waits = {
            entry.token_id: self._calm(entry.token_id, wait, now)
            for entry, wait in zip(waiting, made.waits, strict=True)
            if wait is not None
        }
        before = self._standings.get(queue.department.id)
        for gone in set(before.waits if before else ()) - set(waits):
            self._shown.pop(gone, None)
        return Standing(queue, now, waits, made.joining)

    def _calm(self, token_id: int, new: Wait, now: datetime) -> Wait:
        """What to show this patient: what was shown before, run down, unless it has become wrong."""
        shown, shown_at = self._shown.get(token_id, (None, now))
        wait = calm(shown, new, (now - shown_at).total_seconds())
        self._shown[token_id] = (wait, now)
        return wait

    def _promise(self, queue: DepartmentQueue, waiting: list[QueueEntry], made: Forecast, now: datetime) -> None:
        """Whoever is seen for the first time has been promised this."""
        for entry, wait, clues in zip(waiting, made.waits, made.clues, strict=False):
            is_new = now - entry.joined_at < 2 * FRESH_FOR and entry.calls == 0
            if wait is not None and clues is not None and is_new and entry.id not in self._promised:
                promise = Promise(entry.id, queue.department.id, now, wait, clues)
                self._promised[entry.id] = promise
                self._unsaved.append(promise)

    async def _save_promises(self) -> None:
        unsaved, self._unsaved = self._unsaved, []
        if unsaved:
            async with self._store.transaction() as work:
                await rows.save_promises(work, unsaved)
        day_ago = self._store.clock.now() - timedelta(hours=24)
        for entry_id in [known for known, promise in self._promised.items() if promise.promised_at < day_ago]:
            del self._promised[entry_id]

    async def _learning(self, department: Department) -> tuple[Learning, int]:
        if department.id not in self._learnings:
            async with self._store.reading() as connection:
                kept = await rows.read_learning(connection, department.id)
            fresh = Learning(Learned(configured_s=float(department.pace_s)))
            self._learnings[department.id] = kept or (fresh, 0)
        return self._learnings[department.id]

    async def _learn(self, department: Department) -> None:
        learning, last = await self._learning(department)
        async with self._store.reading() as connection:
            lines = await rows.lines_after(connection, department.id, last)
            calls = [line.token_id for _, line in lines if line.kind == Action.CALL and line.token_id]
            clues = await rows.clues_of_tokens(connection, department.id, calls)
        ripe = lessons(lines, self._store.clock.now())
        if not ripe:
            return
        for _, line in ripe:
            learning = learn(learning, line, clues.get(line.token_id or 0))
        self._learnings[department.id] = (learning, ripe[-1][0])
        async with self._store.transaction() as work:
            await rows.save_learning(work, department.id, learning, ripe[-1][0])


def servers(queue: DepartmentQueue, now: datetime) -> list[Server]:
    """The department's doctors as the forecast sees them; a room without a duty counts while a patient is in it."""
    inside = {entry.room_id: entry for entry in queue.entries if entry.state in IN_ROOM}
    made = []
    for room in queue.rooms:
        entry, duty = inside.get(room.id), queue.duty_in(room.id)
        running_s = (now - entry.called_at).total_seconds() if entry and entry.called_at else None
        if duty is None or duty.state is DutyState.OFF_DUTY:
            if running_s is not None:
                made.append(Server.on_duty(room.code, running_s))
        else:
            made.append(_server(duty, running_s, now))
    return made


def _server(duty: Duty, running_s: float | None, now: datetime) -> Server:
    doctor = str(duty.doctor_id)
    back_in_s = (duty.back_at - now).total_seconds() if duty.back_at else None
    if duty.state is DutyState.EXPECTED:
        return Server.expected(doctor, back_in_s)
    if duty.state is DutyState.ON_BREAK and running_s is None:
        return Server.on_break(doctor, back_in_s)
    return Server.on_duty(doctor, running_s)


def _json(wait: Wait) -> Json:
    return {name: round(value) for name, value in wait._asdict().items()}
