"""A clock that is doubted: the journal and the screens say so, and an administrator says what the time is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from queue_server import sources
from queue_server.domain.access.actors import SYSTEM, Actor
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import service_day
from queue_server.domain.queue.timekeeping import ANCHOR_HOLDS_S, Anchor
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine import clock_state
from queue_server.storage.engine.clock_state import ClockState, Doubt
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.queue.moved_time_rows import Move, move


@dataclass(frozen=True, slots=True)
class Times:
    """What the clinic goes by, what the machine shows, and since when that is doubted."""

    clinic: datetime
    machine: datetime
    doubted_since: datetime | None


class Timekeeping:
    """Every process of the server looks after the clock of its machine, and follows what an administrator has said."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues
        self._known: ClockState | None = None

    async def times(self) -> Times:
        """How the clocks stand. A doubt that the database knows is told also where this machine's clock is right."""
        async with self._store.reading() as connection:
            doubt = (await clock_state.load(connection)).doubt
        clock = self._store.clock
        now = clock.now()
        return Times(now, clock.machine.now(), clock.doubted_since or (doubt.since if doubt else None))

    async def keep(self) -> None:
        """Keep what is known of the clock, write into the journal whether it is doubted, follow what was set.

        To be done every few seconds.
        """
        async with self._store.reading() as connection:
            state = await clock_state.load(connection)
        self._follow(state)
        if self._kept(state) == state:
            return
        async with self._store.transaction() as work:
            state = await clock_state.load(work.connection, is_locked=True)
            kept = self._kept(state)
            if (kept.doubt is None) != (state.doubt is None):
                kind = "clock_doubted" if kept.doubt else "clock_believed"
                machine = self._store.clock.machine.now().isoformat(timespec="seconds")
                work.record(Event(kind, work.now, str(SYSTEM), data={"machine": machine}))
                await self._touch_all(work)
            await clock_state.save(work, kept)

    async def confirm(self, *, by: Actor) -> list[str]:
        """The machine's clock is right; as `set_to`."""
        return await self.set_to(self._store.clock.machine.now(), by=by)

    async def set_to(self, at: datetime, *, by: Actor) -> list[str]:
        """It is `at` now. Who came while the clock was doubted keeps number and place, on the right day.

        Returns the numbers that stay on the day of the doubt, because the right day has them already.
        """
        clock = self._store.clock
        async with self._store.transaction() as work:
            departments = await clinic_rows.departments(work.connection)
            await clinic_rows.lock_departments(work, [department.id for department in departments])
            state = await clock_state.load(work.connection, is_locked=True)
            setting, was = await self._queues.clinic(), clock.now()
            day, old_day = (service_day(one, setting.zone, setting.roll_over) for one in (at, was))
            since = clock.doubted_since or (state.doubt.since if state.doubt else was)
            staying = await move(work, Move(since, at - was, old_day, day))
            anchor = Anchor(at, clock.machine.elapsed_s())
            new = ClockState({clock.machine.boot(): anchor}, None, await clock_state.newest_id(work.connection))
            new = replace(new, times_set=state.times_set + 1, set_to=at)
            await clock_state.save(work, new)
            data = {"was": was.isoformat(timespec="seconds"), "staying": staying}
            work.record(Event("clock_set", at, str(by), data=data))
            await self._touch_all(work)
            # From the next transaction on, which may share this one's commit, the new time holds.
            clock.set_to(anchor)
            self._known = new
        return staying

    def _follow(self, state: ClockState) -> None:
        """What another process has set holds here too."""
        if self._known is not None and self._known.times_set != state.times_set and state.set_to:
            clock = self._store.clock
            anchor = state.anchors.get(clock.machine.boot())
            if anchor:
                clock.set_to(anchor)
            else:
                clock.begin(state.set_to)
        self._known = state

    def _kept(self, state: ClockState) -> ClockState:
        """What should be kept, where that is kept now."""
        clock = self._store.clock
        boot, anchor = clock.machine.boot(), clock.anchor
        known = state.anchors.get(boot)
        if known is None or anchor.elapsed_s - known.elapsed_s >= ANCHOR_HOLDS_S:
            state = state.with_anchor(boot, anchor)
        if clock.doubted_since and not state.doubt:
            return replace(state, doubt=Doubt(boot, clock.doubted_since, clock.machine.now() > clock.now()))
        if state.doubt and not clock.doubted_since and (state.doubt.boot == boot or not self._store.is_postgres):
            return replace(state, doubt=None)
        return state

    async def _touch_all(self, work: Transaction) -> None:
        work.touch(sources.CLINIC)
        for department in await clinic_rows.departments(work.connection):
            work.any_entry_changed()
            work.touch(sources.department(department.id))
