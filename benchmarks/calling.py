"""Two consoles that press "next" together: no patient twice, none left out, and how long a press takes.

    PYTHONPATH=. python benchmarks/calling.py
    PYTHONPATH=. python benchmarks/calling.py --databases sqlite --presses 100 --workers 2

The consoles are logged in, on one department, and press at the same moment; the next round begins when both have their
answer. With `--workers 2` (PostgreSQL) the two presses may reach different server processes.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
import uuid
from collections import Counter
from urllib.parse import urlencode

from benchmarks.parts import PASSWORD, ROOMS, Clinic, Line, a_served_clinic, databases_here, lines, milliseconds, table


async def log_in(clinic: Clinic, login: str) -> str:
    """The cookie of a new session."""
    reader, writer = await asyncio.open_connection("127.0.0.1", clinic.server.port)
    form = urlencode({"login": login, "password": PASSWORD, "next": "/doctor"}).encode()
    head = "POST /login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
    kind = f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(form)}\r\n\r\n"
    writer.write((head + kind).encode() + form)
    answer = (await reader.read()).decode()
    writer.close()
    return str(re.findall(r"(?i)^set-cookie: ([^;]+)", answer, re.MULTILINE)[0])


async def press(line: Line, room: str) -> float:
    """Press "next" in the room; how long it took, in seconds."""
    status, _, took_s = await line.ask("POST", f"/doctor/{room}/next", {}, **{"idempotency-key": uuid.uuid4().hex})
    assert status == 200, status
    return took_s


async def called(line: Line) -> Counter[str]:
    """How often each number was called, by the journal."""
    numbers: Counter[str] = Counter()
    after = 0
    while True:
        _, page, _ = await line.ask("GET", f"/api/v1/events?after={after}&limit=1000")
        if not page["events"]:
            return numbers
        numbers.update(event["data"]["number"] for event in page["events"] if event["kind"] == "call")
        after = page["next"]


async def measure(kind: str, presses: int, workers: int) -> list[object]:
    """The table's row for one kind of database."""
    async with a_served_clinic(kind, workers=workers) as clinic, lines(clinic, 1) as (program,):
        for _ in range(2 * presses):
            status, _, _ = await program.ask("POST", "/api/v1/tokens", {"department": "GEN"})
            assert status == 201, status
        cookies = [await log_in(clinic, f"doctor{room}") for room in ROOMS]
        async with lines(clinic, 1, cookie=cookies[0]) as (one,), lines(clinic, 1, cookie=cookies[1]) as (other,):
            processor_s = clinic.processor_s
            took_s: list[float] = []
            for _ in range(presses):
                took_s += await asyncio.gather(press(one, ROOMS[0]), press(other, ROOMS[1]))
            used_s = clinic.processor_s - processor_s
        numbers = await all_sealed(program, 2 * presses)
    twice = sum(times > 1 for times in numbers.values())
    cost = f"{1000 * used_s / len(took_s):.1f}" if workers == 1 else "–"
    name = f"{kind}, {workers} process{'es' if workers > 1 else ''}"
    return [name, len(took_s), len(numbers), twice, *milliseconds(took_s), cost]


async def all_sealed(program: Line, expected: int) -> Counter[str]:
    """The calls, when the journal has them all; PostgreSQL's lines are sealed within a second."""
    deadline = time.monotonic() + 15
    while True:
        numbers = await called(program)
        if sum(numbers.values()) >= expected or time.monotonic() > deadline:
            return numbers
        await asyncio.sleep(0.2)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--presses", type=int, default=200, help="how often both consoles press")
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    rows = [
        asyncio.run(measure(kind, chosen.presses, chosen.workers if kind == "postgresql" else 1))
        for kind in databases_here(chosen.databases)
    ]
    table(["", "presses", "called", "twice", "p50 ms", "p95 ms", "max ms", "server CPU ms each"], rows)


if __name__ == "__main__":
    main()
