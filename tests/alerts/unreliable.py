"""A gateway on bad days, and servers that are killed while they send through it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlsplit

from queue_server.clock import SteadyClock, SystemClock
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.alerts.alerts import AlertKind, Channel, MessageState
from queue_server.services import Services, compose
from queue_server.storage.alerts import outbox_history_rows, outbox_rows
from queue_server.storage.alerts.outbox_rows import NewMessage
from queue_server.storage.engine.store import Store
from tests.alerts.gateways import Asked, Reply, an_http_gateway
from tests.processes import ServerProgram
from tests.waiting import until

#: How long the server waits for the gateway's answer in tests.
PATIENCE_S = 0.5


@dataclass
class UnreliableGateway:
    """Fails one time in five, in five ways; `taken` counts how often each message id was taken as a new message.

    `is_repeatable`: it drops an id that it has had, and answers as it did at first.
    """

    random: Random
    is_repeatable: bool
    patience_s: float
    failing: float = 0.2
    taken: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    goal: int = 0
    is_at_goal: asyncio.Event = field(default_factory=asyncio.Event)

    def reply(self, asked: Asked) -> Reply:
        """What the gateway does this time."""
        self.asked += 1
        [key] = parse_qs(urlsplit(asked.path).query)["ref"]
        fate = self.random.random() / self.failing * 5
        if fate < 1:
            return Reply(503, "")
        if fate < 2:
            return Reply(429, "", "Retry-After: 0\r\n")
        if fate < 3:
            return Reply(None)
        if not (self.is_repeatable and self.taken[key]):
            self.taken[key] += 1
            if len(self.taken) >= self.goal:
                self.is_at_goal.set()
        if fate < 4:
            return Reply(None)
        if fate < 5:
            return Reply(200, "late", after_s=self.patience_s * 2)
        return Reply(200, json.dumps({"id": key}))


@dataclass(frozen=True)
class Account:
    """What became of the messages: by our states, and by the gateway's ids."""

    states: Counter[MessageState]
    taken: int
    twice: int
    lost: int
    asked: int
    kills: int


async def send_through(
    folder: Path, port: int, *, messages: int, kills: int, is_repeatable: bool, patience_s: float = PATIENCE_S
) -> Account:
    """Messages wait in the outbox of a SQLite clinic; a server sends them, is killed so many times and started again.

    `lost` counts messages that are called sent and that the gateway never took.
    """
    url = f"sqlite:///{folder}/queue.db"
    random = Random(1)
    gateway = UnreliableGateway(random, is_repeatable, patience_s)
    keys = await fill(url, messages)
    async with an_http_gateway(gateway.reply) as http:
        settings = {
            "QUEUE_SMS_URL": f"{http.url}/?ref={{id}}&to={{to}}",
            "QUEUE_SMS_ID_FIELD": "id",
            "QUEUE_SMS_IS_REPEATABLE": str(is_repeatable),
            "QUEUE_SMS_TIMEOUT_S": str(patience_s),
        }
        program = ServerProgram(
            ("serve", "--database-url", url, "--data", folder, "--host", "127.0.0.1", "--port", port),
            port,
            folder / "log",
            settings=settings,
        )
        try:
            for kill in range(1, kills + 1):
                gateway.goal = messages * kill // (kills + 1)
                gateway.is_at_goal.clear()
                await program.start()
                async with asyncio.timeout(600):
                    await gateway.is_at_goal.wait()
                await program.kill()
            await program.start()
            states = await settled(url)
        finally:
            await program.kill()
    counted = Counter(state for state, _ in states.values())
    sent = [key for state, key in states.values() if state in {MessageState.SENT, MessageState.DELIVERED}]
    assert keys == {key for _, key in states.values()}
    return Account(
        counted,
        len(gateway.taken),
        sum(count > 1 for count in gateway.taken.values()),
        sum(key not in gateway.taken for key in sent),
        gateway.asked,
        kills,
    )


async def fill(url: str, messages: int) -> set[str]:
    """The outbox holds so many SMS to different numbers; their ids for the gateway."""
    store, services = opened(url)
    try:
        await services.alerts.preferences.set_limit(Channel.SMS, None, by=SYSTEM)
        async with store.transaction() as work:
            until = work.now + timedelta(days=1)
            await outbox_rows.put(
                work,
                [
                    NewMessage(
                        f"chaos:{number}",
                        Channel.SMS,
                        AlertKind.DOCUMENT,
                        f"+91812345{number:04d}",
                        "en",
                        work.now,
                        until,
                        {"number": f"G-{number:03d}"},
                    )
                    for number in range(messages)
                ],
            )
        return {key for _, key in (await read(store)).values()}
    finally:
        await store.close()


async def settled(url: str) -> dict[int, tuple[MessageState, str]]:
    """Message → state and id, once nothing is queued or on its way any more."""
    store, _ = opened(url)
    try:

        async def is_settled() -> bool:
            return not await is_at_work(store)

        await until(is_settled, 3600)
        return await read(store)
    finally:
        await store.close()


async def is_at_work(store: Store) -> bool:
    """Whether anything is queued or on its way."""
    async with store.reading() as connection:
        counted = await outbox_history_rows.counts(connection, datetime(2000, 1, 1, tzinfo=UTC))
    return any(state in {MessageState.QUEUED, MessageState.SENDING} for _, state in counted)


async def read(store: Store) -> dict[int, tuple[MessageState, str]]:
    """Message → state and id for the gateway."""
    async with store.reading() as connection:
        found = await outbox_history_rows.newest(connection, channel=None, state=None, before=None, most=1_000_000)
    return {message.id: (message.state, message.key) for message in found}


def opened(url: str) -> tuple[Store, Services]:
    """The store, and services without drivers."""
    store = Store(url, SteadyClock(SystemClock()))
    return store, compose(store, lambda *_: [], "http://queue.test")
