"""A simulated clinic's mornings, played on the real services with a clock that is moved from event to event.

They know the troubles of `queue_server.simulation.clinic`: late doctors, emergencies, the laboratory, a lunch that
nobody has announced, and days of a pace of their own.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from queue_server.domain.access.actors import PATIENT, SYSTEM, Actor
from queue_server.domain.alerts.alerts import AlertKind, Channel, Holder, Message, Outcome, Sent
from queue_server.domain.queue.tokens import Action, DutyState, Priority, QueueEntry, State
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
    """A driver that remembers at which (simulated) moment which number was told what, for the first time."""

    clock: SettableClock
    channel: Channel = Channel.SMS
    is_repeatable: bool = False
    told: dict[tuple[AlertKind, str], datetime] = field(default_factory=dict)

    async def send(self, message: Message) -> Outcome:
        """Takes everything at once."""
        self.told.setdefault((message.kind, str(message.data["number"])), self.clock.now())
        return Sent()


@dataclass(frozen=True)
class Visit:
    """How long one patient waited, and how long before the call the "ten minutes" alert came (none: never)."""

    waited_s: float
    warned_s: float | None


class Morning:
    """One day of a plan with one department and two doctors."""

    def __init__(
        self, services: Services, clock: SettableClock, doctors: list[Actor], seed: str, plan: ClinicPlan
    ) -> None:
        self.services = services
        self.clock = clock
        self.doctors = doctors
        self.random = Random(seed)
        self.plan = plan
        self.todays_pace = self.random.lognormvariate(0.0, plan.pace_by_day)
        self.to_eat = set(range(len(doctors))) if plan.troubles.lunch_s else set()
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
        for at in self.plan.troubles.emergencies_s:
            self._at(at, lambda: self._arrive(Arrival(0.0, "GEN", Priority.EMERGENCY, "en")))
        expected_s = self.plan.opens_s + self.plan.doctors_after_s
        for index, simulated in enumerate(self.plan.departments[0].doctors):
            await self._duty(index, DutyState.EXPECTED, expected_s)
            late_s, troubles = lateness_s(simulated, self.random), self.plan.troubles
            late_s = troubles.late_s if troubles.late_s and index < troubles.late_doctors else late_s
            begins = max(expected_s + late_s, self.plan.opens_s)
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
        if index in self.to_eat and self._now_s >= self.plan.troubles.lunch_at_s:
            self.to_eat.remove(index)
            self._after(self.plan.troubles.lunch_s, lambda: self._call(index, rests_s))
            return
        entry = await self.services.queue.calling.call_next(str(index + 1), by=self.doctors[index], was_seen=True)
        if entry is None:
            if self._now_s < self.plan.registers_until_s or any(self._waiting()):
                self._after(30.0, lambda: self._call(index, rests_s))
            return
        self.called.setdefault(entry.number, self.clock.now())
        if comes(self.plan, self.random):
            mean_s = self.plan.departments[0].consultation_s * simulated.pace * self.todays_pace
            busy_s = consultation_s(mean_s, self.plan.tail, self.random)
            self._after(busy_s, lambda: self._send_to_lab(entry, index))
        else:
            busy_s = no_show_held_s(self.plan, self.random)
            self._after(busy_s, lambda: self._miss(entry.token_id))
        self._after(busy_s + turn_over_s(self.plan, self.random), lambda: self._call(index, rests_s))

    async def _miss(self, token_id: int) -> None:
        if (await self.services.screens.token_pages.program(token_id))["state"] == State.CALLED:
            await self.services.queue.calling.act(token_id, Action.MISS, by=SYSTEM)

    async def _send_to_lab(self, entry: QueueEntry, index: int) -> None:
        """Now and then somebody goes to the laboratory, and comes back in front."""
        troubles = self.plan.troubles
        if entry.came_from or not troubles.lab_share or self.random.random() >= troubles.lab_share:
            return
        doctor, room = self.doctors[index], str(index + 1)
        await self.services.queue.calling.transfer(entry.token_id, "LAB", by=doctor, returning=True, room_code=room)
        self._after(troubles.lab_s * self.random.uniform(0.6, 1.4), lambda: self._come_back(entry.token_id))

    async def _come_back(self, token_id: int) -> None:
        await self.services.queue.calling.call(token_id, "3", by=SYSTEM, was_seen=True)
        await self.services.queue.calling.act(token_id, Action.ATTEND, by=SYSTEM)

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


async def play_mornings(folder: Path, days: int, seed: int, plan: ClinicPlan | None = None) -> list[Visit]:
    """So many days of a new clinic that learns; their visits, without a first day that only teaches the pace.

    The first of several days is a usual one of the small clinic, the others are of the plan.
    """
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
            todays = a_small_clinic() if plan is None or day == 1 < days else plan
            morning = Morning(services, clock, doctors, f"{seed}/{day}", todays)
            await morning.play()
            visits += morning.visits(told) if day > 1 or days == 1 else []
    return visits
