"""Backups while a clinic is busy: each must open, hold what was promised before it began, and nothing half-done.

    scripts/chaos backups [--seconds 120] [--seed N] [--backups 50] [--damaged 200]

A served clinic gives out numbers all the time. One backup after the other is made by the server's own service, and each
is tried as `smart-queue drill` tries it. Then single bits of the last one are flipped: each must be refused.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import logging
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from queue_server.cli import main as main_of_program
from queue_server.storage.engine.backup import CannotBackUp
from queue_server.storage.engine.backup_folder import Backup, backups_in
from queue_server.storage.engine.backup_manifest import beside, check_manifest
from tests.chaos.arguments import arguments
from tests.running import Running, a_running_clinic
from tests.waiting import take_time

KIOSKS = 6


@dataclass
class Findings:
    """How many backups were made and drilled, what was wrong with them, and how long presses took, in seconds, while
    none was made and while one was."""

    backups: int = 0
    drilled: int = 0
    promises: int = 0
    damaged: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    alone_s: list[float] = field(default_factory=list)
    beside_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.backups} backups beside {self.promises} numbers, {self.drilled} drilled right\n"
            f"presses: median {_ms(self.alone_s)} ms, p99 {_ms(self.alone_s, 99)} ms; while a backup is made: "
            f"median {_ms(self.beside_s)} ms, p99 {_ms(self.beside_s, 99)} ms\n"
            f"{self.damaged} damaged files, {self.refused} refused"
        )


def _ms(times: list[float], percent: int = 50) -> str:
    """A percentile in milliseconds."""
    return f"{1000 * statistics.quantiles(times, n=100)[percent - 1]:.1f}" if len(times) > 1 else "–"


class Busy:
    """A clinic in which kiosks press all the time. `given`: the numbers of every answer."""

    def __init__(self, running: Running, found: Findings) -> None:
        self.running, self.found = running, found
        self.given: dict[int, str] = {}
        self.is_backing_up = self.is_drilling = self.is_evening = False

    async def kiosk(self, number: int) -> None:
        """One press after the other."""
        for press in itertools.count():
            if self.is_evening:
                return
            began, was_backing_up, was_drilling = time.perf_counter(), self.is_backing_up, self.is_drilling
            key = {"Idempotency-Key": f"{number}-{press}"}
            asked = {"department": "GEN"}
            token = (await self.running.client.post("/api/v1/tokens", json=asked, headers=key)).json()
            self.given[token["id"]] = token["number"]
            if was_backing_up or self.is_backing_up:
                self.found.beside_s.append(time.perf_counter() - began)
            elif not was_drilling and not self.is_drilling:
                self.found.alone_s.append(time.perf_counter() - began)
            await take_time(0.02)

    async def back_up(self) -> Path:
        """One more backup, an hour later."""
        promised = dict(self.given)
        self.running.clock.forward(hours=1)
        await take_time(0.5)
        self.is_backing_up = True
        newest = await self.newest(self.running.clock.now().replace(microsecond=0))
        self.is_backing_up = False
        self.found.backups += 1
        self.compare(newest.file, promised)
        return newest.file

    async def newest(self, moment: datetime) -> Backup:
        """The backup of this moment, made now; or by the server's own job, which may just be at it."""
        while True:
            await self.running.services.clinic.backups.keep()
            found = await self.running.services.clinic.backups.newest_good()
            if found is not None and found.made_at >= moment:
                return found
            await take_time(0.05)

    def compare(self, file: Path, promised: dict[int, str]) -> None:
        """The backup holds at least what was promised before it began."""
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as opened:
            there = dict(opened.execute("SELECT id, number FROM token"))
        if promised.items() - there.items():
            self.found.wrong.append(f"{file.name}: promises are missing")


async def attack(seconds: float, backups: int, damaged: int, chance: random.Random) -> Findings:
    """What was found in so many backups, or as many as could be made in time."""
    found, deadline = Findings(), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        async with a_running_clinic(f"sqlite:///{folder}/queue.db", Path(folder)) as running:
            busy = Busy(running, found)
            async with asyncio.TaskGroup() as group:
                for number in range(KIOSKS):
                    group.create_task(busy.kiosk(number))
                await _back_up_and_drill(busy, backups, deadline)
                busy.is_evening = True
            found.promises = len(busy.given)
        last = backups_in(Path(folder) / "backups")[-1].file
        damage(last, damaged, chance, found)
    return found


async def _back_up_and_drill(busy: Busy, backups: int, deadline: float) -> None:
    for _ in range(backups):
        if time.monotonic() > deadline:
            return
        file = await busy.back_up()
        busy.is_drilling = True
        if await asyncio.to_thread(drill, file):
            busy.found.drilled += 1
        busy.is_drilling = False


def drill(file: Path) -> bool:
    """Whether the command finds everything right."""
    with redirect_stdout(io.StringIO()) as said:
        return main_of_program(["drill", str(file)]) == 0 and "journal lines fit the chain" in said.getvalue()


def damage(file: Path, times: int, chance: random.Random, found: Findings) -> None:
    """One bit of one part is another one, so many times."""
    for _ in range(times):
        part = beside(file, chance.choice(("", "", ".manifest")))
        content = part.read_bytes()
        flipped = bytearray(content)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        part.write_bytes(flipped)
        found.damaged += 1
        try:
            check_manifest(file)
        except CannotBackUp:
            found.refused += 1
        part.write_bytes(content)


def main() -> int:
    """Exit status 1: something was wrong."""
    parser = arguments(__doc__, seconds=600)
    parser.add_argument("--backups", type=int, default=50, help="how many are made (%(default)s)")
    parser.add_argument("--damaged", type=int, default=200, help="how many bits are flipped (%(default)s)")
    given = parser.parse_args()
    print(f"--seed {given.seed}")
    logging.disable(logging.INFO)  # the drill switches the log on
    found = asyncio.run(attack(given.seconds, given.backups, given.damaged, random.Random(given.seed)))
    print(found, *found.wrong[:20], sep="\n")
    return 0 if found.drilled == found.backups and found.refused == found.damaged and not found.wrong else 1


if __name__ == "__main__":
    sys.exit(main())
