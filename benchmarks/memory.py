"""What the idle demo needs of the machine's memory, and which libraries it is spent on.

    PYTHONPATH=. python benchmarks/memory.py
    PYTHONPATH=. python benchmarks/memory.py --imports 25

Resident memory of the process a while after its start, with nobody connected, then with thirty displays and two hundred
phones. The second table says how much the resident memory of a bare Python grows with each library, in the order in
which the server imports them; a library that was brought by one before it costs nothing again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from websockets.asyncio.client import connect

from benchmarks.parts import Clinic, lines, table
from tests.browser.conftest import free_port
from tests.processes import ServerProgram, a_demo

PAGE = os.sysconf("SC_PAGE_SIZE")

#: Run by a Python of its own: imports the server, and tells what each outermost library has added, in MB.
IMPORTS = """
import builtins, os, sys
size = lambda: int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
began, added, depth, original = size(), {}, [0], builtins.__import__
def watched(name, globals=None, locals=None, fromlist=(), level=0):
    top = name.partition(".")[0]
    own = level or top in ("queue_server", "kiosk", "display", "doctor_console") or top in sys.stdlib_module_names
    if own or depth[0]:
        return original(name, globals, locals, fromlist, level)
    depth[0], before = 1, size()
    try:
        return original(name, globals, locals, fromlist, level)
    finally:
        depth[0] = 0
        added[top] = added.get(top, 0) + size() - before
builtins.__import__ = watched
import queue_server.cli
import json
print(json.dumps({"Python itself": began, **added, "all": size()}))
"""


async def grown(program: ServerProgram, facts: dict[str, str]) -> list[list[object]]:
    """Rows of the table: the demo at rest, with displays and phones, and at rest again."""
    rows: list[list[object]] = [["idle", f"{resident_mb(program.pid):.0f}"]]
    clinic = Clinic(program, facts["api_key"], facts["display_key"])
    async with AsyncExitStack() as stack:
        (line,) = await stack.enter_async_context(lines(clinic, 1))
        links = []
        for _ in range(50):
            _, token, _ = await line.ask("POST", "/api/v1/tokens", {"department": "GEN", "place": "entrance"})
            links.append(token["status_url"].rpartition("/")[2])
        live = program.url.replace("http", "ws")
        headers = {"Authorization": f"Bearer {facts['display_key']}"}
        for _ in range(30):
            await stack.enter_async_context(connect(f"{live}/ws/board/main", additional_headers=headers))
        for number in range(200):
            await stack.enter_async_context(connect(f"{live}/ws/token/{links[number % 50]}"))
        rows.append(["50 slips, 30 displays, 200 phones", f"{resident_mb(program.pid):.0f}"])
    return rows


def resident_mb(pid: int | str) -> float:
    """Resident memory of the process in millions of bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


async def measure(settle_s: float) -> list[list[object]]:
    """Rows of the first table."""
    with tempfile.TemporaryDirectory(prefix="queue-benchmark-") as folder:
        async with a_demo(Path(folder), free_port()) as (program, facts):
            await asyncio.sleep(settle_s)
            return await grown(program, facts)


def imports(count: int) -> list[list[object]]:
    """The libraries that cost the most, in MB."""
    said = subprocess.run([sys.executable, "-c", IMPORTS], check=True, capture_output=True, text=True).stdout
    added: dict[str, float] = json.loads(said)
    costly = sorted(added.items(), key=lambda item: -item[1])[:count]
    return [[name, f"{cost:.1f}"] for name, cost in costly]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--imports", type=int, default=15, help="how many libraries to name")
    parser.add_argument("--settle", type=float, default=5.0, help="seconds after the start at which the demo is idle")
    chosen = parser.parse_args()
    table(["demo", "MB"], asyncio.run(measure(chosen.settle)))
    print()
    table(["imports", "MB"], imports(chosen.imports))


if __name__ == "__main__":
    main()
