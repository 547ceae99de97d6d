"""Whatever happens to gateways, clocks and processes: nothing that may have been taken is handed over again."""

import asyncio
from collections import defaultdict
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


async def put(services: Services, random: Random, name: str) -> None:
    async with services.store.transaction() as work:
        kind = random.choice([AlertKind.CALLED, AlertKind.DOCUMENT])
        until = work.now + timedelta(minutes=random.randint(1, 600))
        message = NewMessage(f"x:{name}", Channel.SMS, kind, "+918123456789", "en", work.now, until)
        await outbox_rows.put(work, [message])


async def end(services: Services) -> None:
    """The process ends in the middle of whatever it sends: nothing of it is noted."""
    tasks = list(services.alerts.sending._tasks.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    services.alerts.sending._outcomes.clear()


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
    drivers = [RememberingDriver(answer=answer), RememberingDriver(answer=answer)]
    async with alerting_services(url, clock, drivers[0]) as first, alerting_services(url, clock, drivers[1]) as second:
        for step in range(120):
            one = random.choice([first, second])
            match random.randrange(6):
                case 0 | 1:
                    await put(first, random, str(step))
                case 2:
                    clock.forward(seconds=random.choice([1, 5, 61, 600, 40_000]))
                case 3:
                    await end(one)
                case _:
                    await one.alerts.sending.turn()
                    await asyncio.sleep(0)
        for _ in range(12):
            clock.forward(hours=1)
            await first.alerts.sending.drain()
            await second.alerts.sending.drain()
        async with first.store.reading() as connection:
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
