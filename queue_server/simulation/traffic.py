"""The simulated clinic, played live on a running server: patients come, doctors call, some do not turn up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from random import Random
from typing import NoReturn, TypeVar

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import QueueError
from queue_server.domain.queue.tokens import Action, Priority, QueueEntry
from queue_server.services import Services
from queue_server.services.queue.issuing import IssueRequest
from queue_server.simulation.clinic import (
    ClinicPlan,
    SimulatedDepartment,
    SimulatedDoctor,
    a_clinic,
    arrivals,
    comes,
    consultation_s,
    no_show_held_s,
    turn_over_s,
)

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

#: Why somebody was given a higher priority; plain words, as a nurse would write them.
REASONS = {Priority.URGENT: "high fever", Priority.EMERGENCY: "chest pain"}

TRAFFIC = Actor(ActorKind.SYSTEM)

#: Share of patients whom the General doctor sends to another department, and of those missed who come back.
SENT_ON = 0.04
COMES_BACK = 0.6


@dataclass(frozen=True)
class Traffic:
    """Plays `plan` on `services`, `speed` times faster than life (≥ 1); the seed makes the same morning again."""

    services: Services
    speed: float
    plan: ClinicPlan
    seed: int = 1

    async def run(self) -> NoReturn:
        """Mornings follow one another until cancelled."""
        async with asyncio.TaskGroup() as clinic:
            clinic.create_task(self._mornings())
            for department in self.plan.departments:
                for doctor in department.doctors:
                    clinic.create_task(self._doctor(department, doctor))
        raise AssertionError("Traffic never ends by itself.")

    async def _pass(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

    async def _mornings(self) -> NoReturn:
        random = Random(self.seed)  # noqa: S311  (a simulation)
        while True:
            now_s = 0.0
            for arrival in arrivals(self.plan, random):
                await self._pass(arrival.at_s - now_s)
                now_s = arrival.at_s
                priority = Priority(arrival.priority)
                reason = REASONS.get(priority)
                request = IssueRequest(arrival.department, priority, reason, arrival.language, "entrance")
                await self._try(self.services.queue.issuing.issue(request, by=TRAFFIC))

    async def _doctor(self, department: SimulatedDepartment, doctor: SimulatedDoctor) -> NoReturn:
        random = Random(f"{self.seed} {doctor.name}")  # noqa: S311  (a simulation)
        mean_s = department.consultation_s * doctor.pace
        while True:
            await self._pass(turn_over_s(self.plan, random))
            entry = await self._try(self.services.queue.calling.call_next(doctor.room, by=TRAFFIC))
            if entry is not None:
                await self._attend(entry, department, doctor, mean_s, random)

    async def _attend(
        self,
        entry: QueueEntry,
        department: SimulatedDepartment,
        doctor: SimulatedDoctor,
        mean_s: float,
        random: Random,
    ) -> None:
        calling = self.services.queue.calling
        if not comes(self.plan, random):
            await self._pass(no_show_held_s(self.plan, random))
            await self._try(calling.recall(entry.token_id, by=TRAFFIC))
            await self._pass(no_show_held_s(self.plan, random))
            await self._try(calling.act(entry.token_id, Action.MISS, by=TRAFFIC, room_code=doctor.room))
            if random.random() < COMES_BACK:
                await self._try(calling.act(entry.token_id, Action.REQUEUE, by=TRAFFIC))
            return
        await self._pass(15.0)
        await self._try(calling.act(entry.token_id, Action.START, by=TRAFFIC, room_code=doctor.room))
        await self._pass(consultation_s(mean_s, self.plan.tail, random))
        if department.code == "GEN" and entry.came_from is None and random.random() < SENT_ON:
            await self._try(calling.transfer(entry.token_id, "ENT", by=TRAFFIC, returning=True, room_code=doctor.room))

    async def _try(self, use_case: Awaitable[Result]) -> Result | None:
        """A press that a person at the demo has made impossible meanwhile is no fault."""
        try:
            return await use_case
        except QueueError as error:
            logger.debug("Traffic was refused: %s", error.code)
            return None


async def play(services: Services, speed: float) -> None:
    """Play mornings of the demo clinic until cancelled."""
    await Traffic(services, max(speed, 1.0), a_clinic()).run()
