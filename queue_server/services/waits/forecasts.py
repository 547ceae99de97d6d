"""Waiting times of a department as it stands, from what was learned of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from queue_server.domain.clinic.clinic import Clinic, Department, DepartmentQueue, Duty
from queue_server.domain.clinic.opening_hours import closes_at
from queue_server.domain.queue.tokens import IN_ROOM, Action, DutyState, Priority, QueueEntry, State
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.forecast import HELD_WEIGHT, Ahead, Forecast, forecast, passes_closing
from queue_server.domain.waits.learning import Learning, learn, lessons
from queue_server.domain.waits.mechanics import Server
from queue_server.domain.waits.pace import Learned
from queue_server.domain.waits.wording import Shown, calm, clock_range, is_far, shown_now
from queue_server.services.clinic.json_views import Json
from queue_server.services.clinic.snapshot import Queues
from queue_server.storage.engine.store import Store
from queue_server.storage.waits import learned_rows
from queue_server.storage.waits.learned_rows import Promise

#: A forecast is made anew after so long even when nothing happened, because time has passed.
FRESH_FOR = timedelta(seconds=5)
#: Whoever was not looked at for so long after joining was promised nothing.
PROMISED_WITHIN = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Standing:
    """The forecast of one department for one state of its queue."""

    queue: DepartmentQueue
    made_at: datetime
    waits: Mapping[int, Json]
    joining: Json | None


class Waits:
    """Forecasts for everybody who waits, and for whoever would join now. `keep` writes down what was learned."""

    def __init__(self, store: Store, queues: Queues) -> None:
        self._store = store
        self._queues = queues
        self._learnings: dict[int, tuple[Learning, int]] = {}
        self._standings: dict[int, Standing] = {}
        self._shown: dict[int, Shown] = {}
        self._shown_to_newcomers: dict[int, Wait] = {}
        self._promised: dict[int, Promise] = {}
        self._unsaved: list[Promise] = []

    async def of(self, queue: DepartmentQueue) -> Mapping[int, Json]:
        """Token id → {"low_s", "likely_s", "high_s"} in whole seconds; absent where it cannot be known.

        A wait that is far away has a "clock" too, from and until on the clinic's clock, `["11:10", "11:35"]`; one that
        passes closing time is "late": true.
        """
        return (await self._standing(queue)).waits

    async def of_token(self, queue: DepartmentQueue, token_id: int) -> Json | None:
        """The same for one token; none where it cannot be known."""
        return (await self._standing(queue)).waits.get(token_id)

    async def joining(self, queue: DepartmentQueue) -> Json | None:
        """The same for somebody who joins now with normal priority."""
        return (await self._standing(queue)).joining

    async def is_closing(self, queue: DepartmentQueue) -> bool:
        """Whether somebody who joins now would more likely than not be called after closing time."""
        wait = (await self._standing(queue)).joining
        return wait is not None and "late" in wait

    async def keep(self) -> None:
        """What was promised is saved, and what has happened since is learned from; run every few seconds."""
        for queue in await self._queues.all():
            await self._standing(queue)
        await self._save_promises()
        for department in await self._queues.departments():
            await self._learn(department)

    async def _standing(self, queue: DepartmentQueue) -> Standing:
        known = self._standings.get(queue.department.id)
        now = self._store.clock.now()
        if known is None or known.queue is not queue or now - known.made_at > FRESH_FOR:
            learning, _ = await self._learning(queue.department)
            known = self._forecast(queue, learning, await self._queues.clinic(), now)
            self._standings[queue.department.id] = known
        return known

    def _forecast(self, queue: DepartmentQueue, learning: Learning, clinic: Clinic, now: datetime) -> Standing:
        line = in_line(queue)
        made = forecast(
            [_ahead(entry) for entry in line],
            servers(queue, now),
            learning.learned,
            learning.recent.flow(now.timestamp()),
        )
        self._promise(queue, line, made, now)
        closes = closes_at(queue.department.hours, now, clinic.zone, queue.department.holidays)
        waits = {}
        for entry, wait in zip(line, made.waits, strict=True):
            if wait is not None and entry.state is State.WAITING:
                shown = self._shown[entry.token_id] = shown_now(self._shown.get(entry.token_id), wait, now)
                waits[entry.token_id] = _json(shown, clinic, closes, now)
        before = self._standings.get(queue.department.id)
        for gone in set(before.waits if before else ()) - set(waits):
            self._shown.pop(gone, None)
        joining = self._for_newcomers(queue.department, made.joining)
        return Standing(queue, now, waits, _json(Shown(joining, now), clinic, closes, now) if joining else None)

    def _for_newcomers(self, department: Department, new: Wait | None) -> Wait | None:
        """What is shown to whoever has not joined yet; it does not run down, it moves with the line."""
        if new is None:
            self._shown_to_newcomers.pop(department.id, None)
            return None
        shown = calm(self._shown_to_newcomers.get(department.id), new)
        self._shown_to_newcomers[department.id] = shown
        return shown

    def _promise(self, queue: DepartmentQueue, line: list[QueueEntry], made: Forecast, now: datetime) -> None:
        """Whoever is seen for the first time has been promised this."""
        for place, (entry, wait) in enumerate(zip(line, made.waits, strict=True)):
            is_new = now - entry.joined_at < PROMISED_WITHIN and entry.calls == 0
            if wait is None or not is_new or entry.id in self._promised:
                continue
            if (clues := made.clues(place)) is not None:
                promise = Promise(entry.id, queue.department.id, now, wait, clues)
                self._promised[entry.id] = promise
                self._unsaved.append(promise)

    async def _save_promises(self) -> None:
        unsaved, self._unsaved = self._unsaved, []
        if unsaved:
            async with self._store.transaction() as work:
                await learned_rows.save_promises(work, unsaved)
        day_ago = self._store.clock.now() - timedelta(hours=24)
        for entry_id in [known for known, promise in self._promised.items() if promise.promised_at < day_ago]:
            del self._promised[entry_id]

    async def _learning(self, department: Department) -> tuple[Learning, int]:
        if department.id not in self._learnings:
            async with self._store.reading() as connection:
                kept = await learned_rows.read_learning(connection, department.id)
            fresh = Learning(Learned(configured_s=float(department.pace_s)))
            self._learnings[department.id] = kept or (fresh, 0)
        learning, last = self._learnings[department.id]
        if learning.learned.configured_s != department.pace_s:  # the pace was set anew meanwhile
            learning = replace(learning, learned=replace(learning.learned, configured_s=float(department.pace_s)))
            self._learnings[department.id] = (learning, last)
        return self._learnings[department.id]

    async def _learn(self, department: Department) -> None:
        learning, last = await self._learning(department)
        async with self._store.reading() as connection:
            lines = await learned_rows.lines_after(connection, department.id, last)
            calls = [line.token_id for _, line in lines if line.kind == Action.CALL and line.token_id]
            told = await learned_rows.told_to_tokens(connection, department.id, calls)
        ripe = lessons(lines, self._store.clock.now())
        if not ripe:
            return
        for _, line in ripe:
            learning = learn(learning, line, told.get(line.token_id or 0))
        self._learnings[department.id] = (learning, ripe[-1][0])
        async with self._store.transaction() as work:
            await learned_rows.save_learning(work, department.id, learning, ripe[-1][0])


def in_line(queue: DepartmentQueue) -> list[QueueEntry]:
    """Whoever waits and whoever is held, who may come back at the place that is kept, in the order of calling."""
    known = (entry for entry in queue.entries if entry.state in {State.WAITING, State.HELD})
    return sorted(known, key=lambda entry: entry.rank.key)


def _ahead(entry: QueueEntry) -> Ahead:
    return Ahead(
        for_doctor=str(entry.for_doctor_id) if entry.for_doctor_id else None,
        weight=HELD_WEIGHT if entry.state is State.HELD else 1.0,
        has_priority=entry.priority is not Priority.NORMAL,
        is_emergency=entry.rank.is_emergency,
    )


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
    if duty.state is DutyState.ON_BREAK:
        return Server.on_break(doctor, back_in_s, running_s=running_s)
    return Server.on_duty(doctor, running_s)


def _json(shown: Shown, clinic: Clinic, closes: datetime | None, now: datetime) -> Json:
    wait = shown.run_down(now)
    data: Json = {name: round(value) for name, value in wait._asdict().items()}
    if is_far(wait):
        data["clock"] = [f"{moment:%H:%M}" for moment in clock_range(shown.wait, shown.at.astimezone(clinic.zone))]
    if closes is not None and passes_closing(wait, (closes - now).total_seconds()):
        data["late"] = True
    return data
