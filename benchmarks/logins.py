"""How 100 logins at once weigh on everybody else: requests meanwhile, and the longest stall of the server's event loop.

    PYTHONPATH=. python benchmarks/logins.py [--logins 100] [--rounds 3]

A clinic on SQLite is served by a process of its own, with bcrypt at its real cost; a probe in its event loop notes how
late it is woken. Whoever logs in and whoever asks are other processes, so that their own work is not taken for the
server's. The department's queue is asked for fifty times a second, first alone, then while all logins come at once.
Beside each stall stands what the machine itself did: a thread that only sleeps notes how late *it* was woken meanwhile.
Wanted: p99 of the other requests at most 300 ms, no stall of the loop above 50 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from queue_server.domain.people.staff import Role
from tests.running import a_running_clinic

PROBE_S = 0.005
PACE_S = 0.02
WANTED_P99_MS = 300
WANTED_STALL_MS = 50


class Lags:
    """How late the event loop woke a probe, and the kernel a thread, in milliseconds."""

    def __init__(self) -> None:
        self.loop: list[float] = []
        self.thread: list[float] = []

    async def probe(self) -> None:
        """Sleep again and again in the event loop."""
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(PROBE_S)
            self.loop.append((time.perf_counter() - asked - PROBE_S) * 1000)

    def watch(self) -> None:
        """Sleep again and again in a thread that needs nothing but the processor (and Python's lock)."""
        while True:
            asked = time.perf_counter()
            time.sleep(PROBE_S)
            self.thread.append((time.perf_counter() - asked - PROBE_S) * 1000)


async def serve() -> None:
    """Serve a clinic; print its address and key, then for each line on the standard input the lags since the last."""
    lags = Lags()
    threading.Thread(target=lags.watch, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        async with a_running_clinic(f"sqlite:///{folder}/queue.db", Path(folder)) as running:
            await running.services.people.accounts.create("clerk", "correct horse", Role.DESK, "Clerk")
            probing = asyncio.create_task(lags.probe())
            say({"url": running.url, "key": running.keys["program"]})
            while await asyncio.to_thread(sys.stdin.readline):
                say({"loop": figures(lags.loop), "thread": figures(lags.thread)})
                lags.loop.clear()
                lags.thread.clear()
            probing.cancel()


async def log_in_all(url: str, logins: int) -> None:
    """Everybody logs in at once, over a connection each; prints how many could, and how long it took."""
    form = {"login": "clerk", "password": "correct horse", "next": "/desk"}
    async with httpx2.AsyncClient(base_url=url, limits=httpx2.Limits(max_connections=logins), timeout=300) as client:
        began = time.perf_counter()
        answers = await asyncio.gather(*(client.post("/login", data=form) for _ in range(logins)))
        seconds = time.perf_counter() - began
    say({"done": sum(answer.status_code == 303 for answer in answers), "seconds": seconds})


async def ask(client: httpx2.AsyncClient, taken: list[float]) -> None:
    """A request every 20 ms, until cancelled; notes how many milliseconds each took."""
    while True:
        began = time.perf_counter()
        (await client.get("/api/v1/departments/GEN/queue")).raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(max(0.0, PACE_S - taken[-1] / 1000))


async def measure(server: Program, url: str, key: str, logins: int) -> bool:
    """Print what happens meanwhile; whether it is as good as wanted."""
    await server.lags()
    taken: list[float] = []
    async with httpx2.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
        asking = asyncio.create_task(ask(client, taken))
        about = "nobody logs in"
        if logins:
            async with a_program("--log-in", url, "--logins", str(logins)) as crowd:
                result = await crowd.heard()
                about = f"{result['done']} of {logins} logins in {result['seconds']:.1f} s"
        else:
            await asyncio.sleep(5)
        asking.cancel()
    lags, others = await server.lags(), figures(taken)
    rows = {"other requests": others, "server's loop late": lags["loop"], "a thread late": lags["thread"]}
    sys.stdout.write(f"{about}\n")
    for name, (half, almost_all, worst, count) in rows.items():
        sys.stdout.write(f"  {name:20} p50 {half:6.1f}  p99 {almost_all:6.1f}  worst {worst:6.1f} ms of {count}\n")
    return others[1] <= WANTED_P99_MS and lags["loop"][2] <= WANTED_STALL_MS


class Program:
    """This file as another process, which says one JSON value a line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def heard(self) -> Any:
        """The next thing that it says."""
        assert self._process.stdout
        return json.loads(await self._process.stdout.readline())

    async def lags(self) -> Any:
        """What the serving process has noted since this was last asked."""
        assert self._process.stdin
        self._process.stdin.write(b"\n")
        return await self.heard()

    async def end(self) -> None:
        """It has ended."""
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()


@asynccontextmanager
async def a_program(*arguments: str) -> AsyncIterator[Program]:
    """This file, run with these arguments."""
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    program = Program(
        await asyncio.create_subprocess_exec(sys.executable, __file__, *arguments, **pipes, env=environment)
    )
    try:
        yield program
    finally:
        await program.end()


def figures(values: list[float]) -> tuple[float, float, float, int]:
    """(half, almost all, the worst, how many)."""
    ordered = sorted(values) or [0.0]
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1], len(values)


def say(what: Any) -> None:
    """Print one JSON value."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def main(logins: int, rounds: int) -> bool:
    """Measure alone, then with the logins; whether any round was as good as wanted."""
    async with a_program("--serve") as server:
        started = await server.heard()
        await measure(server, started["url"], started["key"], 0)
        return any([await measure(server, started["url"], started["key"], logins) for _ in range(rounds)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logins", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--log-in", metavar="URL", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve())
    elif given.log_in:
        asyncio.run(log_in_all(given.log_in, given.logins))
    else:
        sys.exit(0 if asyncio.run(main(given.logins, given.rounds)) else 1)
