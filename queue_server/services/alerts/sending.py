"""The worker that takes messages out of the outbox and hands them to the drivers.

Any number of processes may run one. A message is leased, handed over once, and its outcome is recorded; what a process
left behind when it ended is queued again where the gateway knows repetitions, and is `unknown` elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from queue_server import sources
from queue_server.alerts.texts import compose
from queue_server.domain.alerts.alerts import (
    AlertKind,
    Channel,
    Driver,
    Later,
    Message,
    MessageState,
    Outcome,
    Refused,
    Sent,
    Unknown,
    retry_at,
)
from queue_server.domain.queue.numbering import day_ends_at
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.sources import Source
from queue_server.storage.alerts import outbox_history_rows, outbox_rows, preference_rows
from queue_server.storage.alerts.limit_rows import limits
from queue_server.storage.alerts.outbox_rows import Result, StoredMessage
from queue_server.storage.engine.store import Store, Transaction

logger = logging.getLogger(__name__)

#: So many messages of a channel are handed over side by side.
PARALLEL = 16
#: A driver answers within half of it; whoever holds a message longer has ended.
LEASE = timedelta(seconds=60)
DRIVER_S = 40.0
#: How often the worker looks although nobody told it of anything new.
TICK_S = 1.0
#: What was left behind is looked for this often, and what is old is forgotten.
SWEEP = timedelta(seconds=5)
PURGE_EVERY = timedelta(hours=1)
KEPT = timedelta(days=30)
TOKENS_KEPT = timedelta(days=2)
#: What nobody has agreed to, so that nobody can stop it either.
NOT_CHOSEN = frozenset({AlertKind.PIN_RESET, AlertKind.TEST, AlertKind.REPORT, AlertKind.LINK})
#: How long an ending server waits for answers that are on their way.
GRACE_S = 3.0


class Sending:
    """One process's worker. `changed` must hear of every commit; `chance` gives random numbers in [0, 1)."""

    def __init__(
        self,
        store: Store,
        queues: Snapshots,
        drivers: Mapping[Channel, Driver],
        public_url: str,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.drivers = drivers
        self._store = store
        self._queues = queues
        self._public_url = public_url
        self._chance = chance
        self._repeatable = [channel for channel, driver in drivers.items() if driver.is_repeatable]
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._channel_of: dict[int, Channel] = {}
        self._outcomes: list[tuple[StoredMessage, Outcome]] = []
        self._paused_until: dict[Channel, datetime] = {}
        self._wake = asyncio.Event()
        self._swept_at: datetime | None = None
        self._purged_at: datetime | None = None

    def changed(self, changed: Mapping[Source, int]) -> None:
        """There may be something new to send."""
        if sources.OUTBOX in changed:
            self._wake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside, messages are sent. At the end those on their way are waited for, a little."""
        if not self.drivers:
            yield
            return
        if not self._store.is_postgres:
            # On SQLite the server is one process, which has just begun: whatever is on its way was left behind.
            async with self._store.transaction() as work:
                await outbox_rows.release(work, self._repeatable, [], are_all_over=True)
        task = asyncio.create_task(self._run(), name="outbox")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._finish()

    async def turn(self) -> int:
        """Record what became of messages, take what is due, and begin to send it; returns how many were begun."""
        now = self._store.clock.now()
        outcomes, self._outcomes = self._outcomes, []
        if not outcomes and not await self._is_anything_due(now):
            return 0
        try:
            async with self._store.transaction() as work:
                for message, outcome in outcomes:
                    await self._record(work, message, outcome)
                if self._swept_at is None or now - self._swept_at > SWEEP:
                    await outbox_rows.release(work, self._repeatable, list(self._tasks))
                    await outbox_rows.give_up(work)
                taken = await self._take(work)
        except BaseException:
            # Nothing was recorded: these answers are not lost, but written with the next turn.
            self._outcomes = outcomes + self._outcomes
            raise
        self._swept_at = now
        for message in taken:
            self._begin(message)
        return len(taken)

    async def drain(self) -> None:
        """Go on until nothing is due and no answer is awaited."""
        while await self.turn() or self._tasks or self._outcomes:
            if self._tasks:
                await asyncio.wait(self._tasks.values(), return_when=asyncio.FIRST_COMPLETED)

    async def purge(self) -> None:
        """Delete old messages, and the addresses of tokens that are over; at most once in `PURGE_EVERY`."""
        now = self._store.clock.now()
        if self._purged_at is not None and now - self._purged_at < PURGE_EVERY:
            return
        self._purged_at = now
        day = await self._queues.day()
        async with self._store.transaction() as work:
            await outbox_history_rows.delete_before(work, now - KEPT)
            await preference_rows.delete_tokens_before(work, day - TOKENS_KEPT)

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.turn()
                await self.purge()
            except Exception:
                logger.exception("The outbox could not be worked on.")
                await asyncio.sleep(TICK_S)

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=GRACE_S)
        left = list(self._tasks.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        outcomes, self._outcomes = self._outcomes, []
        async with self._store.transaction() as work:
            for message, outcome in outcomes:
                await self._record(work, message, outcome)

    async def _is_anything_due(self, now: datetime) -> bool:
        is_time_to_sweep = self._swept_at is None or now - self._swept_at > SWEEP
        async with self._store.reading() as connection:
            due = await outbox_rows.next_due(connection, list(self.drivers))
            if due is not None and due <= now:
                return True
            return is_time_to_sweep and await outbox_rows.has_leases_over(connection, now)

    async def _take(self, work: Transaction) -> list[StoredMessage]:
        chosen = await limits(work.connection)
        clinic = await self._queues.clinic()
        day_began = day_ends_at(await self._queues.day() - timedelta(days=1), clinic.zone, clinic.roll_over)
        taken: list[StoredMessage] = []
        for channel in self.drivers:
            free = PARALLEL - sum(busy is channel for busy in self._channel_of.values())
            if free <= 0 or self._paused_until.get(channel, work.now) > work.now:
                continue
            limit = chosen.get(channel)
            found = await outbox_rows.take(work, channel, free, work.now + LEASE, limit, day_began)
            if limit is not None and await outbox_rows.handed_since(work.connection, channel, day_began) >= limit:
                await outbox_rows.note_limit(work, channel)
            taken += found
        return taken

    def _begin(self, message: StoredMessage) -> None:
        self._channel_of[message.id] = message.channel
        task = asyncio.create_task(self._send(message), name=f"message {message.id}")
        self._tasks[message.id] = task
        task.add_done_callback(lambda _done: self._ended(message.id))

    def _ended(self, message_id: int) -> None:
        del self._tasks[message_id], self._channel_of[message_id]
        self._wake.set()

    async def _send(self, kept: StoredMessage) -> None:
        outcome: Outcome
        try:
            message = await self._message(kept)
            async with asyncio.timeout(DRIVER_S):
                outcome = await self.drivers[kept.channel].send(message)
        except TimeoutError:
            outcome = Unknown("no answer in time")
        except asyncio.CancelledError:
            outcome = Unknown("the server was stopped meanwhile")
        except Exception as error:
            logger.exception("A driver failed.")
            outcome = Unknown(f"the driver failed: {type(error).__name__}")
        self._outcomes.append((kept, outcome))

    async def _message(self, kept: StoredMessage) -> Message:
        link = self._link(kept)
        clinic = (await self._queues.clinic()).name
        composed = compose(kept.kind, kept.channel, kept.language, kept.data, clinic=clinic, link=link)
        data = {**kept.data, "link": link} if link else dict(kept.data)
        if kept.channel is Channel.EMAIL and kept.kind not in NOT_CHOSEN:
            data["stop"] = f"{self._public_url}/alerts/stop/{kept.key}"
        return Message(kept.key, kept.kind, kept.to, composed.subject, composed.body, kept.language, data)

    def _link(self, kept: StoredMessage) -> str | None:
        if kept.kind is AlertKind.DOCUMENT:
            return f"{self._public_url}/me"
        return f"{self._public_url}/t/{kept.link_key}" if kept.link_key else None

    async def _record(self, work: Transaction, message: StoredMessage, outcome: Outcome) -> None:
        if isinstance(outcome, Later) and outcome.after_s:
            until = work.now + timedelta(seconds=min(outcome.after_s, 3600.0))
            self._paused_until[message.channel] = until
        result = self._result(message, outcome, work.now)
        await outbox_rows.record(work, message, result)
        if isinstance(outcome, Refused) and outcome.is_bad_address:
            await preference_rows.refuse_address(work, message.channel, message.to, outcome.reason)
        if result.state in {MessageState.FAILED, MessageState.UNKNOWN}:
            logger.warning("Message %d by %s: %s, %s", message.id, message.channel, result.state, result.reason)

    def _result(self, message: StoredMessage, outcome: Outcome, now: datetime) -> Result:
        if isinstance(outcome, Sent):
            return Result(MessageState.SENT, provider_id=outcome.provider_id or None)
        if isinstance(outcome, Refused):
            return Result(MessageState.FAILED, outcome.reason[:200])
        if isinstance(outcome, Unknown) and message.channel not in self._repeatable:
            return Result(MessageState.UNKNOWN, outcome.reason[:200])
        after_s = outcome.after_s if isinstance(outcome, Later) else None
        again = retry_at(message.tries, now, message.expires_at, self._chance(), after_s)
        state = MessageState.QUEUED if again else MessageState.FAILED
        return Result(state, outcome.reason[:200], again)
