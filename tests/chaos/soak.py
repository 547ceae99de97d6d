"""A day sixty times faster than life: open files, sockets, temporary files and memory do not grow.

    scripts/chaos soak [--seconds 1440]

The demo plays a clinic's mornings; displays come and go, pages are read. Compared are the second quarter of the time
and the last one. Wanted: no more files, sockets, processes and temporary files than before, and a tenth more memory at
most.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from random import Random
from statistics import median

from tests.browser.conftest import free_port
from tests.chaos.arguments import arguments
from tests.chaos.history.asking import ask
from tests.chaos.history.onlookers import BOARD, lines_to
from tests.processes import ServerProgram
from tests.waiting import take_time

SPEED = 60
SAMPLE_S = 2
#: How much more there may be in the end: of what is counted, and of memory as a share.
MORE, MORE_MEMORY = 2, 1.1
VISITORS = 12


@dataclass(frozen=True)
class Sample:
    """What the server holds at one moment."""

    files: int
    sockets: int
    processes: int
    temporary_files: int
    memory_mb: float


def sample(pid: int, temporary: Path) -> Sample:
    """The server as it is now."""
    held = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            held.append(str(link.readlink()))
    sockets = sum(one.startswith("socket:") for one in held)
    children = len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    memory_kb = int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0])
    return Sample(len(held) - sockets, sockets, children, sum(1 for _ in temporary.rglob("*")), memory_kb / 1024)


async def come_and_go(port: int, key: str, random: Random) -> None:
    """A display that is switched on, looked at for a while and switched off, for ever."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(1 + random.random() * 8):
                async for _, messages in lines_to(port, BOARD, {"Authorization": f"Bearer {key}"}):
                    async for _ in messages:
                        pass
        await take_time(random.random() * 4)


async def read_pages(port: int, key: str, random: Random) -> None:
    """Somebody who reads pages and what programs are told, for ever."""
    paths = ("/", "/login", "/static/css/base.css", "/api/v1/rooms", "/api/v1/departments/GEN/queue", "/api/v1/tokens")
    while True:
        await ask(port, "GET", random.choice(paths), {"Authorization": f"Bearer {key}"})
        await take_time(random.random() * 0.3)


async def soak(seconds: float, seed: int) -> list[Sample]:
    """The samples of a demo that is used for so long."""
    with tempfile.TemporaryDirectory() as place:
        folder, temporary, random, port = Path(place), Path(place) / "tmp", Random(seed), free_port()
        temporary.mkdir()
        arguments = ("demo", "--data", folder / "data", "--port", port, "--traffic", SPEED)
        server = ServerProgram(arguments, port, folder / "log", settings={"TMPDIR": str(temporary)})
        try:
            await server.start()
            keys = json.loads((folder / "data" / "demo.json").read_text())
            visitors = [come_and_go(port, keys["display_key"], Random(random.random())) for _ in range(VISITORS)]
            visitors.append(read_pages(port, keys["api_key"], random))
            tasks = [asyncio.create_task(visitor) for visitor in visitors]
            samples, until = [], time.monotonic() + seconds
            while time.monotonic() < until:
                await take_time(SAMPLE_S)
                samples.append(sample(server.pid, temporary))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await server.kill()
    return samples


def judged(samples: Sequence[Sample]) -> bool:
    """Print both quarters; whether nothing has grown."""
    quarter = len(samples) // 4
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    is_good = True
    for place, field in enumerate(fields(Sample)):
        before, after = (median(astuple(one)[place] for one in some) for some in (early, late))
        has_grown = after > before * MORE_MEMORY if field.name == "memory_mb" else after > before + MORE
        is_good &= not has_grown
        print(f"{field.name}: {before:.0f}, then {after:.0f}{' GROWS' if has_grown else ''}")
    return is_good


def main() -> int:
    """0: nothing has grown."""
    given = arguments(__doc__, seconds=1440).parse_args()
    return 0 if judged(asyncio.run(soak(given.seconds, given.seed))) else 1


if __name__ == "__main__":
    sys.exit(main())
