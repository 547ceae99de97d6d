"""Real server processes that are killed every second or two, and are there again at once."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom

from tests.chaos.history.asking import ask
from tests.processes import ROOT
from tests.waiting import take_time, until

#: A server may need so long to come up on a machine that is busy with other things.
START_S = 60


@dataclass
class KilledServer:
    """`serve` on `port` through the launcher, which starts it anew whenever it dies. Its log is in `folder`."""

    arguments: Sequence[str]
    folder: Path
    port: int
    settings: Mapping[str, str]
    _launcher: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def start(self) -> None:
        """It answers."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUEUE_")}
        command = [sys.executable, "-m", "tests.chaos.history.launcher", str(self._pid_file), *self.arguments]
        with (self.folder / f"{self.port}.log").open("ab") as log:
            self._launcher = await asyncio.create_subprocess_exec(
                *command, stdout=log, stderr=log, env=kept | dict(self.settings), cwd=ROOT, start_new_session=True
            )
        await self.answers()

    async def answers(self) -> None:
        """Wait until it does. Raises `AssertionError` with its log when it does not in time."""

        async def is_up() -> bool:
            assert self._launcher is not None
            assert self._launcher.returncode is None, self.log
            found = await ask(self.port, "GET", "/healthz", {})
            return found is not None and found[0] == 200

        try:
            await until(is_up, START_S)
        except TimeoutError:
            raise AssertionError(self.log[-2000:]) from None

    @property
    def log(self) -> str:
        """What it has written."""
        return (self.folder / f"{self.port}.log").read_text()

    async def kill(self) -> None:
        """It ends in the middle of whatever it does; the next one is on its way."""
        pid = self._pid_file.read_text()
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
        await until(lambda: self._pid_file.read_text() != pid, START_S)

    async def end(self) -> None:
        """The launcher and its server are gone."""
        if self._launcher is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._launcher.pid, signal.SIGKILL)
            await self._launcher.wait()

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.port}.pid"


def lasting_port() -> int:
    """A free port that stays free while its server is away: the kernel gives it to no client."""
    while True:
        port = SystemRandom().randrange(20_000, 30_000)
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


@asynccontextmanager
async def killed_servers(
    database_url: str, folder: Path, count: int, settings: Mapping[str, str]
) -> AsyncIterator[list[KilledServer]]:
    """So many servers on one database, which answer; afterwards they are gone."""
    made = []
    async with AsyncExitStack() as stack:
        for _ in range(count):
            port = lasting_port()
            arguments = ("serve", "--database-url", database_url, "--data", str(folder), "--port", str(port))
            server = KilledServer(arguments, folder, port, settings)
            stack.push_async_callback(server.end)
            await server.start()
            made.append(server)
        yield made


async def kill_again_and_again(servers: Sequence[KilledServer], random: Random, is_evening: asyncio.Event) -> int:
    """Kill one of them, wait until it is back, let it work for a moment; returns how many were killed."""
    kills = 0
    while not is_evening.is_set():
        await take_time(1 + random.random())
        one = random.choice(servers)
        await one.kill()
        kills += 1
        await one.answers()
    return kills
