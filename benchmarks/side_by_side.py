"""What a press costs over HTTP, beside bare `sqlite3`, `aiosqlite` and another commit of ours, in one run.

    PYTHONPATH=. python benchmarks/side_by_side.py                                     the short form, some minutes
    PYTHONPATH=. python benchmarks/side_by_side.py --against 10b5f9c --rounds 5 --json figures.json
    PYTHONPATH=. python benchmarks/side_by_side.py --only growth history postgres --against 10b5f9c
    PYTHONPATH=. python benchmarks/side_by_side.py --only memory --memory-presses 100000

Everybody takes turns, round by round, because other programs may be at work on the machine: compare within a row of
one run. The bare databases do one insert and one update a transaction, each commit on the disk, one after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import aiosqlite

from benchmarks.builds import HERE, Build, Served, build_of, served
from benchmarks.parts import ROOMS, Line, database, table

PARTS = ("presses", "growth", "history", "postgres", "memory")


@dataclass(frozen=True)
class Figure:
    """One measurement: medians over the rounds. `cpu_ms` is the server's processor time a press, where it is one."""

    part: str
    what: str
    who: str
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float | None = None


Press = Callable[[Line, int], Awaitable[float]]


async def issue(line: Line, _place: int) -> float:
    """Issue one token; seconds."""
    key = {"idempotency-key": uuid.uuid4().hex}
    status, answer, took_s = await line.ask("POST", "/api/v1/tokens", {"department": "GEN"}, **key)
    assert status == 201, (status, answer)
    return took_s


async def call(line: Line, place: int) -> float:
    """Call the next patient to a room; seconds. Whoever was there is attended or missed, as each build has it."""
    key = {"idempotency-key": uuid.uuid4().hex}
    path = f"/api/v1/rooms/{ROOMS[place % len(ROOMS)]}/call-next"
    status, answer, took_s = await line.ask("POST", path, {}, **key)
    assert status == 200, (status, answer)
    return took_s


async def attend(line: Line, place: int) -> float:
    """As `call`, and whoever was there was seen; the server keeps in mind who was missed, who may come back."""
    path = f"/api/v1/rooms/{ROOMS[place % len(ROOMS)]}/call-next"
    status, answer, took_s = await line.ask("POST", path, {"was_seen": True})
    assert status == 200, (status, answer)
    return took_s


#: So many wait together while memory is watched.
_A_MORNING = 200

PRESSES: dict[str, Press] = {"issue": issue, "call-next": call}


@dataclass(frozen=True)
class Round:
    """What one round has shown."""

    rate: float
    took_s: list[float]
    cpu_ms: float | None = None


async def pressed(server: Served, press: Press, clients: int, presses: int) -> Round:
    """So many presses by so many clients, each pressing again as soon as it has its answer."""

    async def work(place: int, line: Line) -> list[float]:
        return [await press(line, place) for _ in range(max(presses // clients, 1))]

    async with server.lines(clients) as lines:
        cpu_s, began = server.processor_s, time.perf_counter()
        took_s = list(chain.from_iterable(await asyncio.gather(*(work(*one) for one in enumerate(lines)))))
        whole_s = time.perf_counter() - began
    return Round(len(took_s) / whole_s, took_s, 1000 * (server.processor_s - cpu_s) / len(took_s))


def bare(folder: Path, presses: int) -> Round:
    """`sqlite3` alone."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as connection:
        for statement in _TABLES:
            connection.execute(statement)
        took_s = []
        for number in range(presses):
            began = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_INSERT, (f"G-{number}", "x" * 200))
            connection.execute(_UPDATE)
            connection.execute("COMMIT")
            took_s.append(time.perf_counter() - began)
    return Round(presses / sum(took_s), took_s)


async def asynchronous(folder: Path, presses: int) -> Round:
    """`aiosqlite` alone."""
    took_s = []
    async with aiosqlite.connect(folder / "aio.db", isolation_level=None) as connection:
        for statement in _TABLES:
            await connection.execute(statement)
        for number in range(presses):
            began = time.perf_counter()
            await connection.execute("BEGIN IMMEDIATE")
            await connection.execute(_INSERT, (f"G-{number}", "x" * 200))
            await connection.execute(_UPDATE)
            await connection.execute("COMMIT")
            took_s.append(time.perf_counter() - began)
    return Round(presses / sum(took_s), took_s)


_TABLES = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY, value INTEGER)",
    "CREATE TABLE IF NOT EXISTS token (id INTEGER PRIMARY KEY, number TEXT, data TEXT)",
    "INSERT OR IGNORE INTO counter VALUES (1, 0)",
)
_INSERT = "INSERT INTO token (number, data) VALUES (?, ?)"
_UPDATE = "UPDATE counter SET value = value + 1 WHERE id = 1"


def figure(part: str, what: str, who: str, rounds: Sequence[Round]) -> Figure:
    """The medians of the rounds; the 99th percentile is of all presses together."""
    every = sorted(chain.from_iterable(one.took_s for one in rounds))
    cpu = [one.cpu_ms for one in rounds if one.cpu_ms is not None]
    return Figure(
        part,
        what,
        who,
        round(statistics.median(one.rate for one in rounds), 1),
        round(1000 * statistics.median(every), 2),
        round(1000 * every[min(len(every) - 1, int(len(every) * 0.99))], 2),
        round(statistics.median(cpu), 2) if cpu else None,
    )


@asynccontextmanager
async def servers(
    builds: Sequence[Build], kind: str, *, workers: int = 1, keys: int = 2, days: int = 0
) -> AsyncIterator[list[Served]]:
    """Each build with a clinic of its own, all at once; with `days` of history."""
    async with AsyncExitStack() as stack:
        made = []
        for build in builds:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="queue-benchmark-")))
            url = stack.enter_context(database(kind, folder))
            found = build.seed(url, keys)
            if days:
                build.run(*build.program("seed-history", "--database-url", url, "--days", days))
            made.append(await stack.enter_async_context(served(build, url, folder, found, workers)))
        yield made


async def presses(builds: Sequence[Build], chosen: argparse.Namespace) -> list[Figure]:
    """Issue and call next by 1, 10 and 50 clients, beside the bare databases."""
    found: dict[tuple[str, str], list[Round]] = {}
    async with servers(builds, "sqlite") as running:
        with tempfile.TemporaryDirectory(prefix="queue-benchmark-") as name:
            folder = Path(name)
            for server in running:
                await pressed(server, issue, 4, 20)
            for clients in chosen.clients:
                for _ in range(chosen.rounds):
                    for what, press in PRESSES.items():
                        for server in running:
                            one = await pressed(server, press, clients, chosen.presses)
                            found.setdefault((f"{what}, {clients} clients", server.build.name), []).append(one)
                    one = await asyncio.to_thread(bare, folder, chosen.presses)
                    found.setdefault((f"bare, beside {clients} clients", "sqlite3"), []).append(one)
                    one = await asynchronous(folder, chosen.presses)
                    found.setdefault((f"bare, beside {clients} clients", "aiosqlite"), []).append(one)
    return [figure("presses", what, who, rounds) for (what, who), rounds in found.items()]


async def growth(builds: Sequence[Build], chosen: argparse.Namespace) -> list[Figure]:
    """One client calls and issues in turn, with more and more people waiting."""
    made: list[Figure] = []
    async with servers(builds, "sqlite") as running:
        for server in running:
            waiting = 0
            for line in chosen.waiting:
                await pressed(server, issue, 10, line - waiting)
                waiting = line
                made += await _in_turn(server, "growth", f"{line} waiting", chosen)
    return made


async def history(builds: Sequence[Build], chosen: argparse.Namespace) -> list[Figure]:
    """The same in a clinic without a past, and in one with a long past."""
    made: list[Figure] = []
    for days in (0, chosen.days):
        async with servers(builds, "sqlite", days=days) as running:
            for server in running:
                await pressed(server, issue, 10, 10)
                made += await _in_turn(server, "history", f"{days} days of history", chosen)
    return made


async def _in_turn(server: Served, part: str, where: str, chosen: argparse.Namespace) -> list[Figure]:
    found: dict[str, list[tuple[float, float]]] = {what: [] for what in PRESSES}
    async with server.lines(1) as (line,):
        for number in range(chosen.presses // 2):
            for what, press in PRESSES.items():
                cpu_s = server.processor_s
                found[what].append((await press(line, number), server.processor_s - cpu_s))
    rounds = {}
    for what, pressed_once in found.items():
        took_s, cpu = map(list, zip(*pressed_once, strict=True))
        rounds[what] = Round(len(took_s) / sum(took_s), took_s, 1000 * statistics.median(cpu))
    return [figure(part, f"{what}, {where}", server.build.name, [one]) for what, one in rounds.items()]


async def postgres(builds: Sequence[Build], chosen: argparse.Namespace) -> list[Figure]:
    """Issue and call next by ten clients, with 1, 2 and 4 server processes on PostgreSQL."""
    found: dict[tuple[str, str], list[Round]] = {}
    for workers in chosen.workers:
        async with servers(builds, "postgresql", workers=workers) as running:
            for server in running:
                await pressed(server, issue, 8, 20)
            for _ in range(chosen.rounds):
                for what, press in PRESSES.items():
                    for server in running:
                        one = await pressed(server, press, 10, chosen.presses)
                        name = f"{what}, 10 clients, {workers} processes"
                        found.setdefault((name, server.build.name), []).append(Round(one.rate, one.took_s))
    return [figure("postgres", what, who, rounds) for (what, who), rounds in found.items()]


async def memory(builds: Sequence[Build], chosen: argparse.Namespace) -> list[Figure]:
    """Tokens are given out, called and attended; the server's memory after each tenth. `rate` is in MB here."""
    made = []
    async with servers(builds[:1], "sqlite", keys=10) as (server,):
        step = max(chosen.memory_presses // 10, 2 * _A_MORNING)
        for number in range(11):
            for _ in range(step // (2 * _A_MORNING) if number else 0):
                await pressed(server, issue, 10, _A_MORNING)
                await pressed(server, attend, 10, _A_MORNING)
            made.append(
                Figure("memory", f"MB after {number * step} presses", server.build.name, server.memory_mb, 0, 0)
            )
            print(made[-1].what, f"{made[-1].rate:.1f}", file=sys.stderr, flush=True)
    return made


MEASURED = {"presses": presses, "growth": growth, "history": history, "postgres": postgres, "memory": memory}


def show(figures: Sequence[Figure]) -> None:
    """Print the table."""
    rows = [
        [f"{one.part}: {one.what}", one.who, f"{one.rate:.1f}", one.p50_ms, one.p99_ms, one.cpu_ms or "–"]
        for one in figures
    ]
    table(["", "who", "a second", "p50 ms", "p99 ms", "server CPU ms each"], rows)


def parsed() -> argparse.Namespace:
    """The flags."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=["presses"])
    parser.add_argument("--against", metavar="COMMIT", help="a commit that is measured in the same run")
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 10, 50])
    parser.add_argument("--presses", type=int, default=100, help="in one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--waiting", nargs="+", type=int, default=[10, 100, 1000])
    parser.add_argument("--days", type=int, default=365, help="of history")
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2, 4])
    parser.add_argument("--memory-presses", type=int, default=10_000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    return parser.parse_args()


async def main() -> None:
    """Measure and print, part by part."""
    chosen, figures = parsed(), []
    with tempfile.TemporaryDirectory(prefix="queue-builds-") as folder, ExitStack() as stack:
        builds = [Build("here", HERE)]
        if chosen.against:
            builds.append(stack.enter_context(build_of(chosen.against, Path(folder))))
        for part in chosen.only:
            found = await MEASURED[part](builds, chosen)
            show(found)
            figures += found
    if chosen.json:
        machine = {"machine": platform.platform(), "python": platform.python_version()}
        chosen.json.write_text(json.dumps(machine | {"figures": [asdict(one) for one in figures]}, indent=1))


if __name__ == "__main__":
    asyncio.run(main())
