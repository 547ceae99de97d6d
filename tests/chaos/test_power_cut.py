"""The power goes while numbers are given out: what was promised is there when it comes back.

Three cuts as a rule; QUEUE_POWER_CUTS=50 makes a long night of it.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from queue_server.clock import SystemClock
from queue_server.domain.devices.devices import DeviceKind
from tests.browser.conftest import free_port
from tests.chaos.power import attack
from tests.chaos.screens import PATIENCE_S, Screen, a_screen, bearer
from tests.clinics import SettableClock, a_clinic, end_the_day_later
from tests.processes import ServerProgram, a_program, smart_queue
from tests.running import a_browser
from tests.waiting import take_time

CUTS = int(os.environ.get("QUEUE_POWER_CUTS", "3"))
KIOSKS = 6
DEPARTMENTS = ("GEN", "LAB")

#: A screen is right so soon after the server answers again.
BACK_WITHIN_S = 5


@dataclass
class Promises:
    """Every token that the server has confirmed, by the idempotency key; and presses that still wait for an answer."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_evening: bool = False

    async def reach(self, count: int) -> None:
        """So many tokens are confirmed."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.kept) < count:
                self.news.clear()
                await self.news.wait()

    def keep(self, press: str, token: dict[str, Any]) -> None:
        """The server has confirmed this token; a key that it has confirmed before must give the same one."""
        del self.unanswered[press]
        self.kept[press] = token
        self.news.set()


async def press_all_day(client: httpx2.AsyncClient, kiosk: int, promises: Promises) -> None:
    """One kiosk: press after press, each repeated with its own key until it is answered."""
    for counter in itertools.count():
        if promises.is_evening:
            return
        press = f"kiosk-{kiosk}-press-{counter}"
        department = promises.unanswered[press] = random.choice(DEPARTMENTS)
        while press in promises.unanswered:
            try:
                promises.keep(press, await ask(client, press, department))
            except httpx2.TransportError:
                await take_time(0.05)


async def ask(client: httpx2.AsyncClient, press: str, department: str) -> dict[str, Any]:
    """The token that the press is answered with."""
    asked = {"department": department, "place": "entrance"}
    answer = await client.post("/api/v1/tokens", json=asked, headers={"Idempotency-Key": press})
    assert answer.status_code == 201, answer.text
    token: dict[str, Any] = answer.json()
    return token


@asynccontextmanager
async def kiosks_that_press(client: httpx2.AsyncClient, promises: Promises) -> AsyncIterator[None]:
    """Several kiosks press all the time, and finish what they have begun; any answer but a token fails the test."""
    async with asyncio.TaskGroup() as group:
        for kiosk in range(KIOSKS):
            group.create_task(press_all_day(client, kiosk, promises))
        yield
        promises.is_evening = True


async def cut_the_power(server: ServerProgram, promises: Promises) -> float:
    """Kill it in the middle of the rush, start it again; returns the moment at which it answered."""
    await promises.reach(len(promises.kept) + random.randint(5, 20))
    await server.kill()
    await server.start()
    return time.monotonic()


async def test_what_was_promised_outlives_every_power_cut(tmp_path: Path) -> None:
    promises, url, now = Promises(), f"sqlite:///{tmp_path}/queue.db", SystemClock().now()
    async with a_clinic(url, SettableClock(now)) as clinic:
        await end_the_day_later(clinic.services, now)
        program = await clinic.services.programs.keys.add("test")
        board = await clinic.services.devices.registry.add(DeviceKind.DISPLAY, "Display", "main")
    async with (
        a_program("serve", "--database-url", url, port=free_port(), log=tmp_path / "log") as server,
        a_screen(server.url, "/ws/board/main", board) as display,
        a_browser(server.url, headers=bearer(program), timeout_s=10) as client,
    ):
        async with kiosks_that_press(client, promises):
            for _ in range(CUTS):
                seen, lines = len(display.views), display.lines
                answered_at = await cut_the_power(server, promises)
                await display.shows(lambda shown: shown.lines > lines and len(shown.views) > seen)  # noqa: B023
                assert time.monotonic() - answered_at < BACK_WITHIN_S
            await promises.reach(len(promises.kept) + KIOSKS)

        numbers = Counter(token["number"] for token in promises.kept.values())
        assert [number for number, times in numbers.items() if times > 1] == []
        await every_token_exists(client, promises, display)
        await a_repeated_press_gives_the_same_token(client, promises)
        verified = await smart_queue("verify", "--database-url", url)
        assert verified.status == 0, verified.errors


async def every_token_exists(client: httpx2.AsyncClient, promises: Promises, display: Screen) -> None:
    """Each confirmed token stands in its queue, with its number; the display shows as many people as wait."""
    queues = [(await client.get(f"/api/v1/departments/{code}/queue")).json() for code in DEPARTMENTS]
    standing = {token["id"]: token["number"] for queue in queues for token in queue["tokens"]}
    promised = {token["id"]: token["number"] for token in promises.kept.values()}
    waiting = {queue["code"]: queue["waiting"] for queue in queues}
    assert promised == standing
    await display.shows(lambda shown: shown.data["waiting"] == waiting, BACK_WITHIN_S)


async def a_repeated_press_gives_the_same_token(client: httpx2.AsyncClient, promises: Promises) -> None:
    """No key has made two tokens."""
    for press in random.sample(sorted(promises.kept), 10):
        token = promises.kept[press]
        again = await ask(client, press, token["department"])
        assert (again["id"], again["number"]) == (token["id"], token["number"])


async def test_what_was_flushed_is_enough_whatever_else_the_disk_loses_and_with_less_flushing_it_is_not() -> None:
    full, normal = await attack(seconds=1.5, cuts=12, chance=random.Random(16))

    assert (full.cuts, full.lost, full.broken) == (12, 0, 0), full
    assert normal.lost > 0, normal
