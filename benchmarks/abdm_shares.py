"""A thousand shares in a minute: python -m benchmarks.abdm_shares [--people 1000] [--seconds 60] [--database URL]

The stand-in for ABDM's gateway repeats one callback in twenty and is late with one answer in twenty. Prints how long
people waited for their number, and fails when somebody has none, two share one, or p95 is above two seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.abdm.clinics import an_abdm_clinic
from tests.abdm.crowd import Told, a_crowd

LONGEST_S = 2.0


async def measured(people: int, seconds: float, database: str) -> Told:
    """What the crowd was told."""
    with tempfile.TemporaryDirectory() as folder:
        url = database or f"sqlite:///{folder}/queue.db"
        async with an_abdm_clinic(url, Path(folder)) as abdm:
            return await a_crowd(abdm, people, seconds)


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; otherwise SQLite")
    asked = parser.parse_args()
    told = asyncio.run(measured(asked.people, asked.seconds, asked.database))
    different, p95 = len(set(told.numbers)), told.quantile(0.95)
    print(f"{asked.people} people in {asked.seconds:g} s: {different} different numbers, {told.answers} answers")
    print(f"wait for the number: p50 {told.quantile(0.5):.3f} s, p95 {p95:.3f} s, p99 {told.quantile(0.99):.3f} s")
    is_good = different == told.answers == asked.people and p95 <= LONGEST_S
    print("good" if is_good else "not good")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
