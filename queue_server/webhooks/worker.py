"""Serves every webhook that is due, each in a task of its own: one that hangs keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.programs.webhook_deliveries import WebhookDeliveries
from queue_server.webhooks.sending import Sender

logger = logging.getLogger(__name__)

LOOKED_EVERY_S = 0.5
FORGOTTEN_EVERY_S = 3600.0

#: A webhook that is far behind gives its lease back after so many events, and is due again at once.
IN_A_ROW = 100


class Worker:
    """Sends what is due. Several processes may run one each: they share the webhooks by leases."""

    def __init__(self, delivering: WebhookDeliveries, queues: Snapshots, sender: Sender) -> None:
        self._delivering = delivering
        self._queues = queues
        self._sender = sender
        self._serving: dict[int, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside, webhooks are served."""
        task = asyncio.create_task(self._keep_looking(), name="webhooks")
        try:
            yield
        finally:
            tasks = [task, *self._serving.values()]
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def look(self) -> list[asyncio.Task[None]]:
        """Begin to serve what is due and is not served yet; returns whom it has begun with."""
        due = await self._delivering.due()
        return [self._begin(webhook_id) for webhook_id in due if webhook_id not in self._serving]

    async def _keep_looking(self) -> None:
        forgotten_at = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(LOOKED_EVERY_S)
            try:
                await self.look()
                if (now := asyncio.get_running_loop().time()) - forgotten_at > FORGOTTEN_EVERY_S:
                    await self._delivering.delete_old()
                    forgotten_at = now
            except Exception:
                logger.exception("Webhooks could not be looked for.")

    def _begin(self, webhook_id: int) -> asyncio.Task[None]:
        task = asyncio.create_task(self._serve(webhook_id), name=f"webhook {webhook_id}")
        self._serving[webhook_id] = task
        task.add_done_callback(lambda _: self._serving.pop(webhook_id, None))
        return task

    async def _serve(self, webhook_id: int) -> None:
        try:
            if not await self._delivering.lease(webhook_id):
                return
            try:
                await self._send_all(webhook_id)
            finally:
                # Also when the server ends: the next one need not wait for the lease to run out.
                await self._delivering.release(webhook_id)
        except Exception:
            logger.exception("Webhook %d could not be served.", webhook_id)

    async def _send_all(self, webhook_id: int) -> None:
        for _ in range(IN_A_ROW):
            job = await self._delivering.job(webhook_id)
            if job is None:
                return
            await self._delivering.settle(job, await self._sender.send(job, self._queues.now()))
