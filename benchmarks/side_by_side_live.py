"""Boards and phones beside a raw loop in C, `websockets.broadcast` and Starlette's `send_text`, in one run.

    PYTHONPATH=. python benchmarks/side_by_side_live.py                           1,000 phones, then 1,000 boards
    PYTHONPATH=. python benchmarks/side_by_side_live.py --sockets 10000 --rounds 9 --only phones
    PYTHONPATH=. python benchmarks/side_by_side_live.py --only restart --sockets 5000

Every server is a process of its own with as many sockets, and they take turns, round by round. A round of the product
is one press, "call next", in a department where everybody has a phone of their own; the time runs from the moment at
which the press is sent until the last phone has its frame. The others send frames of the same size to as many sockets.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.live_clinic import FullClinic, a_full_clinic
from benchmarks.parts import Line, lines, table

HERE = Path(__file__).resolve().parent


class Talk:
    """A process that answers each line of input with a line."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    @asynccontextmanager
    async def with_program(cls, *command: object) -> AsyncIterator[Talk]:
        process = await asyncio.create_subprocess_exec(*map(str, command), stdin=PIPE, stdout=PIPE, limit=2**22)
        try:
            yield cls(process)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def ask(self, question: object) -> str:
        """The answer to one line."""
        assert self._process.stdin
        self._process.stdin.write(f"{question}\n".encode())
        return await self.heard()

    async def heard(self) -> str:
        """The next line that it says. Raises `RuntimeError` when it has ended."""
        assert self._process.stdout
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process of the benchmark has ended")
        return line.decode()


class Peers:
    """As many sockets to one server."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    @classmethod
    @asynccontextmanager
    async def of(cls, port: int, paths: Sequence[str], headers: Sequence[str] = ()) -> AsyncIterator[Peers]:
        async with Talk.with_program(sys.executable, HERE / "live_peers.py") as talk:
            await talk.ask(json.dumps({"port": port, "paths": paths, "headers": headers}))
            yield cls(talk)

    async def reached(self, sockets: int, within_s: float = 60) -> dict[str, int]:
        """What came until so many had a view: `last_at`, `first_at`, `reached`, `views`, `bytes`."""
        found: dict[str, int] = json.loads(await self._talk.ask(json.dumps({"sockets": sockets, "within_s": within_s})))
        return found


@dataclass
class Figures:
    """What one way has needed, a figure a round: seconds until the last one, seconds of processor time."""

    last_s: list[float] = field(default_factory=list)
    processor_s: list[float] = field(default_factory=list)
    first_s: list[float] = field(default_factory=list)
    answered_s: list[float] = field(default_factory=list)
    frames: int = 0

    def row(self, name: str, raw: Figures | None) -> list[object]:
        """Name, the median last one in ms, by how much that is more than the raw loop's, CPU s per 100,000 frames."""
        return [name, *(f"{figure:.4g}" if figure is not None else "" for figure in self.of(raw).values())]

    def of(self, raw: Figures | None) -> dict[str, float | None]:
        last = statistics.median(self.last_s)
        cpu = sum(self.processor_s) / max(self.frames, 1) * 100_000
        return {
            "answered_ms": 1000 * statistics.median(self.answered_s) if self.answered_s else None,
            "first_ms": 1000 * statistics.median(self.first_s) if self.first_s else None,
            "last_ms": 1000 * last,
            "times_raw": last / statistics.median(raw.last_s) if raw else None,
            "after_first_times_raw": self._after_first(raw),
            "cpu_s_per_100k": cpu,
        }

    def _after_first(self, raw: Figures | None) -> float | None:
        if not raw or not self.first_s:
            return None
        own = statistics.median(last - first for last, first in zip(self.last_s, self.first_s, strict=True))
        return own / statistics.median(raw.last_s)


HEADS = ("", "answered ms", "first ms", "last ms", "× raw", "after first × raw", "CPU s / 100k frames")


class Product:
    """The product with all its sockets; a round is a press."""

    def __init__(self, clinic: FullClinic, peers: Peers, sockets: int) -> None:
        self._clinic, self._peers, self._sockets = clinic, peers, sockets
        self.figures = Figures()
        self.frame_bytes = 0

    async def round(self, *, is_counted: bool = True) -> None:
        """One press, until everybody has heard of it."""
        # The server closes a line that says nothing for some seconds, as the doctor's may have done meanwhile.
        async with lines(self._clinic, 1) as (line,):
            used_s, began = self._clinic.processor_ns, time.monotonic_ns()
            status, answer, _ = await line.ask("POST", "/api/v1/rooms/1/call-next", {})
            answered = time.monotonic_ns()
        if status != 200:
            raise RuntimeError(f"the press was answered {status}: {answer}")
        found = await self._peers.reached(self._sockets)
        if found["reached"] < self._sockets:
            raise RuntimeError(f"only {found['reached']} of {self._sockets} were reached")
        self.frame_bytes = found["bytes"] // found["views"]
        if is_counted:
            self.figures.last_s.append((found["last_at"] - began) / 1e9)
            self.figures.first_s.append((found["first_at"] - began) / 1e9)
            self.figures.answered_s.append((answered - began) / 1e9)
            self.figures.processor_s.append((self._clinic.processor_ns - used_s) / 1e9)
            self.figures.frames += found["views"]


class Rival:
    """Another way to send the same frame."""

    def __init__(self, talk: Talk, peers: Peers, sockets: int) -> None:
        self._talk, self._peers, self._sockets = talk, peers, sockets
        self.figures = Figures()

    async def round(self, size: int) -> None:
        """One frame of `size` bytes to everybody."""
        began, used = map(int, (await self._talk.ask(size)).split())
        found = await self._peers.reached(self._sockets)
        self.figures.last_s.append((found["last_at"] - began) / 1e9)
        self.figures.processor_s.append(used / 1e9)
        self.figures.frames += found["views"]


def rivals(folder: Path, sockets: int) -> dict[str, tuple[object, ...]]:
    """Name → command. The raw loop is left out, and said so, where there is no C compiler."""
    ways: dict[str, tuple[object, ...]] = {}
    loop = folder / "raw_loop"
    try:
        subprocess.run(["cc", "-O2", "-o", loop, HERE / "raw_loop.c"], check=True)
        ways["raw loop in C"] = (loop, sockets)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Left out the raw loop: {error}", file=sys.stderr)
    ways["websockets.broadcast"] = (sys.executable, HERE / "live_rivals.py", "broadcast")
    ways["Starlette send_text"] = (sys.executable, HERE / "live_rivals.py", "send_text")
    return ways


async def measure(kind: str, sockets: int, rounds: int) -> dict[str, Any]:
    """`kind`: phones, each on its own token, or boards, all on one."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="queue-live-")))
        own = sockets if kind == "phones" else 0
        clinic = await stack.enter_async_context(a_full_clinic(folder, waiting=max(own, 12) + rounds + 10))
        before_kb = clinic.resident_kb
        began = time.monotonic()
        paths = [f"/ws/token/{key}" for key in clinic.keys[-sockets:]]
        headers: list[str] = []
        if kind == "boards":
            paths, headers = ["/ws/board/main"] * sockets, [f"Authorization: Bearer {key}" for key in clinic.displays]
        peers = await stack.enter_async_context(Peers.of(clinic.port, paths, headers))
        await peers.reached(sockets)
        arrived_s, socket_kb = time.monotonic() - began, (clinic.resident_kb - before_kb) / sockets
        product = Product(clinic, peers, sockets)
        await product.round(is_counted=False)
        others = {}
        for name, command in rivals(folder, sockets).items():
            talk = await stack.enter_async_context(Talk.with_program(*command))
            port = int(await talk.heard())
            others[name] = Rival(talk, await stack.enter_async_context(Peers.of(port, ["/ws"] * sockets)), sockets)
        for _ in range(rounds):
            await product.round()
            for other in others.values():
                await other.round(product.frame_bytes)
        waits_ms = await requests_meanwhile(product, clinic, rounds)
        raw = next((other.figures for name, other in others.items() if name.startswith("raw")), None)
        ways = {"Smart Queue": product.figures, **{name: other.figures for name, other in others.items()}}
    print(f"\n{sockets:,} {kind}, frames of {product.frame_bytes} bytes; medians of {rounds} rounds")
    table(HEADS, [figures.row(name, raw) for name, figures in ways.items()])
    print(f"all current after {arrived_s:.1f} s; {socket_kb:.1f} KB a socket; requests meanwhile p50/p99 {waits_ms} ms")
    return {
        "kind": kind,
        "sockets": sockets,
        "frame_bytes": product.frame_bytes,
        "ways": {name: figures.of(raw) for name, figures in ways.items()},
        "arrived_s": arrived_s,
        "kb_a_socket": socket_kb,
        "requests_meanwhile_ms": waits_ms,
    }


async def requests_meanwhile(product: Product, clinic: FullClinic, rounds: int) -> tuple[float, float]:
    """Median and 99th percentile in ms of small requests while frames go out."""
    took: list[float] = []

    async def ask(line: Line) -> None:
        while True:
            _, _, took_s = await line.ask("GET", "/healthz")
            took.append(1000 * took_s)
            await asyncio.sleep(0.001)

    async with lines(clinic, 1) as (line,):
        asking = asyncio.create_task(ask(line))
        for _ in range(min(rounds, 8)):
            await product.round(is_counted=False)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    ends = statistics.quantiles(took, n=100)
    return round(ends[49], 1), round(ends[98], 1)


async def restart(phones: int) -> dict[str, Any]:
    """The server is killed and started again: seconds until so many phones show the truth again."""
    with tempfile.TemporaryDirectory(prefix="queue-live-") as folder:
        async with a_full_clinic(Path(folder), waiting=phones) as clinic:
            paths = [f"/ws/token/{key}" for key in clinic.keys]
            async with Peers.of(clinic.port, paths) as peers:
                await peers.reached(phones)
            await clinic.server.kill()
            await clinic.server.start()
            began, used = time.monotonic(), clinic.processor_ns
            async with Peers.of(clinic.port, paths) as peers:
                await peers.reached(phones)
                took_s, used_s = time.monotonic() - began, (clinic.processor_ns - used) / 1e9
    print(f"\n{phones:,} phones current {took_s:.1f} s after a restart ({used_s:.1f} s of the server's processor)")
    return {"kind": "restart", "phones": phones, "current_s": took_s, "processor_s": used_s}


async def all_of(kinds: Iterable[str], sockets: int, rounds: int) -> list[dict[str, Any]]:
    """The chosen measurements, one after the other."""
    return [await restart(sockets) if kind == "restart" else await measure(kind, sockets, rounds) for kind in kinds]


def main() -> None:
    """Print tables, then everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", choices=("phones", "boards", "restart"), action="append")
    chosen = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if chosen.sockets + 200 > most:
        parser.error(f"this machine allows a process {most} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    found = asyncio.run(all_of(chosen.only or ("phones", "boards", "restart"), chosen.sockets, chosen.rounds))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
