"""What a press costs the processor and the memory, in one process and without HTTP's parsing: only ours is measured.

    PYTHONPATH=. python benchmarks/press_cpu.py                       10 waiting beside 1,000, the two taking turns
    PYTHONPATH=. python benchmarks/press_cpu.py --growth 60000        memory every tenth, and which lines it was made at

Requests go straight into the application, each through middleware, routes and services to a commit on the disk.
The time is the event loop's own thread's: neither the flush of the disk nor what else the machine does is in it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import tempfile
import time
import tracemalloc
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from benchmarks.memory import resident_mb
from benchmarks.parts import ROOMS, seed, table
from queue_server import logs
from queue_server.app import build
from queue_server.serving import spare_the_collector
from queue_server.settings import Settings

#: So many people wait at most while memory is watched.
_A_MORNING = 200


class Pressed:
    """An application, and a program with a key that presses."""

    def __init__(self, app: Starlette, state: dict[str, Any], key: str) -> None:
        self._app = app
        self._state = state
        self._key = key

    async def ask(self, path: str, body: object) -> float:
        """POST it; milliseconds of the event loop's processor time."""
        sent = json.dumps(body).encode()
        headers = {
            "host": "localhost",
            "authorization": f"Bearer {self._key}",
            "content-type": "application/json",
            "content-length": str(len(sent)),
            "idempotency-key": uuid.uuid4().hex,
        }
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "state": dict(self._state),
        }
        answers: list[Any] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Any) -> None:
            answers.append(message)

        began = time.thread_time()
        await self._app(scope, receive, send)
        took_ms = 1000 * (time.thread_time() - began)
        assert answers[0]["status"] in {200, 201}, answers
        return took_ms

    async def issue(self) -> float:
        """Give out one number."""
        return await self.ask("/api/v1/tokens", {"department": "GEN"})

    async def call(self, place: int = 0) -> float:
        """Call the next; whoever was there was seen."""
        return await self.ask(f"/api/v1/rooms/{ROOMS[place % len(ROOMS)]}/call-next", {"was_seen": True})


@asynccontextmanager
async def a_clinic(waiting: int) -> AsyncIterator[Pressed]:
    """A clinic in which so many wait."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="queue-benchmark-")))
        url = f"sqlite:///{folder}/queue.db"
        key, _ = await seed(url)
        app = build(Settings(database_url=url, data=folder, backup_hours=0))
        state = await stack.enter_async_context(app.router.lifespan_context(app))
        pressed = Pressed(app, dict(state or {}), key)
        for _ in range(waiting):
            await pressed.issue()
        yield pressed


async def costs(lines: list[int], presses: int) -> list[list[object]]:
    """Rows of the table: issue and call next with so many waiting; fifth percentile, quarter, median, in ms."""
    took: dict[tuple[str, int], list[float]] = {}
    async with AsyncExitStack() as stack:
        clinics = [(count, await stack.enter_async_context(a_clinic(count))) for count in lines]
        for _ in range(presses):
            for count, clinic in clinics:
                took.setdefault(("issue", count), []).append(await clinic.issue())
                took.setdefault(("call next", count), []).append(await clinic.call())
    rows: list[list[object]] = []
    for (what, count), each in sorted(took.items()):
        cuts = statistics.quantiles(each, n=20)
        rows.append([f"{what}, {count} waiting", *(f"{cut:.2f}" for cut in (cuts[0], cuts[4], cuts[9]))])
    return rows


async def growth(presses: int, *, is_traced: bool) -> list[list[object]]:
    """Rows of the table: resident memory after each tenth; then, if traced, the lines whose memory has grown most."""
    rows: list[list[object]] = []
    async with a_clinic(0) as clinic:
        step, before = max(presses // 10, 2 * _A_MORNING), None
        for number in range(11):
            for _ in range(step // (2 * _A_MORNING) if number else 0):
                for _ in range(_A_MORNING):
                    await clinic.issue()
                for place in range(_A_MORNING):
                    await clinic.call(place)
            gc.collect()
            rows.append([f"MB after {number * step} presses", f"{resident_mb('self'):.1f}"])
            print(*rows[-1], flush=True)
            if is_traced and number == 2:
                tracemalloc.start()
                before = tracemalloc.take_snapshot()
        if before is not None:
            grown = tracemalloc.take_snapshot().compare_to(before, "lineno")
            for one in grown[:25]:
                print(f"{one.size_diff / 1e6:.2f} MB in {one.count_diff} pieces", *one.traceback.format(), sep="\n")
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--waiting", nargs="+", type=int, default=[10, 1000])
    parser.add_argument("--presses", type=int, default=300, help="of each kind")
    parser.add_argument(
        "--growth", type=int, default=0, metavar="PRESSES", help="watch the memory over so many instead"
    )
    parser.add_argument("--traced", action="store_true", help="with --growth: say where the memory was asked for")
    chosen = parser.parse_args()
    logs.configure("json")
    spare_the_collector()
    if chosen.growth:
        asyncio.run(growth(chosen.growth, is_traced=chosen.traced))
    else:
        table(["ms of processor time", "5 %", "25 %", "median"], asyncio.run(costs(chosen.waiting, chosen.presses)))


if __name__ == "__main__":
    main()
