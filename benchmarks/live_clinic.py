"""A served clinic with a full waiting room and enough displays, for measuring live lines."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from benchmarks.parts import Clinic, seed
from queue_server.clock import SteadyClock, SystemClock
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.queue.tokens import Priority, State
from queue_server.services import compose
from queue_server.storage.engine.store import Store
from queue_server.storage.tables import QueueEntryRow, TokenRow
from tests.browser.conftest import free_port
from tests.processes import a_program

#: One device may open 240 lines a minute.
DISPLAYS = 60


@dataclass(frozen=True)
class FullClinic(Clinic):
    """`keys` are the links of everybody who waits, the first to be called first; `displays` the displays' keys."""

    keys: list[str]
    displays: list[str]

    @property
    def port(self) -> int:
        """Where the server listens."""
        return self.server.port

    @property
    def processor_ns(self) -> int:
        """Nanoseconds of processor time that the server's threads have used."""
        tasks = Path(f"/proc/{self.server.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks)

    @property
    def resident_kb(self) -> float:
        """Resident memory of the server in KB (1,024 bytes)."""
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


@asynccontextmanager
async def a_full_clinic(folder: Path, *, waiting: int) -> AsyncIterator[FullClinic]:
    """On SQLite, with one department where so many wait, two rooms and a doctor in each."""
    url = f"sqlite:///{folder}/queue.db"
    program_key, display_key = await seed(url)
    keys, displays = await _filled(url, waiting)
    serve = ("serve", "--database-url", url, "--data", folder)
    async with a_program(*serve, port=free_port(), log=folder / "log") as server:
        yield FullClinic(server, program_key, display_key, keys, displays)


async def _filled(url: str, waiting: int) -> tuple[list[str], list[str]]:
    """Everybody at once, as rows; they came one a second."""
    store = Store(url, SteadyClock(SystemClock()))
    try:
        await store.open()
        services = compose(store, lambda *_: [], "http://queue.test")
        displays = [
            await services.devices.registry.add(DeviceKind.DISPLAY, f"Display {n}", "main") for n in range(DISPLAYS)
        ]
        day, department = await services.clinic.queues.day(), await services.clinic.queues.department("GEN")
        keys = [secrets.token_urlsafe(18) for _ in range(waiting)]
        async with store.transaction() as work:
            joined = [work.now - timedelta(seconds=waiting - place) for place in range(waiting)]
            tokens = [
                TokenRow(
                    id=place + 1, key=key, department_id=department.id, service_day=day, number=f"G-{place + 1:03d}",
                    language="en", channel="kiosk", issued_at=joined[place],
                ).model_dump()
                for place, key in enumerate(keys)
            ]  # fmt: skip
            entries = [
                QueueEntryRow(
                    id=place + 1, token_id=place + 1, department_id=department.id, service_day=day, joined_at=at,
                    state=State.WAITING, priority=Priority.NORMAL, rank_at=at,
                ).model_dump()
                for place, at in enumerate(joined)
            ]  # fmt: skip
            await work.connection.execute(insert(TokenRow), tokens)
            await work.connection.execute(insert(QueueEntryRow), entries)
        return keys, displays
    finally:
        await store.close()
