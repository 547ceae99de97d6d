"""PostgreSQL restarts, cuts every line, fails over to another port; workers die: nothing is lost, screens heal.

    scripts/chaos postgres [--seconds 60] [--seed N]

Two servers, one of them with two workers, reach the database through an address that can move. Kiosks press all the
time, each press until it is answered. Trouble comes by turns; at the end the database server dies and its standby takes
over. After each trouble a patient is called; timed is when every display shows the call. Wanted: within 10 s after a
worker's death or a cut, 15 s after the database is back; every acknowledged number is there, once; the chain is whole.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from tests.browser.conftest import free_port
from tests.chaos.arguments import arguments
from tests.chaos.history.asking import Asker
from tests.chaos.history.clinic import Opened, open_clinic
from tests.chaos.history.people import DEPARTMENTS
from tests.chaos.history.recorded import Deed, History
from tests.chaos.screens import Screen, a_screen
from tests.chaos.test_two_processes import a_connection, cut_every_line, workers
from tests.postgres import PostgresServer, running_postgres
from tests.processes import ServerProgram, a_program, smart_queue
from tests.waiting import take_time

OPTIONS = "-c listen_addresses='' -c max_connections=80"
#: Seconds within which every display shows a call, by the trouble.
WANTED_S = {"lines cut": 10, "worker killed": 10, "restart": 15, "failover": 15}
KIOSKS = 4


@dataclass
class MovingAddress:
    """A port of loopback behind which the database is, wherever that is now."""

    server: PostgresServer
    port: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def end(self) -> None:
        """Everything has broken off."""
        self.move(self.server)
        await asyncio.gather(*self._tasks)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody connects."""
        task = asyncio.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def move(self, server: PostgresServer) -> None:
        """From now on it leads there; what is open breaks off."""
        self.server = server
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with suppress(OSError):
                there, back = await asyncio.open_unix_connection(str(self.server.directory / ".s.PGSQL.5432"))
                pumps = [asyncio.create_task(_pump(*ends)) for ends in ((reader, back), (there, writer))]
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
                back.transport.abort()
        finally:
            self._writers.discard(writer)
            writer.transport.abort()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65_536):
        sink.write(data)
        await sink.drain()


@asynccontextmanager
async def a_moving_address(server: PostgresServer) -> AsyncIterator[MovingAddress]:
    """It leads to the server at first."""
    address = MovingAddress(server)
    listener = await asyncio.start_server(address.take, "127.0.0.1", 0)
    address.port = listener.sockets[0].getsockname()[1]
    try:
        yield address
    finally:
        listener.close()
        await address.end()


@dataclass
class Scene:
    """Two servers, their displays, and who presses."""

    address: MovingAddress
    standby: PostgresServer
    database: str
    servers: list[ServerProgram]
    screens: list[Screen]
    askers: list[Asker]
    random: Random
    took_s: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def trouble(self, kind: str) -> None:
        """It happens, and is over when the database takes changes again."""
        if kind == "worker killed":
            os.kill(self.random.choice(workers(self.servers[0])), signal.SIGKILL)
        elif kind == "lines cut":
            async with a_connection(self.database) as database:
                await cut_every_line(database)
        elif kind == "restart":
            await asyncio.to_thread(self.address.server.control, "-m", "fast", "stop")
            await take_time(self.random.random() * 4)
            await asyncio.to_thread(self.address.server.start)
        else:
            await asyncio.to_thread(self.address.server.control, "-m", "immediate", "stop")
            await asyncio.to_thread(self.standby.control, "promote")
            self.address.move(self.standby)

    async def heal(self, kind: str) -> None:
        """A patient comes and is called, and every display shows it; the seconds that it took are noted."""
        began, doctor = time.monotonic(), self.random.choice(self.askers)
        await doctor.do(Deed(doctor.actor, "issue"), "/api/v1/tokens", {"department": "GEN"})
        called = await doctor.do(Deed(doctor.actor, "call_next"), "/api/v1/rooms/1/call-next", {"was_seen": True})
        assert called.number is not None
        await asyncio.gather(
            *(screen.shows(lambda shown: called.number in shown.called[-100:]) for screen in self.screens)
        )
        self.took_s[kind].append(time.monotonic() - began)
        print(f"{kind}: every display right after {self.took_s[kind][-1]:.1f} s", flush=True)


async def press_all_day(kiosk: Asker, is_evening: asyncio.Event) -> None:
    """Press after press, each until it is answered."""
    while not is_evening.is_set():
        deed = Deed(kiosk.actor, "issue")
        await kiosk.do(deed, "/kiosk/tokens", {"department": kiosk.random.choice(DEPARTMENTS)})
        await take_time(kiosk.random.random() * 0.3)


async def attack(postgres: PostgresServer, standby: PostgresServer, database: str, seconds: float, seed: int) -> bool:
    """Trouble by turns for so long, then the failover; whether all is as wanted."""
    random, name = Random(seed), urlsplit(database).path[1:]
    opened = await open_clinic(database, messages=1, seconds=1)
    history, is_evening = History(opened.rules), asyncio.Event()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = await stack.enter_async_context(a_moving_address(postgres))
        moving = f"postgresql://postgres@127.0.0.1:{address.port}/{name}"
        servers = [
            await stack.enter_async_context(
                a_program(*_serve(moving, folder, count), port=free_port(), log=folder / f"{count}.log")
            )
            for count in (2, 1)
        ]
        screens = [
            await stack.enter_async_context(a_screen(server.url, "/ws/board/main", key))
            for server, key in zip(servers * 2, opened.displays, strict=False)
        ]
        askers = [_asker(opened, number, servers, history, random) for number in range(KIOSKS + 2)]
        scene = Scene(address, standby, database, servers, screens, askers[KIOSKS:], random)
        async with asyncio.TaskGroup() as group:
            for kiosk in askers[:KIOSKS]:
                group.create_task(press_all_day(kiosk, is_evening))
            until = time.monotonic() + seconds
            kinds = ["worker killed", "lines cut", "restart"]
            while time.monotonic() < until:
                for kind in random.sample(kinds, len(kinds)):
                    await scene.trouble(kind)
                    await scene.heal(kind)
            await scene.trouble("failover")
            stack.callback(postgres.start)
            await scene.heal("failover")
            is_evening.set()
        return await _judge(scene, history, moving)


def _serve(url: str, folder: Path, workers: int) -> tuple[object, ...]:
    return ("serve", "--database-url", url, "--data", folder, "--workers", workers)


def _asker(opened: Opened, number: int, servers: list[ServerProgram], history: History, random: Random) -> Asker:
    who = [*opened.kiosks[:KIOSKS], opened.doctors[0], opened.desk][number]
    return Asker(who.actor, who.headers, servers[number % 2].port, history, Random(random.random()))


async def _judge(scene: Scene, history: History, url: str) -> bool:
    """Print what was found; whether all is as wanted."""
    told = {deed.yes.token: deed.yes.number for deed in history.deeds if deed.kind == "issue" and deed.yes}
    reader, after, kept = scene.askers[-1], 0, dict[int, str]()
    reader.reader = reader.headers
    while after is not None:
        page = await reader.see(f"/api/v1/tokens?after={after}")
        kept |= {token["id"]: token["number"] for token in page["tokens"]}
        after = page["next"]
    verified = await smart_queue("verify", "--database-url", url)
    lost = [number for token, number in told.items() if kept.get(token) != number]
    print(f"{len(told)} numbers acknowledged, {len(lost)} lost, {len(kept)} kept, {len(set(kept.values()))} different")
    print(f"the journal: {verified.output.strip() or verified.errors.strip()}")
    is_soon = True
    for kind, took_s in scene.took_s.items():
        print(f"{kind}: {len(took_s)} times, every display right after {max(took_s):.1f} s at most")
        is_soon &= max(took_s) <= WANTED_S[kind]
    print(*history.surprises, sep="\n")
    return (
        is_soon and not lost and not history.surprises and not verified.status and len(set(kept.values())) == len(kept)
    )


def main() -> int:
    """0: as wanted."""
    given = arguments(__doc__, seconds=60).parse_args()
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(OPTIONS))
        database = stack.enter_context(postgres.database("chaos"))
        standby = stack.enter_context(postgres.standby())
        return 0 if asyncio.run(attack(postgres, standby, database, given.seconds, given.seed)) else 1


if __name__ == "__main__":
    sys.exit(main())
