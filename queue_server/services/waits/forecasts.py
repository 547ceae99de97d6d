"""Waiting times of a department as it stands, from what was learned of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from queue_server.domain.clinic.clinic import Clinic, Department, DepartmentQueue, Duty
from queue_server.domain.clinic.opening_hours import closes_at
from queue_server.domain.queue.ordering import is_too_late
from queue_server.domain.queue.tokens import IN_ROOM, Action, DutyState, Priority, QueueEntry, State
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.forecast import HELD_WEIGHT, PLAIN, Ahead, Forecast, forecast, passes_closing
from queue_server.domain.waits.learning import Learning, Promise, learn, lessons
from queue_server.domain.waits.mechanics import Server
from queue_server.domain.waits.pace import Learned
from queue_server.domain.waits.wording import Shown, WaitView, calm
from queue_server.live.view_types import WaitFigures
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.waits.telling import DepartmentForecast, Telling, ToldWait
from queue_server.storage.engine.store import Store
from queue_server.storage.waits import learned_rows

#: A forecast is made anew after so long even when nothing happened, because time has passed.
FRESH_FOR = timedelta(seconds=5)
#: Whoever was not looked at for so long after joining was promised nothing.
PROMISED_WITHIN = timedelta(seconds=15)
#: Somebody who is held or at another department, and may come back in time. Who is not here yet counts as much.
_AWAY = Ahead(weight=HELD_WEIGHT)
#: The places of so many are looked up one by one.
_FEW = 3


class Waits:
    """Forecasts for everybody who waits, and for whoever would join now. `keep` writes down what was learned."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues
        self._learnings: dict[int, tuple[Learning, int]] = {}
        self._standings: dict[int, DepartmentForecast] = {}
        self._shown: dict[int, Telling] = {}
        self._shown_to_newcomers: dict[int, Wait] = {}
        self._promised: dict[int, datetime] = {}
        self._unsaved: list[Promise] = []
        self._later: dict[int, list[Shown]] = {}
        self._judged: list[tuple[int, int, int]] = []

    async def told(self, queue: DepartmentQueue, token_ids: Collection[int]) -> dict[int, ToldWait]:
        """Token id → what its holder is told; absent for those who do not wait, and where it cannot be known."""
        standing = await self._standing(queue)
        return {token_id: one.told(standing) for token_id, one in self._shown_to(token_ids, standing).items()}

    async def of(self, queue: DepartmentQueue, token_ids: Collection[int]) -> dict[int, WaitView]:
        """The same for screens."""
        return {token_id: told.view for token_id, told in (await self.told(queue, token_ids)).items()}

    async def figures(self, queue: DepartmentQueue, token_ids: Iterable[int]) -> dict[int, WaitFigures]:
        """The same for programs. Most presses end somebody's wait: the line is not worked out for those."""
        token_ids = [token_id for token_id in token_ids if queue.place_of(token_id) is not None]
        if not token_ids:
            return {}
        standing = await self._standing(queue)
        shown = self._shown_to(token_ids, standing)
        return {token_id: _figures(one.shown.run_down(standing.made_at)) for token_id, one in shown.items()}

    async def fresh(self, queue: DepartmentQueue, token_ids: Iterable[int]) -> dict[int, Wait]:
        """The waits as the forecast has them now, which may differ from what is shown by as much as is calm."""
        standing = await self._standing(queue)
        places = queue.ahead if standing.places is None else standing.places
        found = {one: standing.made.wait(places[one]) for one in token_ids if one in places}
        return {token_id: wait for token_id, wait in found.items() if wait is not None}

    async def joining(self, queue: DepartmentQueue) -> WaitView | None:
        """What is told to somebody who would join now with normal priority."""
        standing = await self._standing(queue)
        return standing.told(Shown(standing.joining, standing.made_at)).view if standing.joining else None

    async def joining_figures(self, queue: DepartmentQueue) -> WaitFigures | None:
        """The same for programs."""
        joining = (await self._standing(queue)).joining
        return _figures(joining) if joining else None

    async def is_closing(self, queue: DepartmentQueue) -> bool:
        """Whether somebody who joins now would more likely than not be called after closing time."""
        standing = await self._standing(queue)
        return passes_closing(standing.joining, standing.closes_in_s)

    async def keep(self) -> None:
        """What was promised is saved, and what has happened since is learned from; run every few seconds."""
        for queue in await self._queues.all():
            await self._standing(queue)
        await self._save_promises()
        for department in await self._queues.departments():
            await self._learn(department)

    async def _standing(self, queue: DepartmentQueue) -> DepartmentForecast:
        known = self._standings.get(queue.department.id)
        now = self._store.clock.now()
        if known is None or known.queue is not queue or now - known.made_at > FRESH_FOR:
            learning, _ = await self._learning(queue.department)
            known = self._forecast(queue, learning, await self._queues.clinic(), now)
            self._standings[queue.department.id] = known
        return known

    def _forecast(
        self, queue: DepartmentQueue, learning: Learning, clinic: Clinic, now: datetime
    ) -> DepartmentForecast:
        line, local = in_line(queue, now, self._queues.coming_back(queue.rooms)), now.astimezone(clinic.zone)
        made = forecast(
            _line_ahead(queue, line),
            servers(queue, now, self._free_since),
            learning.learned,
            learning.recent.flow(now.timestamp(), local.hour),
        )
        self._promise(queue, line, made, now)
        places: Mapping[int, int] | None = None
        if line is not queue.line or queue.not_here:
            places = {entry.token_id: place for place, entry in enumerate(line) if is_waiting(queue, entry)}
        before = self._standings.get(queue.department.id)
        over = before.queue.by_token.keys() - queue.by_token.keys() if before else set()
        away = {entry.token_id for entry in queue.order.others if entry.state is not State.WAITING}
        # Of those who are here and wait no longer, most were seen off before.
        for gone in over | (self._shown.keys() & away):
            self._shown.pop(gone, None)
            self._judge_later(queue.by_token.get(gone), self._later.pop(gone, []))
        closes = closes_at(queue.department.opening_hours, now, clinic.zone, queue.department.holidays)
        joining = self._for_newcomers(queue.department, made.joining)
        time_of_day_s = local.hour * 3600.0 + local.minute * 60 + local.second + local.microsecond / 1e6
        return DepartmentForecast(queue, now, joining, made, places, time_of_day_s, closes)

    def _free_since(self, room: str) -> datetime | None:
        """Since when this room is free, whoever of its departments was in it last; None where that is not known."""
        seen = [learning.rooms[room].free_since for learning, _ in self._learnings.values() if room in learning.rooms]
        return max((since for since in seen if since is not None), default=None) if None not in seen else None

    def _shown_to(self, token_ids: Collection[int], standing: DepartmentForecast) -> dict[int, Telling]:
        """What these tokens' holders are shown from now on; whoever does not look costs nothing."""
        queue, made, now, known = standing.queue, standing.made, standing.made_at, self._shown
        # After a press one person looks: for that the whole line is not counted.
        place_of = queue.ahead.get if len(token_ids) > _FEW else queue.place_of
        if standing.places is not None:
            place_of = standing.places.get
        found = {}
        for token_id in token_ids:
            place = place_of(token_id)
            if place is None:
                continue
            before, likely_s = known.get(token_id), made.likely_s(place)
            if before is not None and likely_s is not None and before.shown.is_right(likely_s, now):
                found[token_id] = before
            elif (wait := made.wait(place)) is not None:
                shown = Shown(wait, now, made.why(place))
                found[token_id] = known[token_id] = Telling(shown)
                if before is not None:
                    self._later.setdefault(token_id, []).append(shown)
        return found

    def _judge_later(self, entry: QueueEntry | None, shown: Sequence[Shown]) -> None:
        """What somebody was shown after the promise is compared with the call that has come."""
        if entry is None or entry.state not in IN_ROOM or entry.called_at is None or not shown or entry.passed_at:
            return
        waits = [((entry.called_at - one.at).total_seconds(), one.wait) for one in shown]
        true = sum(wait.low_s <= waited_s <= wait.high_s for waited_s, wait in waits)
        self._judged.append((entry.id, len(waits), true))

    def _for_newcomers(self, department: Department, new: Wait | None) -> Wait | None:
        """What is shown to whoever has not joined yet; it does not run down, it moves with the line."""
        if new is None:
            self._shown_to_newcomers.pop(department.id, None)
            return None
        shown = calm(self._shown_to_newcomers.get(department.id), new)
        self._shown_to_newcomers[department.id] = shown
        return shown

    def _promise(self, queue: DepartmentQueue, line: Sequence[QueueEntry], made: Forecast, now: datetime) -> None:
        """Whoever is seen for the first time has been promised this."""
        since, promised = now - PROMISED_WITHIN, self._promised
        new = [place for place, entry in enumerate(line) if entry.joined_at > since and entry.id not in promised]
        for place in new:
            entry = line[place]
            if entry.calls or entry.department_id != queue.department.id:
                continue
            wait, clues = made.wait(place), made.clues(place)
            if wait is not None and clues is not None:
                promise = Promise(entry.id, queue.department.id, now, wait, clues)
                promised[entry.id] = entry.joined_at
                self._unsaved.append(promise)

    async def _save_promises(self) -> None:
        unsaved, self._unsaved = self._unsaved, []
        judged, self._judged = self._judged, []
        if unsaved or judged:
            async with self._store.transaction() as work:
                await learned_rows.save_promises(work, unsaved)
                await learned_rows.judge_later(work, judged)
        # Whoever joined earlier is not seen for the first time any more, whether known or not.
        since = self._store.clock.now() - PROMISED_WITHIN
        self._promised = {known: joined_at for known, joined_at in self._promised.items() if joined_at > since}

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


def in_line(queue: DepartmentQueue, now: datetime, coming_back: Sequence[QueueEntry] = ()) -> Sequence[QueueEntry]:
    """Whoever waits, and whoever may come or come back meanwhile, in the order of calling.

    Who is held comes back to the place that is kept, and who is not here comes to it, unless it is too late. Who was
    sent to another department, to the laboratory, comes back to the place of the first arrival, which is in front of
    nearly everybody.
    """
    rules = queue.department.rules
    others = [entry for entry in queue.order.others if entry.state is State.HELD]
    others += [entry for entry in queue.not_here if not is_too_late(entry, rules, now)]
    line = sorted((*queue.line, *others), key=lambda entry: entry.rank.key) if others else queue.line
    if not coming_back:
        return line
    first = sum(entry.rank.is_emergency for entry in line)
    return [*line[:first], *coming_back, *line[first:]]


def is_waiting(queue: DepartmentQueue, entry: QueueEntry) -> bool:
    """Whether this entry of `in_line` waits in this department, here or elsewhere."""
    return entry.state is State.WAITING and entry.department_id == queue.department.id


def _line_ahead(queue: DepartmentQueue, line: Sequence[QueueEntry]) -> list[Ahead]:
    """The line as a forecast takes it."""
    normal = Priority.NORMAL
    if line is not queue.line:
        return [_ahead(queue, entry) for entry in line]
    return [
        PLAIN if entry.priority is normal and entry.for_doctor_id is None else _ahead(queue, entry) for entry in line
    ]


def _ahead(queue: DepartmentQueue, entry: QueueEntry) -> Ahead:
    if not is_waiting(queue, entry):
        return _AWAY
    if entry.for_doctor_id is None and entry.priority is Priority.NORMAL and entry.is_here:
        return PLAIN
    return Ahead(
        weight=1.0 if entry.is_here else HELD_WEIGHT,
        for_doctor=str(entry.for_doctor_id) if entry.for_doctor_id else None,
        has_priority=entry.priority is not Priority.NORMAL,
        is_emergency=entry.rank.is_emergency,
    )


def servers(
    queue: DepartmentQueue, now: datetime, free_since: Callable[[str], datetime | None] = lambda room: None
) -> list[Server]:
    """The department's doctors as the forecast sees them; a room without a duty counts while a patient is in it.

    `free_since`: room code → since when it is free, None where that is not known.
    """
    inside = {entry.room_id: entry for entry in queue.order.others if entry.state in IN_ROOM}
    made = []
    for room in queue.rooms:
        entry, duty = inside.get(room.id), queue.duty_in(room.id)
        running_s = (now - entry.called_at).total_seconds() if entry and entry.called_at else None
        if duty is None or duty.state is DutyState.OFF_DUTY:
            if running_s is not None:
                made.append(Server.on_duty(room.code, running_s))
        else:
            idle_s = _idle_s(queue, duty, free_since(room.code), now) if running_s is None else None
            made.append(_server(duty, running_s, now, idle_s))
    return made


def _idle_s(queue: DepartmentQueue, duty: Duty, free_since: datetime | None, now: datetime) -> float | None:
    """For how long somebody has waited whom this doctor, whose room is free, could have called."""
    if free_since is None or duty.state is not DutyState.ON_DUTY:
        return None
    waiting = [entry.here_since for entry in queue.line if entry.for_doctor_id in {None, duty.doctor_id}]
    return (now - max(free_since, duty.since_at, min(waiting))).total_seconds() if waiting else None


def _server(duty: Duty, running_s: float | None, now: datetime, idle_s: float | None) -> Server:
    doctor = str(duty.doctor_id)
    back_in_s = (duty.back_at - now).total_seconds() if duty.back_at else None
    stops_in_s = (duty.ends_at - now).total_seconds() if duty.ends_at else None
    if duty.state is DutyState.EXPECTED:
        return Server.expected(doctor, back_in_s, stops_in_s)
    if duty.state is DutyState.ON_BREAK:
        return Server.on_break(doctor, back_in_s, stops_in_s, running_s)
    return Server.on_duty(doctor, running_s, stops_in_s, idle_s)


def _figures(wait: Wait) -> WaitFigures:
    low, likely, high = map(round, wait)
    return WaitFigures(low_s=low, likely_s=likely, high_s=high)
