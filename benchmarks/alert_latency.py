"""How long after its cause an alert reaches the driver, with a thousand open tokens that all want to be told.

    PYTHONPATH=. python benchmarks/alert_latency.py
    PYTHONPATH=. python benchmarks/alert_latency.py --tokens 200 --presses 20

The server runs in this process with a driver that notes the time. "Next" is pressed over HTTP twice a second; the clock
runs from the moment in which the press is sent until the driver has the message that the patient was called, and until
it has the one that tells the patient behind to be next. The last rows are what the press itself takes, without anybody
who wants to be told and with all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from benchmarks.parts import database, databases_here, milliseconds, table
from queue_server.clock import SystemClock
from queue_server.domain.access.actors import PATIENT, SYSTEM
from queue_server.domain.alerts.alerts import AlertKind, Channel, Holder, Message, Outcome, Sent
from queue_server.services.queue.issuing import IssueRequest
from queue_server.storage.engine.migrating import migrate
from tests.clinics import SettableClock, a_clinic
from tests.running import a_server

PACE_S = 0.5


@dataclass
class TimingDriver:
    """Takes everything; `at`: when it was given which number's alert of which kind."""

    channel: Channel = Channel.SMS
    is_repeatable: bool = False
    at: dict[tuple[AlertKind, str], float] = field(default_factory=dict)

    async def send(self, message: Message) -> Outcome:
        """Note the time."""
        self.at[message.kind, str(message.data["number"])] = time.perf_counter()
        return Sent()


async def measure(kind: str, tokens: int, presses: int) -> list[list[object]]:
    """Rows of the table for one kind of database."""
    rows = []
    with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as url:
        await migrate(url)
        clock = SettableClock(SystemClock().now())
        async with a_clinic(url, clock) as clinic:
            await clinic.on_duty(0, "1")
            key = await clinic.services.programs.keys.add("benchmark")
        driver = TimingDriver()
        for is_told in (False, True):
            rows.append(await pressed(kind, url, Path(name), key, driver, tokens, presses, is_told=is_told))
    called, next_up, plain = rows[1][0], rows[1][1], (rows[0][2], rows[1][2])
    return [
        [f"{kind}: called, at the driver", *milliseconds(called)],
        [f"{kind}: next, at the driver", *milliseconds(next_up)],
        [f"{kind}: the press, nobody to be told", *milliseconds(plain[0])],
        [f"{kind}: the press, all to be told", *milliseconds(plain[1])],
    ]


async def pressed(
    kind: str, url: str, data: Path, key: str, driver: TimingDriver, tokens: int, presses: int, *, is_told: bool
) -> tuple[list[float], list[float], list[float]]:
    """(called, next, the press itself) in seconds."""
    async with a_server(url, data, None, [driver]) as (address, app):
        services = app.state.services
        await services.alerts.preferences.set_limit(Channel.SMS, None, by=SYSTEM)
        while (await services.screens.token_pages.queue("GEN"))["waiting"] < tokens:
            await services.queue.issuing.issue(IssueRequest("GEN"), by=SYSTEM)
        queue = [
            token
            for token in (await services.screens.token_pages.queue("GEN"))["tokens"]
            if token["state"] == "waiting"
        ]
        if is_told:
            for token in queue:
                await services.alerts.preferences.agree(
                    Holder(token_id=token["id"]), Channel.SMS, "081234 56789", by=PATIENT
                )
            await asyncio.sleep(3)
        pressed_at: dict[str, float] = {}
        took = []
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=20) as client:
            for _ in range(presses):
                began = time.perf_counter()
                answer = await client.post("/api/v1/rooms/1/call-next", json={"was_seen": True})
                took.append(time.perf_counter() - began)
                pressed_at[answer.json()["number"]] = began
                await asyncio.sleep(PACE_S)
        await asyncio.sleep(2)
    numbers = [token["number"] for token in queue]
    called = [driver.at[AlertKind.CALLED, number] - at for number, at in pressed_at.items() if is_told]
    after = {number: numbers[numbers.index(number) + 1] for number in pressed_at if number in numbers}
    next_up = [driver.at[AlertKind.NEXT, then] - pressed_at[now] for now, then in after.items() if is_told]
    return called, next_up, took


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--tokens", type=int, default=1000)
    parser.add_argument("--presses", type=int, default=40)
    chosen = parser.parse_args()
    kinds = databases_here(chosen.databases)
    rows = [row for kind in kinds for row in asyncio.run(measure(kind, chosen.tokens, chosen.presses))]
    table(["", "p50 ms", "p95 ms", "max ms"], rows)


if __name__ == "__main__":
    main()
