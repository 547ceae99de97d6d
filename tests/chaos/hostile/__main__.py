"""Clients that never read, stop half-way, dawdle, or send huge heads and frames: others must not feel them.

    scripts/chaos hostile [--seconds 60] [--count 20]

A clinic on SQLite with its displays is served by a process of its own. Its rooms, a queue and new tokens are asked for
all the time, in short windows by turns alone and beside so many hostile connections of each kind, which come again
whenever the server throws them out. Wanted: every request of the others answered, and their p99 at most a fifth longer
than alone. Told is how far that ratio may be chance: it is worked out anew from windows that are drawn at random.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.parts import Clinic, Line, lines
from tests.browser.conftest import free_port
from tests.chaos.arguments import arguments
from tests.chaos.history.clinic import open_clinic
from tests.chaos.history.onlookers import watch_as_a_display
from tests.chaos.history.recorded import DisplaySeen
from tests.chaos.hostile.clients import KINDS
from tests.processes import a_program
from tests.waiting import take_time, until

#: How much longer the others' p99 may become.
WANTED = 1.2
#: A window takes so long, and the clinic has so many displays, which read, in each.
WINDOW_S, DISPLAYS = 3.0, 5
#: So often windows are drawn for the spread, of which the middle nine tenths are told.
DRAWS, SPREAD = 1000, 0.05


#: How long each answer took, in seconds.
Window = list[float]


@asynccontextmanager
async def a_clinic_to_attack() -> AsyncIterator[Clinic]:
    """A new clinic on SQLite, served by a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/queue.db"
        opened = await open_clinic(url, messages=1, seconds=1)
        serve, log = ("serve", "--database-url", url, "--data", folder), Path(folder) / "log"
        async with a_program(*serve, port=free_port(), log=log) as server:
            key = opened.doctors[0].headers["Authorization"].partition(" ")[2]
            yield Clinic(server, key, opened.displays[0])


@asynccontextmanager
async def hostile_clients(clinic: Clinic, count: int) -> AsyncIterator[None]:
    """Inside, they are at it."""
    who = ("-m", "tests.chaos.hostile.clients", str(clinic.server.port), str(count), clinic.display_key)
    process = await asyncio.create_subprocess_exec(sys.executable, *who)
    try:
        await take_time(5)
        yield
        assert process.returncode is None
    finally:
        process.kill()
        await process.wait()
        await take_time(2)


@asynccontextmanager
async def displays(clinic: Clinic) -> AsyncIterator[None]:
    """Inside, the clinic's displays read what they are sent."""
    seen = [DisplaySeen(f"display {number}") for number in range(DISPLAYS)]
    tasks = [asyncio.create_task(watch_as_a_display(clinic.server.port, clinic.display_key, one)) for one in seen]
    try:
        await until(lambda: all(one.last is not None for one in seen))
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def ask_for(line: Line, seconds: float) -> Window:
    """How long each answer of the others took, asked one after the other for so many seconds."""
    taken: list[float] = []
    until = time.perf_counter() + seconds
    asked = (("GET", "/api/v1/rooms", None), ("GET", "/api/v1/departments/GEN/queue", None))
    while time.perf_counter() < until:
        for method, path, body in (*asked * 5, ("POST", "/api/v1/tokens", {"department": "GEN"})):
            status, _, took_s = await line.ask(method, path, body)
            assert status in {200, 201}, f"{path} was answered {status}"
            taken.append(took_s)
            await take_time(0.005)
    while (await line.ask("POST", "/api/v1/rooms/1/call-next", {"was_seen": True}))[0] != 204:
        pass  # the queue is as short again as before
    return taken


def p99(taken: list[float]) -> float:
    """The time that one of a hundred answers took longer than, in seconds."""
    return sorted(taken)[int(len(taken) * 0.99)]


def ratio(alone: Sequence[Window], together: Sequence[Window]) -> float:
    """How many times as long as alone the others' p99 is."""
    return p99([one for window in together for one in window]) / p99([one for window in alone for one in window])


def spread(alone: Sequence[Window], together: Sequence[Window], chance: Random) -> tuple[float, float]:
    """Between which ratios nine of ten lie that windows drawn with replacement give."""
    drawn = sorted(
        ratio(chance.choices(alone, k=len(alone)), chance.choices(together, k=len(together))) for _ in range(DRAWS)
    )
    return drawn[int(DRAWS * SPREAD)], drawn[int(DRAWS * (1 - SPREAD)) - 1]


async def attack(seconds: float, count: int, chance: Random) -> bool:
    """Measure alone and together, by turns; whether it is as wanted."""
    windows: dict[str, list[Window]] = {"alone": [], "together": []}
    used_s = dict.fromkeys(windows, 0.0)

    async def measure(name: str) -> None:
        before = clinic.processor_s
        windows[name].append(await ask_for(line, WINDOW_S))
        used_s[name] += clinic.processor_s - before

    async with a_clinic_to_attack() as clinic, lines(clinic, 1) as (line,), displays(clinic):
        await ask_for(line, 2)
        for _ in range(max(2, int(seconds / WINDOW_S / 2))):
            await measure("alone")
            async with hostile_clients(clinic, count):
                await measure("together")
    print(f"{count} hostile connections of each of {len(KINDS) + 1} kinds, {len(windows['alone'])} windows each")
    for name, some in windows.items():
        taken = [one for window in some for one in window]
        print(f"{name}: {len(taken)} requests, all answered, median {1000 * median(taken):.1f} ms, ", end="")
        print(
            f"p99 {1000 * p99(taken):.1f} ms, {1000 * used_s[name] / len(taken):.2f} ms of the server's processor each"
        )
    alone, together = windows.values()
    found, (least, most) = ratio(alone, together), spread(alone, together, chance)
    print(f"p99 {found:.2f} times as long as alone; by chance between {least:.2f} and {most:.2f}")
    return found <= WANTED


def main() -> int:
    """0: as wanted."""
    parser = arguments(__doc__, seconds=60)
    parser.add_argument("--count", type=int, default=20)
    given = parser.parse_args()
    return 0 if asyncio.run(attack(given.seconds, given.count, Random(given.seed))) else 1


if __name__ == "__main__":
    sys.exit(main())
