"""`smart-queue` in processes of their own, as a clinic runs it: started, asked, stopped and killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.waiting import until

ROOT = Path(__file__).resolve().parents[1]

#: Seconds that a start may take on a machine that is busy with other things.
START_S = 60


@dataclass(frozen=True)
class Finished:
    """What a command has said, and its exit status."""

    status: int
    output: str
    errors: str


async def smart_queue(*arguments: object, typed: str = "") -> Finished:
    """Run one command to its end, with `typed` on its standard input."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *_command(arguments), stdin=pipe, stdout=pipe, stderr=pipe, env=_environment()
    )
    async with asyncio.timeout(START_S):
        output, errors = await process.communicate(typed.encode())
    return Finished(process.returncode or 0, output.decode(), errors.decode())


@dataclass
class ServerProgram:
    """`smart-queue` with arguments that make it listen on `port` of loopback; what it says goes to the file `log`."""

    arguments: tuple[object, ...]
    port: int
    log: Path
    trust: ssl.SSLContext | None = None
    #: Further `QUEUE_*` of its environment.
    settings: Mapping[str, str] = field(default_factory=dict)
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self.trust else 'http'}://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The id of the process that was started."""
        return self._running.pid

    @property
    def said(self) -> str:
        """Everything that it has written so far."""
        return self.log.read_text()

    async def start(self) -> None:
        """It answers."""
        env = _environment() | dict(self.settings)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *_command(self.arguments), stdout=log, stderr=log, env=env, start_new_session=True
            )

        async def is_there() -> bool:
            assert self._running.returncode is None, self.said
            return await self._answers()

        await until(is_there, START_S)

    async def run_to_end(self) -> int:
        """A command that ends by itself; its exit status."""
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *_command(self.arguments), stdout=log, stderr=log, env=_environment() | dict(self.settings)
            )
        return await process.wait()

    async def kill(self) -> None:
        """It ends in the middle of whatever it does, with all its processes, as when the power goes."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    async def stop(self, within_s: float = 10) -> int:
        """It ends by itself after SIGTERM; returns its exit status. Raises `TimeoutError` when it does not."""
        self._running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(within_s):
            return await self._running.wait()

    @property
    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=self.trust)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            status_line = await reader.readline()
            writer.close()
            await writer.wait_closed()
        except OSError:
            return False
        return b" 200 " in status_line


@asynccontextmanager
async def a_program(
    *arguments: object, port: int, log: Path, trust: ssl.SSLContext | None = None
) -> AsyncIterator[Any]:
    """A `ServerProgram` that answers; afterwards it is gone."""
    program = ServerProgram((*arguments, "--host", "127.0.0.1", "--port", port), port, log, trust)
    try:
        await program.start()
        yield program
    finally:
        await program.kill()


@asynccontextmanager
async def a_demo(folder: Path, port: int) -> AsyncIterator[tuple[ServerProgram, dict[str, Any]]]:
    """The demo with its data in `folder`, and the contents of its demo.json."""
    data = folder / "data"
    async with a_program("demo", "--data", data, port=port, log=folder / "demo.log") as program:
        yield program, json.loads((data / "demo.json").read_text())


def _command(arguments: tuple[object, ...]) -> list[str]:
    return [sys.executable, "-m", "queue_server.cli", *map(str, arguments)]


def _environment() -> dict[str, str]:
    """This one without the settings of a clinic that may run on this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUEUE_")}
    return kept | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])}
