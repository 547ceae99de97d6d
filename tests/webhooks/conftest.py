"""A clinic on each kind of database, with a program that has webhooks, and the program's own server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from queue_server.domain.access.actors import Actor
from queue_server.domain.programs.webhooks import Delivery, Webhook, networks
from queue_server.services import Services
from queue_server.services.programs.webhook_deliveries import WebhookDeliveries
from queue_server.services.programs.webhooks import Subscription, Webhooks
from queue_server.webhooks import Sender, Worker
from tests.clinics import Clinic, a_clinic
from tests.webhooks.receiver import Receiver, a_receiver

HERE = networks("127.0.0.0/8")
EVENTS = ("token.issued", "token.called", "token.attended")


@dataclass
class Hooks:
    """The clinic, its webhooks, and what serves them; nothing is sent until `turn`."""

    clinic: Clinic
    webhooks: Webhooks
    worker: Worker
    program: Actor
    sender: Sender

    @property
    def services(self) -> Services:
        """The clinic's use cases."""
        return self.clinic.services

    async def add(self, url: str, events: tuple[str, ...] = EVENTS, after: int | None = None) -> Webhook:
        """A webhook of the program."""
        await self.seal()
        return await self.webhooks.add(self.program.id, Subscription(url, events, after), by=self.program)

    async def turn(self) -> int:
        """Serve everything that is due now; returns how many webhooks that were."""
        await self.seal()
        begun = await self.worker.look()
        await asyncio.gather(*begun)
        return len(begun)

    async def seal(self) -> None:
        """What was committed is sealed."""
        if self.services.store.is_postgres:
            await self.services.programs.journal.seal()

    async def state(self, webhook: Webhook) -> Webhook:
        """The webhook as it stands."""
        return await self.webhooks.one(webhook.id, None)

    async def deliveries(self, webhook: Webhook) -> list[Delivery]:
        """What became of its events."""
        return (await self.webhooks.deliveries(webhook.id, None))[0]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, without a clinic."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/queue.db"
    return str(request.getfixturevalue("migrated_postgres_url"))


@pytest.fixture
async def hooks(database_url: str) -> AsyncIterator[Hooks]:
    """A new clinic; its webhooks may reach this machine."""
    async with a_clinic(database_url) as clinic, Sender(HERE) as sender:
        key = await clinic.services.programs.keys.add("other software")
        program = await clinic.services.devices.registry.who(key)
        assert program is not None
        yield Hooks(clinic, Webhooks(clinic.services.store, HERE), a_worker(clinic, sender), program, sender)


def a_worker(clinic: Clinic, sender: Sender) -> Worker:
    """What serves the clinic's webhooks, as one process of the server does."""
    queues = clinic.services.clinic.queues
    return Worker(WebhookDeliveries(clinic.services.store, queues), queues, sender)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """The program's own server."""
    async with a_receiver() as made:
        yield made
