"""The machine on which the updates happen: a served clinic, somebody who takes numbers, and what must hold."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.machines import Machine
from tests.waiting import until_true

ASKER = Path(__file__).with_name("asker.py")
PORT = 8000
PROMISES = "var/tmp/promises"


@dataclass
class Clinic:
    """`key` opens the program interface; the files of the two releases lie on the machine's disk."""

    machine: Machine
    key: str = ""
    asking: subprocess.Popen[str] | None = field(default=None, init=False)

    def install(self, stick: Path) -> float:
        """The release runs, installed from nothing; returns after how many seconds."""
        began = time.monotonic()
        self.must("sh", f"/srv/{stick.name}", "--yes", "--no-https", "--address", "127.0.0.1")
        return time.monotonic() - began

    def set_up(self) -> None:
        """There is a department, and somebody may take numbers for it."""
        queue = "/usr/local/bin/smart-queue"
        self.must(queue, "departments", "add", "GEN", "--name", "en=General", "--prefix", "G", "--room", "1")
        told = self.must(queue, "programs", "add", "asker", "--scope", "*", "--json")
        self.key = str(json.loads(told)["key"])
        shutil.copy(ASKER, self.machine.disk / "srv")

    def ask(self) -> None:
        """From now on somebody takes number after number."""
        (self.machine.disk / PROMISES).unlink(missing_ok=True)
        self.go_on_asking()

    def go_on_asking(self) -> None:
        """As `ask`, after those that were given out before."""
        self.asking = self.machine.begin("python3", "/srv/asker.py", str(PORT), self.key, f"/{PROMISES}")
        self.await_promises(3)

    def stop_asking(self) -> None:
        if self.asking is not None:
            self.machine.kill("asker.py")
            self.asking.kill()
            self.asking.wait()
        self.asking = None

    def promises(self) -> list[tuple[float, str]]:
        """When each number was given out, by the asker's clock, and which."""
        file = self.machine.disk / PROMISES
        lines = file.read_text().splitlines() if file.exists() else []
        return [(float(at), number) for at, _, number in (line.partition(" ") for line in lines)]

    def await_promises(self, count: int, within_s: float = 90) -> None:
        """So many more numbers than now have been given out. Raises `TimeoutError`."""
        wanted = len(self.promises()) + count
        until_true(lambda: len(self.promises()) >= wanted, within_s)

    def silence(self) -> float:
        """The longest time between two numbers, in seconds."""
        moments = [at for at, _ in self.promises()]
        return max((later - earlier for earlier, later in pairwise(moments)), default=0.0)

    def version(self) -> str:
        """Which version the link leads to."""
        return Path(self.must("readlink", "/opt/smart-queue").strip()).name

    def wrong(self) -> list[str]:
        """What does not hold, a line each. The asker has stopped."""
        self.machine.run("systemctl", "stop", "smart-queue")
        found = []
        if self.machine.run("test", "-e", "/opt/smart-queue-versions/update.json").returncode == 0:
            found.append("an update is left undecided")
        if self.machine.run("test", "-e", "/var/lib/smart-queue/before-update.copy").returncode == 0:
            found.append("a copy of the database is left")
        with closing(sqlite3.connect(self.machine.disk / "var/lib/smart-queue/queue.db")) as file:
            (state,) = file.execute("PRAGMA integrity_check").fetchone()
            kept = {number for (number,) in file.execute("SELECT number FROM token")}
        lost = [number for _, number in self.promises() if number not in kept]
        numbers = [number for _, number in self.promises()]
        found += [f"the database: {state}"] * (state != "ok") + [f"lost: {lost}"] * bool(lost)
        return found + ["a number was given twice"] * (len(set(numbers)) < len(numbers))

    def must(self, *command: str) -> str:
        """What the command says. Raises `AssertionError` with its words when it fails."""
        done = self.machine.run(*command)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-1000:]} {done.stderr[-2000:]}"
        return done.stdout
