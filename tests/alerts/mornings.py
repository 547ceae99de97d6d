"""A simulated clinic's mornings, played on the real services with a clock that is moved from event to event."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from queue_server.domain.access.actors import PATIENT, SYSTEM, Actor
from queue_server.domain.alerts.alerts import AlertKind, Channel, Holder, Message, Outcome, Sent
from queue_server.domain.queue.tokens import Action, DutyState, Priority, State
from queue_server.services import Services
from queue_server.services.queue.issuing import IssueRequest
from queue_server.simulation.clinic import (
    Arrival,
    ClinicPlan,
    SimulatedDoctor,
    a_small_clinic,
    arrivals,
    comes,
    consultation_s,
    lateness_s,
    no_show_held_s,
    turn_over_s,
)
from tests.alerting import alerting_services
from tests.clinics import SettableClock, a_clinic

#: Half past seven in the clinic's time zone, on the day of `tests.clinics.MORNING`.
DAWN_BEFORE_OPENING_S = 8 * 3600.0
#: The watch looks at least this often in the simulation; really it is every five seconds.
TICK_S = 20.0
LEARN_S = 120.0


@dataclass
class ToldPatients:
    """A driver that remembers at which (simulated) moment which number was told what."""

    clock: SettableClock
    channel: Channel = Channel.SMS
    is_repeatable: bool = False
    told: dict[tuple[AlertKind, str], datetime] = field(default_factory=dict)

    async def send(self, message: Message) -> Outcome:
        """Takes everything at once."""
        self.told[message.kind, str(message.data["number"])] = self.clock.now()
        return Sent()


@dataclass(frozen=True)
class Visit:
    """How long one patient waited, and how long before the call the "ten minutes" alert came (none: never)."""

    waited_s: float
    warned_s: float | None


class Morning:
    """One day of the small clinic: two doctors, who come late, rest, and wait for some who do not turn up."""

    def __init__(
        self, services: Services, clock: SettableClock, doctors: list[Actor], seed: str, patients: int
    ) -> None:
        self.services = services
        self.clock = clock
        self.doctors = doctors
        self.random = Random(seed)
        small = a_small_clinic()
        general = replace(small.departments[0], patients=patients)
        self.plan: ClinicPlan = replace(small, departments=(general,))
        self.joined: dict[str, datetime] = {}
        self.called: dict[str, datetime] = {}
        self._coming: list[tuple[float, int, Callable[[], Awaitable[None]]]] = []
        self._order = count()
        self._midnight = clock.now() - timedelta(seconds=DAWN_BEFORE_OPENING_S)
        self._now_s = DAWN_BEFORE_OPENING_S

    async def play(self) -> None:
        """From the opening until everybody was called."""
        for arrival in arrivals(self.plan, self.random):
            self._at(self.plan.opens_s + arrival.at_s, lambda arrival=arrival: self._arrive(arrival))  # type: ignore[misc]
        expected_s = self.plan.opens_s + self.plan.doctors_after_s
        for index, simulated in enumerate(self.plan.departments[0].doctors):
            await self._duty(index, DutyState.EXPECTED, expected_s)
            begins = max(expected_s + lateness_s(simulated, self.random), self.plan.opens_s)
            rests = begins + self.plan.break_after_s * self.random.uniform(0.7, 1.2)
            rests = rests if self.random.random() < self.plan.break_share else float("inf")
            self._at(begins, lambda i=index, r=rests: self._begin(i, r))  # type: ignore[misc]
        self._at(self.plan.opens_s, self._tick)
        self._at(self.plan.opens_s, self._learn)
        while self._coming and self._now_s < 20 * 3600:
            self._now_s, _, happen = heapq.heappop(self._coming)
            self.clock.moment = self._midnight + timedelta(seconds=self._now_s)
            await happen()

    def visits(self, told: ToldPatients) -> list[Visit]:
        """Everybody who was called."""
        return [
            Visit(
                (self.called[number] - joined).total_seconds(),
                (self.called[number] - at).total_seconds() if (at := told.told.get((AlertKind.SOON, number))) else None,
            )
            for number, joined in self.joined.items()
            if number in self.called
        ]

    def _at(self, at_s: float, happen: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._coming, (max(at_s, self._now_s), next(self._order), happen))

    def _after(self, seconds: float, happen: Callable[[], Awaitable[None]]) -> None:
        self._at(self._now_s + seconds, happen)

    async def _duty(self, index: int, state: DutyState, back_s: float | None = None) -> None:
        back_at = self._midnight + timedelta(seconds=back_s) if back_s is not None else None
        await self.services.queue.duties.change(str(index + 1), state, doctor=self.doctors[index], back_at=back_at)

    async def _arrive(self, arrival: Arrival) -> None:
        priority = Priority(arrival.priority)
        reason = "fever" if priority is not Priority.NORMAL else None
        token = await self.services.queue.issuing.issue(IssueRequest("GEN", priority, reason), by=SYSTEM)
        await self.services.alerts.preferences.agree(
            Holder(token_id=token.token_id), Channel.SMS, "081234 56789", by=PATIENT
        )
        self.joined[token.number] = self.clock.now()

    async def _begin(self, index: int, rests_s: float) -> None:
        await self._duty(index, DutyState.ON_DUTY)
        await self._call(index, rests_s)

    async def _call(self, index: int, rests_s: float) -> None:
        simulated: SimulatedDoctor = self.plan.departments[0].doctors[index]
        if self._now_s >= rests_s:
            length = round(self.plan.break_s / 300 * self.random.choice((0.7, 1.0, 1.3))) * 300
            await self._duty(index, DutyState.ON_BREAK, self._now_s + length)
            late = max(self.random.gauss(120.0, 240.0), 120.0 - length)
            self._after(length + late, lambda: self._begin(index, float("inf")))
            return
        entry = await self.services.queue.calling.call_next(str(index + 1), by=self.doctors[index], was_seen=True)
        if entry is None:
            if self._now_s < self.plan.registers_until_s or any(self._waiting()):
                self._after(30.0, lambda: self._call(index, rests_s))
            return
        self.called.setdefault(entry.number, self.clock.now())
        if comes(self.plan, self.random):
            mean_s = self.plan.departments[0].consultation_s * simulated.pace
            busy_s = consultation_s(mean_s, self.plan.tail, self.random)
        else:
            busy_s = no_show_held_s(self.plan, self.random)
            self._after(busy_s, lambda: self._miss(entry.token_id))
        self._after(busy_s + turn_over_s(self.plan, self.random), lambda: self._call(index, rests_s))

    async def _miss(self, token_id: int) -> None:
        if (await self.services.screens.token_pages.program(token_id))["state"] == State.CALLED:
            await self.services.queue.calling.act(token_id, Action.MISS, by=SYSTEM)

    def _waiting(self) -> list[str]:
        return [number for number in self.joined if number not in self.called]

    async def _tick(self) -> None:
        if await self.services.alerts.watch.judge():
            await self.services.alerts.sending.drain()
        if self._now_s < self.plan.registers_until_s or self._waiting():
            self._after(TICK_S, self._tick)

    async def _learn(self) -> None:
        await self.services.waits.keep()
        if self._now_s < self.plan.registers_until_s or self._waiting():
            self._after(LEARN_S, self._learn)


async def play_mornings(folder: Path, days: int, seed: int, patients: int = 110) -> list[Visit]:
    """So many days of a new clinic that learns; their visits, without a first day that only teaches the pace."""
    url = f"sqlite:///{folder}/mornings-{seed}.db"
    clock = SettableClock()
    async with a_clinic(url, clock) as made:
        doctors = made.doctors
    told = ToldPatients(clock)
    visits: list[Visit] = []
    # 08:00 in a zone that is five and a half hours ahead.
    opening = clock.moment.replace(hour=2, minute=30, second=0)
    async with alerting_services(url, clock, told) as services:
        await services.alerts.preferences.set_limit(Channel.SMS, None, by=SYSTEM)
        for day in range(1, days + 1):
            clock.moment = opening + timedelta(days=day)
            await services.queue.day_end.expire_leftovers()
            told.told.clear()
            morning = Morning(services, clock, doctors, f"{seed}/{day}", patients)
            await morning.play()
            visits += morning.visits(told) if day > 1 or days == 1 else []
    return visits
