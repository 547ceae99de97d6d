"""The machine's clock jumps by days, to 1970, by an hour as at summer time, and in a time server's small steps.

    scripts/chaos clock [--seconds 60] [--seed N]

A served clinic runs under libfaketime, which puts its clock while people press. Numbers go on one by one, whatever the
clock shows; a key that is used again gives the same token; every press is answered; and when the clock is right again
nobody has to say so.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from queue_server.clock import SystemClock
from tests.browser.conftest import free_port
from tests.chaos.arguments import arguments
from tests.clinics import SettableClock, a_clinic, end_the_day_later
from tests.processes import ROOT, ServerProgram
from tests.running import a_browser
from tests.waiting import until

LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
HOUR, DAY = 3600, 86_400
PRESSES = 4

#: How far the clock is put, in seconds; 1970 is computed from now.
JUMPS = {
    "a month ahead": 30 * DAY,
    "a day ahead": DAY,
    "a day behind": -DAY,
    "an hour ahead": HOUR,
    "an hour behind": -HOUR,
    "a step of two seconds": 2,
    "a step of half a second back": -0.5,
    "1970": None,
}


@dataclass
class Findings:
    """How often the clock was put, how many numbers were given, and what was wrong, a line each."""

    jumps: int = 0
    given: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.jumps} jumps of the clock, {self.given} numbers, {len(self.wrong)} wrong"


def library() -> Path | None:
    """libfaketime; none where it is not installed."""
    found = (Path(folder) / "faketime" / "libfaketime.so.1" for folder in LIBRARIES)
    return next((path for path in found if path.exists()), None)


class Wearing:
    """A server whose clock is put by the file `offset`."""

    def __init__(self, folder: Path, faketime: Path) -> None:
        self.offset = folder / "offset"
        self.put(0)
        self.database, port = f"sqlite:///{folder}/queue.db", free_port()
        environment = {
            "LD_PRELOAD": str(faketime),
            "FAKETIME_TIMESTAMP_FILE": str(self.offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "PYTHONPATH": f"{ROOT}:{ROOT}/tests/other_time",
        }
        words = ("serve", "--database-url", self.database, "--host", "127.0.0.1", "--port", port)
        self.server = ServerProgram(words, port, folder / "log", settings=environment)

    def put(self, seconds: float) -> None:
        """The clock shows so much more than it should; the file is never seen half-written."""
        new = self.offset.with_suffix(".new")
        new.write_text(f"{seconds:+.3f}\n")
        new.replace(self.offset)


async def attack(seconds: float, chance: random.Random, faketime: Path) -> Findings:
    """What was found while the clock jumped for so long, at least once in each way."""
    found = Findings()
    with tempfile.TemporaryDirectory() as folder:
        wearing = Wearing(Path(folder), faketime)
        try:
            async with a_clinic(wearing.database, SettableClock(SystemClock().now())) as clinic:
                await end_the_day_later(clinic.services, SystemClock().now())
                headers = {"Authorization": f"Bearer {await clinic.services.programs.keys.add('test')}"}
            await wearing.server.start()
            async with a_browser(wearing.server.url, headers=headers) as client:
                await _jump(wearing, client, seconds, chance, found)
        finally:
            await wearing.server.kill()
    return found


async def _jump(
    wearing: Wearing, client: httpx2.AsyncClient, seconds: float, chance: random.Random, found: Findings
) -> None:
    """One jump after the other; after each the clock is right again."""
    deadline, last = time.monotonic() + seconds, await press(client, "first")
    keys = {"first": last}
    while time.monotonic() < deadline or found.jumps < len(JUMPS):
        ways = list(JUMPS) if found.jumps < len(JUMPS) else chance.sample(list(JUMPS), len(JUMPS))
        for way in ways:
            seconds_ahead = JUMPS[way]
            for offset in (-time.time() if seconds_ahead is None else seconds_ahead, 0):
                wearing.put(offset)
                for number in range(PRESSES):
                    last = await _compare(client, f"{found.jumps}-{offset}-{number}", way, keys, last, found)
                await until(partial(_shows, client, offset))
            found.jumps += 1


async def _compare(
    client: httpx2.AsyncClient, key: str, way: str, keys: dict[str, Any], last: dict[str, Any], found: Findings
) -> dict[str, Any]:
    """The next token, which must have the next number; and an old key must give its old token."""
    token = keys[key] = await press(client, key)
    found.given += 1
    if _count(token) != _count(last) + 1:
        found.wrong.append(f"{way}: after {last['number']} came {token['number']}")
    old = next(iter(keys))
    again = await press(client, old)
    if again["id"] != keys[old]["id"]:
        found.wrong.append(f"{way}: the key of {keys[old]['number']} gave {again['number']}")
    return token


async def _shows(client: httpx2.AsyncClient, offset: float) -> bool:
    """Whether the server's clock is put that far: otherwise all this shows nothing."""
    shown = parsedate_to_datetime((await client.get("/healthz")).headers["date"]).timestamp()
    return abs(shown - time.time() - offset) < HOUR / 2


def _count(token: dict[str, Any]) -> int:
    return int(token["number"].rpartition("-")[2])


async def press(client: httpx2.AsyncClient, key: str) -> dict[str, Any]:
    """The token that this key gives."""
    answer = await client.post("/api/v1/tokens", json={"department": "GEN"}, headers={"Idempotency-Key": key})
    assert answer.status_code in {200, 201}, answer.text
    token: dict[str, Any] = answer.json()
    return token


def main() -> int:
    """Exit status 1: something was wrong; 2: there is no libfaketime."""
    given = arguments(__doc__, seconds=60).parse_args()
    faketime = library()
    if faketime is None:
        print("This needs libfaketime: install Debian's package faketime.")
        return 2
    print(f"--seed {given.seed}")
    found = asyncio.run(attack(given.seconds, random.Random(given.seed), faketime))
    print(found, *found.wrong[:20], sep="\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
