"""A kiosk's keeper between a served clinic and a printer, with a cable that can be pulled."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from kiosk.agent import AgentSettings
from kiosk.keeper.keeper import KeeperSettings, run_keeper
from kiosk.keeper.timekeeping import Clock
from kiosk.printing import MemoryPrinter, paper
from tests.browser.cables import Line
from tests.browser.conftest import free_port
from tests.running import Running, a_browser
from tests.waiting import until

PRESS = {"department": "GEN", "language": "hi", "priority": "normal"}


@dataclass
class Kiosk:
    """A kiosk's machine. `line`: its cable to the server."""

    clinic: Running
    line: Line
    page: httpx2.AsyncClient
    printer: MemoryPrinter
    settings: KeeperSettings
    task: asyncio.Task[None]

    async def stop(self) -> None:
        """The keeper ends."""
        self.task.cancel()
        await asyncio.wait([self.task])

    def forget_printing(self, *, begun: bool) -> None:
        """As if the keeper had died when the number was written down; `begun`: or when its slip was at the printer."""
        with closing(sqlite3.connect(self.settings.database)) as database, database:
            database.execute("UPDATE number SET printed = NULL")
        lines = self.settings.agent.ledger.read_text().splitlines(keepends=True)
        self.settings.agent.ledger.write_text("".join(lines[:1]) if begun else "")

    async def has_nothing_left(self) -> bool:
        """The administration is told that every number is handed in."""
        return await self.waits() == 0

    async def press(self, key: str, **more: str) -> dict[str, Any]:
        """Touch a department."""
        answer = await self.page.post("/kiosk/tokens", json=PRESS | more, headers={"Idempotency-Key": key})
        assert answer.status_code == 201, answer.text
        given: dict[str, Any] = answer.json()
        return given

    async def view(self) -> dict[str, Any]:
        """What the touch screen shows."""
        data: dict[str, Any] = (await self.page.get("/view/kiosk")).json().get("data", {})
        return data

    async def shows(self, *, is_kept: bool) -> None:
        """The touch screen shows the server's view, or the keeper's."""

        async def is_so() -> bool:
            return (await self.view()).get("is_kept") is is_kept

        await until(is_so)

    async def is_ready(self) -> None:
        """The keeper knows the clinic and has the page, so the server may go."""
        await self.shows(is_kept=False)
        await until(lambda: has_kept(self.settings.database, "/kiosk"))

    async def has_voices(self) -> None:
        """The clips that the server's view names are kept too."""
        voices = (await self.view())["voices"].values()
        await until(lambda: has_kept(self.settings.database, *voices))

    async def cut(self) -> None:
        """The server is away, and the keeper knows."""
        await self.line.cut()
        await self.shows(is_kept=True)

    async def waits(self) -> int:
        """How many numbers the administration says are waiting at the kiosk."""
        keepers = await self.clinic.services.devices.keepers.newest()
        return sum(keeper.waiting for keeper in keepers.values())

    async def queue(self) -> list[str]:
        """The numbers that wait in the department, first to be called first."""
        view = await self.clinic.services.screens.token_pages.queue("GEN")
        return [token["number"] for token in view["tokens"] if token["state"] == "waiting"]

    async def hands_in(self, *numbers: str) -> None:
        """The server is back, and these wait there in this order."""
        await self.line.plug()

        async def are_there() -> bool:
            return await self.queue() == list(numbers)

        try:
            await until(are_there, 15)
        except TimeoutError:
            raise AssertionError(await self.queue()) from None


def has_kept(database: Path, *paths: str) -> bool:
    """The keeper with this database has these files. With the page it knows the clinic too, so the server may go."""
    with closing(sqlite3.connect(database)) as opened:
        kept = {path for (path,) in opened.execute("SELECT path FROM file")}
    return kept.issuperset(paths)


def given_out(database: Path) -> int:
    """How many numbers the keeper with this database has given out."""
    with closing(sqlite3.connect(database)) as opened:
        (count,) = opened.execute("SELECT count(*) FROM number").fetchone()
    return int(count)


def settings_for(running: Running, server: str, folder: Path, key: str = "kiosk") -> KeeperSettings:
    """A keeper's settings with waits that a test can afford."""
    agent = AgentSettings(
        server=server,
        key=running.keys["agent"],
        printer="memory:",
        ledger=folder / "ledger",
        on=paper(58),
        first_retry_s=0.01,
        longest_retry_s=0.05,
    )
    return KeeperSettings(agent, running.keys[key], folder / "numbers.db", free_port())


def _name(settings: KeeperSettings) -> str:
    """Of the keeper's task."""
    return f"the keeper at {settings.port}"


@asynccontextmanager
async def a_kiosk(running: Running, folder: Path, clock: Clock | None = None) -> AsyncIterator[Kiosk]:
    """A kiosk whose keeper runs, with the server there."""
    line = Line(urlsplit(running.url).port or 0)
    await line.plug()
    settings, printer = settings_for(running, line.url, folder), MemoryPrinter()
    try:
        async with a_running_keeper(settings, printer, clock) as page:
            task = next(one for one in asyncio.all_tasks() if one.get_name() == _name(settings))
            kiosk = Kiosk(running, line, page, printer, settings, task)
            await kiosk.is_ready()
            yield kiosk
    finally:
        await line.cut()


@asynccontextmanager
async def a_running_keeper(
    settings: KeeperSettings, printer: MemoryPrinter | None = None, clock: Clock | None = None
) -> AsyncIterator[httpx2.AsyncClient]:
    """What the kiosk's browser sends to a keeper that runs. Without `printer` it prints where its settings say."""
    task = asyncio.create_task(run_keeper(settings, printer, clock), name=_name(settings))
    async with a_browser(f"http://localhost:{settings.port}") as page:

        async def answers() -> bool:
            with suppress(httpx2.HTTPError):
                return bool((await page.get("/view/kiosk", timeout=2.0)).status_code)
            assert not task.done(), task.exception()
            return False

        try:
            await until(answers)
            yield page
        finally:
            task.cancel()
            await asyncio.wait([task])
