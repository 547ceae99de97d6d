"""How 100 logins at once weigh on everybody else: requests meanwhile, and the longest stall of the event loop.

    PYTHONPATH=. python benchmarks/logins.py [--logins 100]

A clinic on SQLite is served with bcrypt at its real cost. The department's queue is asked for fifty times a second,
first alone, then while all logins come at once; a probe in the event loop notes how late it is woken. All peers live in
the server's own loop, so the figures are an upper bound. Wanted: p99 of the other requests at most 300 ms, no stall
above 50 ms.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from queue_server.storage.tables.staff import Role
from tests.running import Running, a_running_clinic

PROBE_S = 0.005
PACE_S = 0.02


@asynccontextmanager
async def probed() -> AsyncIterator[list[float]]:
    """How late the event loop woke the probe each time, in milliseconds."""
    lags: list[float] = []

    async def probe() -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(PROBE_S)
            lags.append((time.perf_counter() - asked - PROBE_S) * 1000)

    task = asyncio.create_task(probe())
    try:
        yield lags
    finally:
        task.cancel()


async def ask(running: Running, taken: list[float]) -> None:
    """A request every 20 ms, until cancelled; notes how many milliseconds each took."""
    while True:
        began = time.perf_counter()
        (await running.client.get("/api/v1/departments/GEN/queue")).raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(max(0.0, PACE_S - taken[-1] / 1000))


async def log_in_all(url: str, logins: int) -> str:
    """Everybody logs in at once, over a connection each."""
    form = {"login": "clerk", "password": "correct horse", "next": "/desk"}
    async with httpx2.AsyncClient(base_url=url, limits=httpx2.Limits(max_connections=logins), timeout=300) as client:
        began = time.perf_counter()
        answers = await asyncio.gather(*(client.post("/login", data=form) for _ in range(logins)))
        seconds = time.perf_counter() - began
    return f"{sum(answer.status_code == 303 for answer in answers)} of {logins} logins in {seconds:.1f} s"


async def measure(running: Running, logins: int) -> tuple[list[float], list[float], str]:
    """(milliseconds of each other request, stalls of the loop in milliseconds, what the logins did)."""
    taken: list[float] = []
    async with probed() as lags:
        asking = asyncio.create_task(ask(running, taken))
        about = await log_in_all(running.url, logins) if logins else "no logins"
        await asyncio.sleep(0 if logins else 5)
        asking.cancel()
    return taken, lags, about


def figures(values: list[float]) -> str:
    """Half, almost all, the worst."""
    ordered = sorted(values)
    half, almost_all = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"p50 {half:.1f}, p99 {almost_all:.1f}, worst {ordered[-1]:.1f} ms of {len(ordered)}"


async def main(logins: int) -> None:
    """Measure alone, then with the logins, and print both."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_running_clinic(f"sqlite:///{folder}/queue.db", Path(folder)) as running:
            await running.services.accounts.create("clerk", "correct horse", Role.DESK, "Clerk")
            for count in (0, logins):
                taken, lags, about = await measure(running, count)
                sys.stdout.write(f"{about}\n  other requests: {figures(taken)}\n  loop late: {figures(lags)}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logins", type=int, default=100)
    asyncio.run(main(parser.parse_args().logins))
