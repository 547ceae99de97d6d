"""The kernel refuses what the server's files need: full, read-only or damaged disks, below SQLite, in a real process.

    scripts/chaos kernel [--seconds 30] [--seed N]

libfiu (Debian: libfiu0, fiu-utils) makes calls of a served demo fail with the kernel's own errors; as root the data
folder is also a file system of its own that is really full. Wanted as by `scripts/chaos disk`: 503, a code and
`Retry-After`, no number that is promised and then lost or given twice, `/readyz` that says so, and presses that succeed
as soon as the disk is well.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from queue_server.clock import SystemClock
from tests.browser.conftest import free_port
from tests.chaos.arguments import arguments
from tests.chaos.disk import Findings
from tests.clinics import end_the_day_later, open_services
from tests.processes import ServerProgram
from tests.running import a_browser
from tests.waiting import until

PRELOADED = (Path("/usr/lib/fiu/fiu_run_preload.so"), Path("/usr/lib/fiu/fiu_posix_preload.so"))
#: Way to fail → libfiu's name of the call, and the kernel's error.
WAYS = {
    "full": ("posix/io/rw/pwrite", errno.ENOSPC),
    "read-only": ("posix/io/rw/pwrite", errno.EROFS),
    "I/O error at a write": ("posix/io/rw/pwrite", errno.EIO),
    "I/O error at a flush": ("posix/io/sync/fdatasync", errno.EIO),
    "out of room at a flush": ("posix/io/sync/fdatasync", errno.ENOSPC),
}
REALLY_FULL = "really full"
KIOSKS = 4
#: The database is tried every two seconds.
READY_WITHIN_S = 10
#: A file system of its own holds so much.
SIZE = "64m"


@dataclass
class Pressing:
    """Kiosks that press at a served demo, the numbers that they were given, and how its calls are made to fail."""

    server: ServerProgram
    client: httpx2.AsyncClient
    folder: Path
    found: Findings
    given: dict[int, str] = field(default_factory=dict)

    async def press(self, wanted: str) -> bool:
        """Whether a number was given; else the answer is noted, and must be one of a sick disk."""
        answer = await self.client.post("/api/v1/tokens", json={"department": "GEN"})
        told = answer.json()
        if answer.status_code == 201:
            self.found.answers["given"] += 1
            self.given[told["id"]] = told["number"]
            return True
        code = told["error"]["code"]
        self.found.answers[code] += 1
        if answer.status_code != 503 or not code.startswith("database_") or "Retry-After" not in answer.headers:
            self.found.wrong.append(f"{wanted}: {answer.status_code} {answer.text[:200]}")
        return False

    async def endure(self, way: str) -> None:
        """The disk fails in this way while everybody presses, and is well again."""
        with self._really_full() if way == REALLY_FULL else self._failing(*WAYS[way]):
            # A really full disk has room left in blocks that are there already.
            await until(lambda: self._all_refused(way), within_s=30)
            await self._says(way, 503)
        self.found.faults += 1
        await until(lambda: self.press(way), within_s=30)
        await self._says(way, 200)

    async def _all_refused(self, way: str) -> bool:
        return not any(await asyncio.gather(*(self.press(way) for _ in range(KIOSKS))))

    async def _says(self, way: str, status: int) -> None:
        """`/readyz` does, within a few seconds."""

        async def is_said() -> bool:
            return (await self.client.get("/readyz")).status_code == status

        try:
            await until(is_said, READY_WITHIN_S)
        except TimeoutError:
            self.found.wrong.append(f"{way}: /readyz is not {status}")

    @contextmanager
    def _failing(self, call: str, number: int) -> Iterator[None]:
        self._tell(f"enable name={call},failinfo={number}")
        try:
            yield
        finally:
            self._tell(f"disable name={call}")

    def _tell(self, order: str) -> None:
        fifo = str(self.folder / "fiu")
        subprocess.run(["fiu-ctrl", "-f", fifo, "-c", order, str(self.server.pid)], check=True)

    @contextmanager
    def _really_full(self) -> Iterator[None]:
        ballast = self.folder / "data" / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass
        try:
            yield
        finally:
            ballast.unlink()

    def look(self) -> None:
        """Everything that was promised is there once."""
        with closing(sqlite3.connect(self.folder / "data" / "queue.db")) as opened:
            there = dict(opened.execute("SELECT id, number FROM token"))
            (state,) = opened.execute("PRAGMA integrity_check").fetchone()
        twice = len(set(self.given.values())) < len(self.given)
        if state != "ok" or self.given.items() - there.items() or twice:
            self.found.wrong.append(f"{state}; lost: {self.given.items() - there.items()}; twice: {twice}")


@contextmanager
def _own_file_system(folder: Path) -> Iterator[bool]:
    """Whether the folder is a file system of its own, as root may have it."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "queue-chaos", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@asynccontextmanager
async def _served(folder: Path, found: Findings) -> AsyncIterator[Pressing]:
    port, data = free_port(), folder / "data"
    environment = {"LD_PRELOAD": " ".join(map(str, PRELOADED)), "FIU_CTRL_FIFO": str(folder / "fiu")}
    words = ("demo", "--data", data, "--host", "127.0.0.1", "--port", port)
    server = ServerProgram(words, port, folder / "log", settings=environment)
    try:
        await server.start()
        async with open_services(f"sqlite:///{data}/queue.db", SystemClock()) as services:
            await end_the_day_later(services, SystemClock().now())
        key = json.loads((data / "demo.json").read_text())["api_key"]
        async with a_browser(server.url, headers={"Authorization": f"Bearer {key}"}) as client:
            yield Pressing(server, client, folder, found)
    finally:
        await server.kill()


async def attack(seconds: float, chance: random.Random) -> Findings:
    """What was found while calls failed for so long, at least once in each way."""
    found, deadline = Findings(), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "data").mkdir()
        with _own_file_system(folder / "data") as can_be_full:
            ways = [*WAYS, *([REALLY_FULL] if can_be_full else [])]
            async with _served(folder, found) as pressing:
                while found.faults == 0 or time.monotonic() < deadline:
                    for way in chance.sample(ways, len(ways)):
                        await pressing.press("well")
                        await pressing.endure(way)
            pressing.look()
    return found


def main() -> int:
    """Exit status 1: something was wrong; 2: there is no libfiu."""
    given = arguments(__doc__, seconds=30).parse_args()
    if not all(path.exists() for path in PRELOADED):
        print("This needs libfiu: install Debian's package fiu-utils.")
        return 2
    print(f"--seed {given.seed}")
    found = asyncio.run(attack(given.seconds, random.Random(given.seed)))
    print(found, *found.wrong[:20], sep="\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
