"""What the benchmarks share: a served clinic in a process of its own, a lean HTTP line, percentiles and a table."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from queue_server.clock import SteadyClock, SystemClock
from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.clinic.configuration import DepartmentPlan, written
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from queue_server.services import compose
from queue_server.storage.engine.migrating import migrate
from queue_server.storage.engine.store import Store
from tests.browser.conftest import free_port
from tests.postgres import PostgresUnavailable, running_postgres
from tests.processes import ServerProgram, a_program

PASSWORD = "correct horse"
ROOMS = ("1", "2")
#: PostgreSQL as it comes, which syncs every commit; the tests' own server does not.
DURABLE = "-c listen_addresses='' -c max_connections=60"


@dataclass(frozen=True)
class Clinic:
    """A server that runs, and what opens it. Doctor `n` (login doctor1, doctor2) is on duty in room `n`."""

    server: ServerProgram
    program_key: str
    display_key: str

    @property
    def processor_s(self) -> float:
        """Seconds of processor time that the server has used."""
        fields = Path(f"/proc/{self.server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Line(asyncio.Protocol):
    """One HTTP/1.1 connection that is kept open; a client of so little code that the server is what is measured.

    The server ends a line on which nothing was asked for some seconds; then the next question takes a new one.
    """

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._port = port
        self._headers = headers
        self._transport: asyncio.Transport | None = None
        self._came = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    async def open(self) -> None:
        """The line is connected."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self._port)

    def close(self) -> None:
        """The line is closed."""
        if self._transport is not None:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, end, content = self._came.partition(b"\r\n\r\n")
        if not end or self._answer is None:
            return
        _, _, length = head.lower().partition(b"content-length: ")
        if len(content) >= int(length.partition(b"\r\n")[0] or b"0"):
            self._came = b""
            self._answer.set_result((int(head.split(b" ", 2)[1]), content))

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any, float]:
        """(status, the JSON of the answer if any, seconds until it was there)."""
        sent = b"" if body is None else json.dumps(body).encode()
        more = self._headers | {"content-type": "application/json", "content-length": str(len(sent))} | headers
        head = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        if self._transport is None:
            await self.open()
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        self._transport.write(f"{method} {path} HTTP/1.1\r\nhost: localhost\r\n{head}\r\n".encode() + sent)
        status, content = await self._answer
        took_s = time.perf_counter() - began
        return status, json.loads(content) if content.startswith(b"{") else None, took_s


@asynccontextmanager
async def opened(made: Sequence[Line]) -> AsyncIterator[Sequence[Line]]:
    """Inside, these lines are connected."""
    try:
        for line in made:
            await line.open()
        yield made
    finally:
        for line in made:
            line.close()


@asynccontextmanager
async def lines(clinic: Clinic, count: int, **headers: str) -> AsyncIterator[Sequence[Line]]:
    """So many connections, which send the program's key unless `headers` has something else."""
    sent = headers or {"authorization": f"Bearer {clinic.program_key}"}
    async with opened([Line(clinic.server.port, sent) for _ in range(count)]) as made:
        yield made


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database: sqlite, or postgresql with every commit on the disk."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/queue.db"
        return
    with running_postgres(DURABLE) as server, server.database("benchmark") as url:
        yield url


@asynccontextmanager
async def a_served_clinic(kind: str, *, workers: int = 1) -> AsyncIterator[Clinic]:
    """A new clinic on that kind of database, with one department, two rooms and a doctor in each."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="queue-benchmark-")))
        url = stack.enter_context(database(kind, folder))
        program_key, display_key = await seed(url)
        serve = ("serve", "--database-url", url, "--data", folder, "--workers", workers)
        server = await stack.enter_async_context(a_program(*serve, port=free_port(), log=folder / "log"))
        yield Clinic(server, program_key, display_key)
        for line in server.said.splitlines():
            if "[info]" not in line:
                print(line, file=sys.stderr)


async def seed(url: str) -> tuple[str, str]:
    await migrate(url)
    store = Store(url, SteadyClock(SystemClock()))
    try:
        await store.open()
        services = compose(store, lambda *_: [], "http://queue.test")
        setting = {"name": "Benchmark", "time_zone": "Asia/Kolkata", "languages": ["en", "hi"]}
        await services.clinic.settings.save(setting, None, by=SYSTEM)
        general = DepartmentPlan("GEN", "G", {"en": "General", "hi": "सामान्य"}, "general", "teal")
        await services.clinic.departments.add({**written(general), "rooms": list(ROOMS)}, by=SYSTEM)
        for room in ROOMS:
            doctor = await services.people.accounts.create(
                f"doctor{room}", PASSWORD, Role.DOCTOR, f"Doctor {room}", cost=4
            )
            await services.queue.duties.change(
                room, DutyState.ON_DUTY, doctor=Actor(ActorKind.DOCTOR, doctor, f"Doctor {room}")
            )
        program = await services.programs.keys.add("benchmark")
        return program, await services.devices.registry.add(DeviceKind.DISPLAY, "Display", "main")
    finally:
        await store.close()


def milliseconds(durations_s: Sequence[float]) -> tuple[str, str, str]:
    """(median, 95th percentile, longest), in ms."""
    ordered = sorted(durations_s)
    p95 = statistics.quantiles(ordered, n=20)[-1] if len(ordered) > 1 else ordered[0]
    return tuple(f"{1000 * value:.1f}" for value in (statistics.median(ordered), p95, ordered[-1]))  # type: ignore[return-value]


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table with the first column to the left and the others to the right."""
    cells = [list(map(str, row)) for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    for name, *figures in cells:
        columns = [figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)]
        print("  ".join([name.ljust(widths[0]), *columns]))


def databases_here(asked: Sequence[str]) -> list[str]:
    """The kinds that were asked for, without PostgreSQL where none can be started."""
    found = []
    for kind in asked:
        try:
            with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)):
                found.append(kind)
        except PostgresUnavailable as reason:
            print(f"Left out {kind}: {reason}", file=sys.stderr)
    return found
