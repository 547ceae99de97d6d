"""Whatever happens to gateways, clocks and processes: nothing that may have been taken is handed over again."""

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from queue_server.domain.alerts.alerts import (
    AlertKind,
    Channel,
    Later,
    Message,
    MessageState,
    Outcome,
    Refused,
    Sent,
    Unknown,
)
from queue_server.services import Services
from queue_server.storage.alerts import outbox_history_rows, outbox_rows
from queue_server.storage.alerts.outbox_rows import NewMessage
from tests.alerting import RememberingDriver, alerting_services
from tests.clinics import SettableClock, a_clinic

FATES: tuple[Outcome, ...] = (Sent(), Sent(), Sent(), Later("not now"), Later("busy", 5), Unknown("?"), Refused("no"))


@dataclass
class Process:
    """One process that sends."""

    services: Services
    driver: RememberingDriver

    def end(self, *, before_the_gateway: bool) -> None:
        """It ends in the middle of whatever it sends: it takes no more turn, so that nothing of it is noted.

        What it has just begun reaches the gateway all the same, or never does.
        """
        if before_the_gateway:
            self.driver.gate = asyncio.Event()


async def put(services: Services, random: Random, name: str) -> None:
    async with services.store.transaction() as work:
        kind = random.choice([AlertKind.CALLED, AlertKind.DOCUMENT])
        until = work.now + timedelta(minutes=random.randint(1, 600))
        message = NewMessage(f"x:{name}", Channel.SMS, kind, "+918123456789", "en", work.now, until)
        await outbox_rows.put(work, [message])


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_that_may_have_been_taken_is_handed_over_again(tmp_path: Path, seed: int) -> None:
    random, clock, url = Random(seed), SettableClock(), f"sqlite:///{tmp_path}/queue.db"
    handed: defaultdict[str, list[Outcome]] = defaultdict(list)

    def answer(message: Message) -> Outcome:
        outcome = random.choice(FATES)
        handed[message.id].append(outcome)
        return outcome

    async with a_clinic(url, clock):
        pass
    async with AsyncExitStack() as processes:

        async def begun() -> Process:
            driver = RememberingDriver(answer=answer)
            return Process(await processes.enter_async_context(alerting_services(url, clock, driver)), driver)

        both = [await begun(), await begun()]
        for step in range(120):
            one = random.randrange(2)
            match random.randrange(6):
                case 0 | 1:
                    await put(both[0].services, random, str(step))
                case 2:
                    clock.forward(seconds=random.choice([1, 5, 61, 600, 40_000]))
                case 3:
                    both[one].end(before_the_gateway=random.choice([True, False]))
                    both[one] = await begun()
                case _:
                    await both[one].services.alerts.sending.turn()
                    await asyncio.sleep(0)
        for _ in range(12):
            clock.forward(hours=1)
            for process in both:
                await process.services.alerts.sending.drain()
        async with both[0].services.store.reading() as connection:
            kept = await outbox_history_rows.newest(connection, channel=None, state=None, before=None, most=1000)

    assert len(kept) > 20
    assert {message.state for message in kept} <= set(outbox_rows.DONE)
    for outcomes in handed.values():
        assert all(isinstance(outcome, Later) for outcome in outcomes[:-1])
    for message in kept:
        last = handed[message.key][-1] if handed[message.key] else None
        # What nobody noted is unknown, never called sent, and never called lost.
        if message.state is MessageState.SENT:
            assert isinstance(last, Sent)
        elif isinstance(last, Sent):
            assert message.state is MessageState.UNKNOWN
