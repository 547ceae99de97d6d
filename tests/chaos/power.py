"""The power goes at any moment: every write and flush of the database is recorded, and cut at random points.

    scripts/chaos power [--seconds 20] [--seed N] [--cuts 200]

A served clinic gives out and calls numbers for so many seconds; each answer is a promise. Then the disk is put together
as it may be after a cut at each of so many moments (see `recorded_disk`), and opened: the database must be whole, its
chain must fit, and every promise that was made before the cut must be kept. Last, the same with `synchronous=NORMAL`,
which must lose promises: otherwise this test shows nothing.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from queue_server.clock import SystemClock
from queue_server.storage.engine import engines, sqlite_in_loop
from tests.chaos.arguments import arguments
from tests.chaos.recorded_disk import Disk, Recording, recording
from tests.clinics import open_services
from tests.running import Running, a_running_clinic
from tests.waiting import take_time

KIOSKS = 6
NORMAL = tuple(pragma.replace("FULL", "NORMAL") for pragma in sqlite_in_loop.PRAGMAS)


@dataclass(frozen=True)
class Given:
    """Somebody has this number on paper."""

    token_id: int
    number: str


@dataclass(frozen=True)
class Called:
    """A display has shown this number."""

    number: str


@dataclass
class Findings:
    """What was found after all cuts. `lost` and `broken`: in how many of the `cuts` promises were lost, or the database
    was not whole."""

    cuts: int = 0
    promises: int = 0
    lost: int = 0
    broken: int = 0

    def __str__(self) -> str:
        return (
            f"{self.cuts} cuts, {self.promises} promises made before them, {self.lost} lost some, {self.broken} broken"
        )


async def record(folder: Path, seconds: float, chance: random.Random) -> Recording:
    """What happened on the disk, and what was promised, while a clinic was busy for so long."""
    with recording() as made:
        async with a_running_clinic(f"sqlite:///{folder}/queue.db", folder) as running:
            made.promise("the clinic is open")
            evening = time.monotonic() + seconds
            async with asyncio.TaskGroup() as group:
                for kiosk in range(KIOSKS):
                    group.create_task(_kiosk(running, made, kiosk, chance, evening))
                group.create_task(_room(running, made, evening))
    return made


async def _kiosk(running: Running, made: Recording, kiosk: int, chance: random.Random, evening: float) -> None:
    for press in itertools.count():
        if time.monotonic() > evening:
            return
        key = {"Idempotency-Key": f"{kiosk}-{press}"}
        asked = {"department": chance.choice(("GEN", "LAB"))}
        token = (await running.client.post("/api/v1/tokens", json=asked, headers=key)).json()
        made.promise(Given(token["id"], token["number"]))


async def _room(running: Running, made: Recording, evening: float) -> None:
    while time.monotonic() < evening:
        await take_time(0.05)
        called = await running.call_next()
        if called:
            made.promise(Called(called["number"]))


async def cut(made: Recording, cuts: int, chance: random.Random) -> Findings:
    """What is left of the promises after cuts at that many moments since the clinic was open."""
    opened_at = next(at for at, step in enumerate(made.steps) if step.kind == "promise")
    moments = set(chance.sample(range(opened_at, len(made.steps)), min(cuts, len(made.steps) - opened_at)))
    disk, found = Disk({path: bytearray(data) for path, data in made.before.items()}), Findings()
    promises: list[Given | Called] = []
    for at, step in enumerate(made.steps):
        if at in moments:
            with tempfile.TemporaryDirectory() as folder:
                disk.cut(Path(folder), chance)
                found.cuts += 1
                await _look(Path(folder), promises, found)
        disk.take(step)
        if isinstance(step.promise, Given | Called):
            promises.append(step.promise)
    found.promises = len(promises)
    return found


async def _look(folder: Path, promises: list[Given | Called], found: Findings) -> None:
    database = folder / "queue.db"
    try:
        with closing(sqlite3.connect(database)) as opened:
            (state,) = opened.execute("PRAGMA integrity_check").fetchone()
            given = dict(opened.execute("SELECT id, number FROM token"))
            called = {number for (number,) in opened.execute("SELECT number FROM call")}
    except sqlite3.Error as error:
        state, given, called = str(error), {}, set()
    kept = [_is_kept(promise, given, called) for promise in promises]
    found.lost += not all(kept)
    found.broken += state != "ok" or len(set(given.values())) < len(given) or not await _chain_fits(database)


def _is_kept(promise: Given | Called, given: dict[int, str], called: set[str]) -> bool:
    if isinstance(promise, Called):
        return promise.number in called
    return given.get(promise.token_id) == promise.number


async def _chain_fits(database: Path) -> bool:
    async with open_services(f"sqlite:///{database}", SystemClock()) as services:
        bad, _ = await services.programs.journal.first_bad_line()
        return bad is None


@contextmanager
def flushing_seldom() -> Iterator[None]:
    """Inside, databases are opened with `synchronous=NORMAL`, which flushes only now and then."""
    with mock.patch.object(engines, "PRAGMAS", NORMAL), mock.patch.object(sqlite_in_loop, "PRAGMAS", NORMAL):
        yield


async def attack(seconds: float, cuts: int, chance: random.Random) -> tuple[Findings, Findings]:
    """What was found as the product flushes, and with `synchronous=NORMAL`."""
    with tempfile.TemporaryDirectory() as folder:
        made = await record(Path(folder), seconds, chance)
    full = await cut(made, cuts, chance)
    with tempfile.TemporaryDirectory() as folder, flushing_seldom():
        made = await record(Path(folder), seconds / 4, chance)
    return full, await cut(made, max(5, cuts // 4), chance)


def main() -> int:
    """Exit status 1: something was lost, or the attack has no teeth."""
    parser = arguments(__doc__, seconds=20)
    parser.add_argument("--cuts", type=int, default=200, help="at how many moments the power goes (%(default)s)")
    given = parser.parse_args()
    print(f"--seed {given.seed}")
    full, normal = asyncio.run(attack(given.seconds, given.cuts, random.Random(given.seed)))
    print(f"FULL:   {full}\nNORMAL: {normal}")
    return 0 if full.lost == full.broken == 0 < normal.lost else 1


if __name__ == "__main__":
    sys.exit(main())
