"""How the clinic stands, for whoever watches the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.queue.ordering import in_order
from queue_server.domain.queue.tokens import IN_ROOM
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.alerts import outbox_history_rows
from queue_server.storage.devices import device_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.programs import webhook_rows
from queue_server.storage.waits import promise_rows

#: Calls of the last so long are compared with what was promised.
SCORED = timedelta(hours=1)
#: Messages of the last so long are counted.
COUNTED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GaugeValues:
    """At one moment. `queues`: department, people who wait, people in rooms. `estimates`: department, mean error in
    seconds, share within the range. `messages`: channel and state → how many.
    """

    queues: list[tuple[str, int, int]]
    estimates: list[tuple[str, float, float]]
    printers: list[str]
    messages: Mapping[tuple[str, str], int]
    webhooks: list[str]
    is_clock_wrong: bool


class Gauges:
    """Reads all figures with few queries."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues

    async def read(self) -> GaugeValues:
        """The figures now."""
        queues, now = await self._queues.all(), self._store.clock.now()
        codes = {queue.department.id: queue.department.code for queue in queues}
        day = await self._queues.day()
        async with self._store.reading() as connection:
            agents = await device_rows.devices(connection, DeviceKind.AGENT)
            messages = await outbox_history_rows.counts(connection, now - COUNTED)
            hooks = await webhook_rows.of_program(connection, None, 0, 1000)
            scored = await promise_rows.promised_and_waited(connection, codes, day, now - SCORED)
        return GaugeValues(
            queues=[
                (
                    queue.department.code,
                    len(in_order(queue.entries)),
                    sum(entry.state in IN_ROOM for entry in queue.entries),
                )
                for queue in queues
            ],
            estimates=[
                (
                    codes[department],
                    sum(abs(one.likely_s - one.waited_s) for one in found) / len(found),
                    sum(one.low_s <= one.waited_s <= one.high_s for one in found) / len(found),
                )
                for department, found in scored.items()
                if department in codes
            ],
            printers=[agent.printer for agent in agents],
            messages={(str(channel), str(state)): count for (channel, state), count in messages.items()},
            webhooks=[str(hook.state) for hook in hooks],
            is_clock_wrong=self._queues.is_clock_wrong,
        )
