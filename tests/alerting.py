"""A clinic that alerts, with drivers that remember what they were given and answer as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from display.announcing import announcement
from queue_server.clock import SteadyClock
from queue_server.domain.access.actors import PATIENT
from queue_server.domain.alerts.alerts import AlertKind, Channel, Driver, Holder, Message, Outcome, Sent
from queue_server.services import Services, compose
from queue_server.services.queue.issuing import IssuedToken
from queue_server.storage.alerts import outbox_rows
from queue_server.storage.alerts.outbox_rows import NewMessage
from queue_server.storage.engine.store import Store
from tests.clinics import Clinic, SettableClock, a_clinic

PHONE = "+918123456789"


@dataclass
class RememberingDriver:
    """Takes everything, or answers with `answer(message)`; `given` is every message that it was handed."""

    channel: Channel = Channel.SMS
    is_repeatable: bool = False
    answer: Callable[[Message], Outcome] = lambda message: Sent(f"SM{message.id}")
    given: list[Message] = field(default_factory=list)
    gate: asyncio.Event | None = None
    was_given: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Message) -> Outcome:
        """As `domain.alerts.alerts.Driver`; waits at the gate if there is one."""
        self.given.append(message)
        self.was_given.set()
        if self.gate is not None:
            await self.gate.wait()
        return self.answer(message)

    @property
    def kinds(self) -> list[str]:
        """What was told, in order."""
        return [str(message.kind) for message in self.given]


@dataclass
class AlertingClinic:
    """A clinic whose services alert by `sms` and `email`."""

    clinic: Clinic
    services: Services
    sms: RememberingDriver
    email: RememberingDriver

    @property
    def clock(self) -> SettableClock:
        """The clinic's clock."""
        return self.clinic.clock

    async def tell(self, token: IssuedToken, to: str = PHONE, channel: Channel = Channel.SMS) -> None:
        """The holder of this token wants to be told there."""
        await self.services.alerts.preferences.agree(Holder(token_id=token.token_id), channel, to, by=PATIENT)

    async def patient(self, department: str = "GEN") -> IssuedToken:
        """A token whose holder wants to be told by SMS."""
        token = await self.clinic.issue(department)
        await self.tell(token)
        return token

    async def settle(self) -> list[str]:
        """Judge all queues and send everything that is due; the kinds that went by SMS so far."""
        await self.services.alerts.watch.judge()
        await self.services.alerts.sending.drain()
        return self.sms.kinds

    async def states(self) -> list[tuple[str, str, str | None]]:
        """Kind, state and reason of every message, oldest first."""
        page = await self.services.alerts.preferences.page()
        return [(str(one["kind"]), str(one["state"]), one["reason"]) for one in reversed(page)]


@asynccontextmanager
async def alerting_services(
    url: str, clock: SettableClock, *drivers: Driver, chance: float = 0.5
) -> AsyncIterator[Services]:
    """Services that alert with these drivers, on a migrated database."""
    store = Store(url, SteadyClock(clock))
    services = compose(store, announcement, "http://queue.test", drivers=drivers, chance=lambda: chance)
    try:
        await store.open()
        services.clinic.queues.changed(await store.revisions())
        yield services
    finally:
        await store.close()


@asynccontextmanager
async def an_alerting_clinic(url: str) -> AsyncIterator[AlertingClinic]:
    """The clinic of `tests.clinics`, with a doctor on duty in room 1, whose patients can be told."""
    clock = SettableClock()
    async with a_clinic(url, clock) as made:
        doctors = made.doctors
    sms, email = RememberingDriver(), RememberingDriver(Channel.EMAIL)
    async with alerting_services(url, clock, sms, email) as services:
        clinic = Clinic(services, clock)
        clinic.doctors = doctors
        await clinic.on_duty(0, "1")
        yield AlertingClinic(clinic, services, sms, email)


async def put(alerting: AlertingClinic, count: int = 1, **more: object) -> None:
    """So many documents are announced by SMS."""
    async with alerting.services.store.transaction() as work:
        values = {"channel": Channel.SMS, "kind": AlertKind.DOCUMENT, "to": PHONE, "language": "en", **more}
        until = work.now + timedelta(days=1)
        await outbox_rows.put(
            work,
            [
                NewMessage(f"test:{number}", due_at=work.now, expires_at=until, **values)  # type: ignore[arg-type]
                for number in range(count)
            ],
        )
