"""The disk is full, or answers writes and flushes with an I/O error, again and again while people press.

    scripts/chaos disk [--seconds 30] [--seed N]

A served clinic's SQLite is refused what it writes (see `recorded_disk`). Wanted: 503, its code and `Retry-After`, no
number that is promised and then lost or given twice, and presses that succeed as soon as the disk is well.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.chaos.arguments import arguments
from tests.chaos.recorded_disk import Recording, recording
from tests.running import Running, a_running_clinic
from tests.waiting import until

#: Way to fail → the kind of step that fails, SQLite's code for it, and what the product's answer is called.
FAULTS = {
    "full": ("write", sqlite3.SQLITE_FULL, "database_full"),
    "I/O error at a write": ("write", sqlite3.SQLITE_IOERR_WRITE, "database_damaged"),
    "I/O error at a flush": ("sync", sqlite3.SQLITE_IOERR_FSYNC, "database_damaged"),
}
KIOSKS = 4


@dataclass
class Findings:
    """How often the disk failed, what was answered, and what was wrong, a line each."""

    faults: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.faults} faults, {dict(self.answers)}, {len(self.wrong)} wrong"


@dataclass
class Pressing:
    """Kiosks that press, and the numbers that they were given."""

    running: Running
    found: Findings
    given: dict[int, str] = field(default_factory=dict)

    async def press(self, wanted: str = "") -> bool:
        """Whether a number was given; while the disk fails, `wanted` names the answer."""
        answer = await self.running.client.post("/api/v1/tokens", json={"department": "GEN"})
        told = answer.json()
        if answer.status_code == 201:
            self.found.answers["given"] += 1
            self.given[told["id"]] = told["number"]
            return True
        self.found.answers[told["error"]["code"]] += 1
        if (answer.status_code, told["error"]["code"]) != (503, wanted) or "Retry-After" not in answer.headers:
            self.found.wrong.append(f"{wanted or 'well again'}: {answer.status_code} {answer.text[:200]}")
        return False

    async def endure(self, made: Recording, way: str) -> None:
        """The disk fails in this way while everybody presses, and is well again."""
        kind, code, wanted = FAULTS[way]
        made.failing[kind] = code
        if any(await asyncio.gather(*(self.press(wanted) for _ in range(KIOSKS)))):
            self.found.wrong.append(f"{way}: a number was given all the same")
        made.failing.clear()
        self.found.faults += 1
        await until(partial(self.press, wanted), within_s=10)

    def look(self, database: Path) -> None:
        """Everything that was promised is there once."""
        with closing(sqlite3.connect(database)) as opened:
            there = dict(opened.execute("SELECT id, number FROM token"))
            (state,) = opened.execute("PRAGMA integrity_check").fetchone()
        if state != "ok" or self.given.items() - there.items() or len(set(there.values())) < len(there):
            self.found.wrong.append(f"{state}; lost: {self.given.items() - there.items()}")


async def attack(seconds: float, chance: random.Random) -> Findings:
    """What was found while the disk failed for so long, at least once in each way."""
    found, deadline = Findings(), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder, recording() as made:
        database = Path(folder) / "queue.db"
        async with a_running_clinic(f"sqlite:///{database}", Path(folder)) as running:
            pressing = Pressing(running, found)
            while found.faults == 0 or time.monotonic() < deadline:
                for way in chance.sample(list(FAULTS), len(FAULTS)):
                    await pressing.press()
                    await pressing.endure(made, way)
        pressing.look(database)
    return found


def main() -> int:
    """Exit status 1: something was wrong."""
    given = arguments(__doc__, seconds=30).parse_args()
    print(f"--seed {given.seed}")
    found = asyncio.run(attack(given.seconds, random.Random(given.seed)))
    print(found, *found.wrong[:20], sep="\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
