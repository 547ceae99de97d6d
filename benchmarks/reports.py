"""How long the pages of figures take on the server, with years of a clinic behind them.

    PYTHONPATH=. python benchmarks/reports.py                             a year of 400 patients a day, made for it
    PYTHONPATH=. python benchmarks/reports.py --days 3650 --patients 650  two million tokens; making them takes a while
    PYTHONPATH=. python benchmarks/reports.py --database queue.db         one that is there (`smart-queue seed-history`)

The least of some repetitions is shown: what the page costs when nothing else runs. The last line is what the same range
costs when it is counted from the raw rows.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

from queue_server import demo
from queue_server.clock import SteadyClock, SystemClock
from queue_server.domain.analytics.tallies import added_up, tallies
from queue_server.locale import texts
from queue_server.services import Services, compose
from queue_server.simulation import seeded_history
from queue_server.storage.engine.migrating import migrate
from queue_server.storage.engine.store import Store


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", type=Path, metavar="FILE", help="an SQLite database with a past")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--patients", type=int, default=400)
    parser.add_argument("--times", type=int, default=7, help="repetitions of each page (7)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (given.database or Path(folder) / "queue.db").resolve()
        asyncio.run(run(given, f"sqlite:///{path}"))


async def run(given: argparse.Namespace, url: str) -> None:
    """Make the past if there is none, and time the reports."""
    await migrate(url)
    store = Store(url, SteadyClock(SystemClock()))
    await store.open()
    try:
        services = compose(store, lambda *_: [], "http://localhost")
        if given.database is None:
            began = time.perf_counter()
            await demo.seed(services)
            made = await seeded_history.seed(services, given.days, given.patients)
            await services.analytics.tallies.keep()
            say(f"{made} tokens made and counted in {time.perf_counter() - began:.0f} s")
        await reports(services, given.days, given.times)
    finally:
        await store.close()


async def reports(services: Services, days: int, times: int) -> None:
    """Time every report."""
    today = await services.clinic.queues.day()
    words = texts("en")
    for name, length in (("today", 1), ("30 days", 30), ("a year", 365), ("all", days)):
        first = today - timedelta(days=length - 1)

        async def analytics(first: date = first) -> object:
            return await services.analytics.reports.report(first, today, None, words)

        async def accuracy(first: date = first) -> object:
            return await services.analytics.reports.accuracy(first, today, words)

        took = await best(analytics, times), await best(accuracy, times)
        say(f"{name:<8} analytics {took[0]:7.1f} ms   accuracy {took[1]:7.1f} ms")
    month = today - timedelta(days=30)

    async def raw() -> object:
        zone = (await services.clinic.queues.clinic()).zone
        each = [month + timedelta(days=count) for count in range(31)]
        return added_up([tallies(await services.analytics.tallies.stays(day), day, zone) for day in each])

    say(f"31 days counted from the raw rows {await best(raw, 2):7.1f} ms")


async def best(work: Callable[[], Awaitable[object]], times: int) -> float:
    """The least time of some, in milliseconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        found.append(time.perf_counter() - began)
    return 1000 * min(found)


def say(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
