"""Giving out tokens over HTTP: none lost, none twice, and how long a patient waits for the number.

    PYTHONPATH=. python benchmarks/issuing.py
    PYTHONPATH=. python benchmarks/issuing.py --databases sqlite --rounds 5

Each kiosk is one connection. In the rush every kiosk presses again as soon as it has its answer, so that the requests
queue behind each other; at the pace of a clinic each kiosk presses once a second, which is more than any patient does.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
import uuid
from itertools import chain

from benchmarks.parts import Clinic, Line, a_served_clinic, databases_here, lines, milliseconds, table

Issued = list[tuple[str, float]]


async def press(line: Line) -> tuple[str, float]:
    """(number, seconds)."""
    key = {"idempotency-key": uuid.uuid4().hex}
    status, token, took_s = await line.ask("POST", "/api/v1/tokens", {"department": "GEN"}, **key)
    assert status == 201, (status, token)
    return token["number"], took_s


async def rush(clinic: Clinic, kiosks: int, each: int) -> Issued:
    """Every kiosk presses `each` times without a pause."""

    async def work(line: Line) -> Issued:
        return [await press(line) for _ in range(each)]

    async with lines(clinic, kiosks) as opened:
        return list(chain.from_iterable(await asyncio.gather(*map(work, opened))))


async def at_a_pace(clinic: Clinic, kiosks: int, each: int) -> Issued:
    """Every kiosk presses `each` times, once a second, not in step with the others."""

    async def work(line: Line) -> Issued:
        issued = []
        began = asyncio.get_running_loop().time() + random.random()
        for second in range(each):
            await asyncio.sleep(began + second - asyncio.get_running_loop().time())
            issued.append(await press(line))
        return issued

    async with lines(clinic, kiosks) as opened:
        return list(chain.from_iterable(await asyncio.gather(*map(work, opened))))


async def measure(kind: str, rounds: int) -> list[list[object]]:
    """Rows of the table for one kind of database."""
    rows: list[list[object]] = []
    for name, how, kiosks, each in (
        ("8 kiosks × 50, rush", rush, 8, 50),
        ("10 kiosks × 40, rush", rush, 10, 40),
        ("10 kiosks, one a second", at_a_pace, 10, 20),
    ):
        for _ in range(rounds):
            async with a_served_clinic(kind) as clinic:
                processor_s, began = clinic.processor_s, time.perf_counter()
                issued = await how(clinic, kiosks, each)
                took_s = time.perf_counter() - began
                used_s = clinic.processor_s - processor_s
                lost = len(issued) - await waiting(clinic)
            distinct = len({number for number, _ in issued})
            spread = milliseconds([seconds for _, seconds in issued])
            counts = (len(issued), distinct, lost)
            rows.append(
                [
                    f"{kind}: {name}",
                    *counts,
                    *spread,
                    f"{len(issued) / took_s:.0f}",
                    f"{1000 * used_s / len(issued):.1f}",
                ]
            )
    return rows


async def waiting(clinic: Clinic) -> int:
    """How many tokens the server has kept."""
    async with lines(clinic, 1) as (line,):
        return int((await line.ask("GET", "/api/v1/departments/GEN/queue"))[1]["waiting"])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    rows = [row for kind in databases_here(chosen.databases) for row in asyncio.run(measure(kind, chosen.rounds))]
    heads = ["", "issued", "distinct", "lost", "p50 ms", "p95 ms", "max ms", "a second", "server CPU ms each"]
    table(heads, rows)


if __name__ == "__main__":
    main()
