"""Thousands of messages through a gateway that fails one time in five, sent by a server that is killed again and again.

    PYTHONPATH=. python benchmarks/alert_kills.py
    PYTHONPATH=. python benchmarks/alert_kills.py --messages 1000 --kills 3

The failures: not ready (503), asked too often (429), hung up before or after taking the message, and answers that come
too late. Once the gateway knows a repeated id and once it does not; then what was on its way is told to be unknown.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.parts import table
from queue_server.storage.engine.migrating import migrate
from tests.alerts.unreliable import send_through
from tests.browser.conftest import free_port


async def measure(messages: int, kills: int, *, is_repeatable: bool) -> list[object]:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await migrate(f"sqlite:///{folder}/queue.db")
        began = time.perf_counter()
        account = await send_through(
            folder, free_port(), messages=messages, kills=kills, is_repeatable=is_repeatable, patience_s=3.0
        )
        took_s = time.perf_counter() - began
    gateway = "knows repeated ids" if is_repeatable else "does not know repetitions"
    states = ", ".join(f"{count} {state}" for state, count in sorted(account.states.items()))
    return [gateway, messages, account.kills, account.asked, account.taken, account.lost, account.twice, states, took_s]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    chosen = parser.parse_args()
    rows = [asyncio.run(measure(chosen.messages, chosen.kills, is_repeatable=known)) for known in (True, False)]
    for row in rows:
        row[-1] = f"{row[-1]:.0f}"
    heads = ["the gateway", "messages", "kills", "requests", "taken", "lost", "taken twice", "states", "seconds"]
    table(heads, rows)


if __name__ == "__main__":
    main()
