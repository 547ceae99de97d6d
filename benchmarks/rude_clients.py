"""Connections that say nothing, stop in the middle, or never read: how soon they are gone, and what they cost others.

    PYTHONPATH=. python benchmarks/rude_clients.py [--count 200] [--rounds 2]

A clinic on SQLite is served by a process of its own. So many connections of each rude kind are opened at once, and
kept; the department's queue is asked for all the time. Printed are when the last one of each kind was closed by the
server, how long the others' requests took meanwhile, and the server's memory before, with all of them, and afterwards.
Wanted: all gone within 30 s, every other request answered, the memory back.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.parts import Clinic, Line, a_served_clinic, lines, milliseconds

WANTED_S = 30
GIVE_UP_S = 60


def rude(clinic: Clinic) -> dict[str, bytes]:
    """What each kind sends before it falls silent."""
    socket_of_a_display = (
        "GET /ws/board/main HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {clinic.display_key}\r\n\r\n"
    )
    return {
        "idle": b"",
        "half a header": b"GET /healthz HTTP/1.1\r\nHost: lo",
        "half a body": b'POST /api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n{"depart',
        "websockets that never read": socket_of_a_display.encode(),
    }


def opened(clinic: Clinic, count: int, sent: bytes, stack: ExitStack) -> list[socket.socket]:
    """So many connections on which this was sent."""
    made = []
    for _ in range(count):
        line = stack.enter_context(socket.socket())
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        line.connect(("127.0.0.1", clinic.server.port))
        line.sendall(sent)
        made.append(line)
    return made


def held(port: int) -> set[int]:
    """The clients' ports of the connections that a process at this port still holds.

    A socket that its process has closed has no inode any more; the kernel may go on for a while telling a deaf peer.
    """
    found = set()
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = row.split()
        (_, own), (_, peer) = (end.split(":") for end in fields[1:3])
        if int(own, 16) == port and fields[9] != "0":
            found.add(int(peer, 16))
    return found


async def watch(port: int, groups: dict[str, list[socket.socket]], began: float) -> dict[str, float]:
    """When the last connection of each kind was gone, in seconds; missing where it never was."""
    left = {kind: {line.getsockname()[1] for line in known} for kind, known in groups.items()}
    gone: dict[str, float] = {}
    while left and time.perf_counter() - began < GIVE_UP_S:
        still = held(port)
        for kind in [kind for kind, ports in left.items() if not ports & still]:
            gone[kind] = time.perf_counter() - began
            del left[kind]
        await asyncio.sleep(0.25)
    return gone


async def ask(line: Line, taken: list[float]) -> None:
    """Ask for the queue ten times a second; notes how many seconds each answer took."""
    while True:
        status, _, took_s = await line.ask("GET", "/api/v1/departments/GEN/queue")
        assert status == 200
        taken.append(took_s)
        await asyncio.sleep(0.1)


def memory_mb(pid: int) -> float:
    """The server's resident memory."""
    fields = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0]) / 1024


async def a_round(clinic: Clinic, count: int) -> bool:
    """Open them all, wait until they are gone, print what was seen; whether it is as wanted."""
    before = memory_mb(clinic.server.pid)
    with ExitStack() as stack:
        began = time.perf_counter()
        groups = {kind: opened(clinic, count, sent, stack) for kind, sent in rude(clinic).items()}
        await asyncio.sleep(3)
        during = memory_mb(clinic.server.pid)
        gone = await watch(clinic.server.port, groups, began)
    await asyncio.sleep(2)
    for kind in groups:
        when = f"all gone after {gone[kind]:.1f} s" if kind in gone else f"some still there after {GIVE_UP_S} s"
        sys.stdout.write(f"{count} × {kind:28} {when}\n")
    after = memory_mb(clinic.server.pid)
    sys.stdout.write(f"memory: {before:.0f} MB before, {during:.0f} MB with them, {after:.0f} MB afterwards\n")
    return set(gone) == set(groups) and max(gone.values()) <= WANTED_S


async def main(count: int, rounds: int) -> bool:
    """Measure and print; whether everything is as wanted.

    Python keeps some memory that it has once had, so it is the second round whose memory has to come back.
    """
    taken: list[float] = []
    async with a_served_clinic("sqlite") as clinic, lines(clinic, 1) as (line,):
        await line.ask("POST", "/api/v1/tokens", {"department": "GEN"})
        asking = asyncio.create_task(ask(line, taken))
        await asyncio.sleep(2)
        is_good = [await a_round(clinic, count) for _ in range(rounds)]
        asking.cancel()
    half, almost_all, worst = milliseconds(taken)
    sys.stdout.write(f"{len(taken)} other requests, all answered: p50 {half}, p95 {almost_all}, worst {worst} ms\n")
    return all(is_good)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(main(given.count, given.rounds)) else 1)
