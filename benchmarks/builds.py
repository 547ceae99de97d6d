"""Builds of this product that are measured side by side: the files here, and any commit as it was."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.parts import Line, opened
from tests.browser.conftest import free_port

HERE = Path(__file__).resolve().parents[1]

#: Makes the benchmarks' clinic with a build's own code, and says the key of a program.
_SEED = """
import asyncio, sys
from benchmarks import parts
print(asyncio.run((getattr(parts, "seed", None) or parts._seed)(sys.argv[1]))[0])
"""
_PATIENCE_S = 120


@dataclass(frozen=True)
class Build:
    """The source of one build; its programs run in its own folder."""

    name: str
    folder: Path

    def program(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "queue_server.cli", *map(str, arguments)]

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUEUE_")}
        return kept | {"PYTHONPATH": str(self.folder)}

    def run(self, *command: str) -> str:
        """What the command says; it has ended well."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def seed(self, url: str, keys: int = 1) -> list[str]:
        """A new clinic at `url`, and so many keys of programs: each may issue 6,000 tokens a minute."""
        first = self.run(sys.executable, "-c", _SEED, url)
        add = [
            self.program("programs", "add", f"bench {n}", "--database-url", url, "--json", "--scope", "*")
            for n in range(1, keys)
        ]
        return [first, *(json.loads(self.run(*command))["key"] for command in add)]


@contextmanager
def build_of(commit: str, folder: Path) -> Iterator[Build]:
    """The files of a commit, in a folder below `folder`."""
    place = folder / f"build-{commit[:12]}"
    place.mkdir()
    packed = folder / f"{commit[:12]}.tar"
    subprocess.run(["git", "archive", f"--output={packed}", commit], cwd=HERE, check=True)
    with tarfile.open(packed) as archive:
        archive.extractall(place, filter="data")
    yield Build(commit[:12], place)


@dataclass
class Served:
    """A build that answers on a port of loopback."""

    build: Build
    keys: list[str]
    port: int
    pid: int

    @property
    def processor_s(self) -> float:
        """Seconds of processor time that its threads have used, without child processes."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    @property
    def memory_mb(self) -> float:
        """Resident memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @asynccontextmanager
    async def lines(self, count: int) -> AsyncIterator[Sequence[Line]]:
        """So many connections; the keys go round."""
        keys = [self.keys[place % len(self.keys)] for place in range(count)]
        async with opened([Line(self.port, {"authorization": f"Bearer {key}"}) for key in keys]) as made:
            yield made


@asynccontextmanager
async def served(build: Build, url: str, folder: Path, keys: list[str], workers: int = 1) -> AsyncIterator[Served]:
    """The build serves the clinic at `url`; afterwards its processes are gone."""
    port, data = free_port(), folder / f"data-{build.name}"
    data.mkdir(exist_ok=True)
    command = build.program("serve", "--database-url", url, "--data", data, "--workers", workers)
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with (data / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=build.folder, env=build.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        await _answers(port, process, data / "log")
        yield Served(build, keys, port, process.pid)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _answers(port: int, process: asyncio.subprocess.Process, log: Path) -> None:
    until = time.monotonic() + _PATIENCE_S
    while True:
        if process.returncode is not None or time.monotonic() > until:
            raise RuntimeError(f"It does not answer; see {log}.")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
