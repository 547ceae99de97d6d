"""Kiosks go on while the server is away, are killed and lose their power, and hand everything in when it is back.

    scripts/chaos keeper [--numbers 300] [--kiosks 3] [--seed N]

The server is cut off. Real keepers, one of them with a clock three hours ahead, give out the numbers, print them into
folders, are killed with `kill -9` twice each, and one loses its power in between (see `recorded_disk`). A press is sent
until it is answered, as the touch screen does. Then the server is back, and the line is cut three times while the
numbers are handed in. What is on paper, what was answered and what stands in the queue is compared.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from queue_server.clock import SystemClock
from queue_server.domain.devices.devices import DeviceKind
from queue_server.services import Services
from tests.browser.cables import Line
from tests.browser.conftest import free_port
from tests.chaos.arguments import arguments
from tests.clinics import SettableClock, a_clinic, end_the_day_later, open_services
from tests.processes import ROOT
from tests.running import a_browser, a_server
from tests.waiting import take_time, until

AHEAD_S = 3 * 3600
#: Presses with the server there, to compare the time to the slip.
ONLINE = 5
HAND_INS_CUT = 3


@dataclass
class Press:
    """One press: when it began and was answered (seconds), its number, and whether its slip came late."""

    kiosk: int
    key: str
    began: float
    answered: float = 0.0
    number: str = ""
    slip_s: float | None = None


@dataclass
class Kiosk:
    """A machine with a keeper. `pages` talks to it as its browser does."""

    index: int
    folder: Path
    line: Line
    port: int
    ahead_s: float
    process: asyncio.subprocess.Process | None = None
    deaths: int = 0

    @property
    def slips(self) -> Path:
        """What was printed: a file for each slip, `G-A07-1.png`, its copies `-2`."""
        return self.folder / "slips"

    @property
    def numbers(self) -> Path:
        """The keeper's database."""
        return self.folder / "agent.key.numbers"

    async def start(self) -> None:
        """It answers."""
        command = [
            *(sys.executable, "-m", "tests.chaos.keeper_program", str(self.ahead_s), str(self.folder / "left")),
            *("--server", self.line.url, "--key-file", str(self.folder / "agent.key")),
            *("--printer", f"file:{self.slips}", "--width", "58", "--kiosk-port", str(self.port)),
        ]
        env = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log, env=env)
        await until(self.answers, 60)

    async def answers(self) -> bool:
        """Whether its page can be asked."""
        async with a_browser(f"http://localhost:{self.port}") as page:
            with suppress(httpx2.HTTPError):
                return bool((await page.get("/view/kiosk")).status_code)
        return False

    async def shows(self, *, is_kept: bool) -> None:
        """Its touch screen shows the server's view, or the keeper's."""
        async with a_browser(f"http://localhost:{self.port}") as page:

            async def is_so() -> bool:
                with suppress(httpx2.HTTPError):
                    seen = (await page.get("/view/kiosk")).json()
                    return bool(seen.get("data", {}).get("is_kept") is is_kept)
                return False

            await until(is_so, 60)

    def knows_the_clinic(self) -> bool:
        """Whether it has kept what it needs without the server: facts and page."""
        with closing(sqlite3.connect(self.numbers, timeout=10)) as opened:
            (notes,) = opened.execute("SELECT count(*) FROM note WHERE name IN ('facts', 'view')").fetchone()
            (page,) = opened.execute("SELECT count(*) FROM file WHERE path = '/kiosk'").fetchone()
        return bool(notes == 2 and page)

    async def die(self, how: signal.Signals) -> None:
        """It is gone; after a power cut its database is what the disk has left."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.send_signal(how)
        await self.process.wait()
        self.deaths += 1
        if how is signal.SIGUSR1:
            for path in self.folder.glob(f"{self.numbers.name}*"):
                path.unlink()
            for left in (self.folder / "left").glob(f"{self.numbers.name}*"):
                left.rename(self.folder / left.name)


@dataclass
class Findings:
    """What became of the presses, and what was wrong, a line each."""

    numbers: int = 0
    slips: int = 0
    copies: int = 0
    deaths: int = 0
    online_s: float = 0.0
    offline_s: float = 0.0
    handed_in_s: float = 0.0
    off_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.numbers} numbers, {self.slips} slips and {self.copies} marked copies, {self.deaths} deaths; "
            f"press to slip {self.online_s * 1000:.0f} ms online, {self.offline_s * 1000:.0f} ms offline (median); "
            f"all handed in {self.handed_in_s:.1f} s after the server was back, cuts of the line included; "
            f"clocks off by {', '.join(f'{one:.0f} s' for one in self.off_s)}; {len(self.wrong)} wrong"
        )


async def press(kiosk: Kiosk, page: httpx2.AsyncClient, key: str) -> Press:
    """One touch, sent again until it is answered; the slip has come out."""
    made = Press(kiosk.index, key, time.monotonic())
    body = {"department": "GEN", "language": "en"}
    while not made.number:
        with suppress(httpx2.TransportError):
            answer = await page.post("/kiosk/tokens", json=body, headers={"Idempotency-Key": key})
            if answer.status_code == 201:
                made.number, made.answered = answer.json()["number"], time.monotonic()
                continue
        await take_time(0.05)
    slip = kiosk.slips / f"{made.number}-1.png"
    with suppress(TimeoutError):
        await until(slip.exists, 5)
        made.slip_s = time.monotonic() - made.began
    return made


async def presses(kiosk: Kiosk, count: int, deaths: Sequence[tuple[int, signal.Signals]]) -> list[Press]:
    """So many patients, one after the other; before some of them it dies."""
    made, dying = [], dict(deaths)
    async with a_browser(f"http://localhost:{kiosk.port}") as page:
        for index in range(count):
            touching = asyncio.create_task(press(kiosk, page, f"kiosk-{kiosk.index}-press-{index}"))
            if index in dying:
                await take_time(random.random() * 0.1)
                await kiosk.die(dying[index])
                await kiosk.start()
            made.append(await touching)
    return made


async def enrolled(services: Services, folder: Path, index: int, ahead_s: float) -> Kiosk:
    """A kiosk and its printer have their keys."""
    await asyncio.to_thread(folder.mkdir)
    place = f"door {index}"
    for kind, name in ((DeviceKind.AGENT, "agent.key"), (DeviceKind.KIOSK, "agent.key.kiosk")):
        key = await services.devices.registry.add(kind, f"{kind} {index}", place)
        await asyncio.to_thread((folder / name).write_text, key)
    return Kiosk(index, folder, Line(0), free_port(), ahead_s)


@asynccontextmanager
async def a_clinic_with_kiosks(folder: Path, count: int) -> AsyncIterator[tuple[list[Kiosk], Path]]:
    """A served clinic, and kiosks whose keepers know it; the last one's clock is three hours ahead."""
    database = folder / "queue.db"
    url = f"sqlite:///{database}"
    async with a_clinic(url, SettableClock(SystemClock().now())) as clinic:
        await end_the_day_later(clinic.services, SystemClock().now())
        enrolling = [
            enrolled(clinic.services, folder / f"kiosk{one}", one, AHEAD_S * (one == count - 1)) for one in range(count)
        ]
        kiosks = [await one for one in enrolling]
    async with AsyncExitStack() as stack:
        address, _ = await stack.enter_async_context(a_server(url, folder, SystemClock()))
        for kiosk in kiosks:
            kiosk.line.target = urlsplit(address).port or 0
            stack.push_async_callback(kiosk.line.cut)
            await kiosk.line.plug()
            await kiosk.start()
            stack.push_async_callback(kiosk.die, signal.SIGKILL)
        for kiosk in kiosks:
            await kiosk.shows(is_kept=False)
            await until(kiosk.knows_the_clinic, 60)
        yield kiosks, database


async def hand_in(kiosks: list[Kiosk], database: Path, wanted: int, cuts: int) -> float:
    """The server is back, and the line is cut so often meanwhile; seconds until every number is there."""
    began = time.monotonic()
    for done in range(cuts):
        for kiosk in kiosks:
            await kiosk.line.plug()
        with suppress(TimeoutError):
            await until(lambda: handed_in(database) > wanted * done // (cuts + 1), 5)  # noqa: B023
        for kiosk in kiosks:
            await kiosk.line.cut()
    for kiosk in kiosks:
        await kiosk.line.plug()
    with suppress(TimeoutError):
        await until(lambda: handed_in(database) >= wanted, 60)
    return time.monotonic() - began


def handed_in(database: Path) -> int:
    """How many kept numbers the server has."""
    with closing(sqlite3.connect(database, timeout=10)) as opened:
        return int(opened.execute("SELECT count(*) FROM kept_number").fetchone()[0])


async def attack(numbers: int, count: int, cuts: int, kills: int, chance: random.Random) -> Findings:
    """What was found after that many numbers of that many kiosks."""
    found = Findings()
    with tempfile.TemporaryDirectory() as name:
        async with a_clinic_with_kiosks(Path(name), count) as (kiosks, database):
            online = await presses(kiosks[0], ONLINE, [])
            for kiosk in kiosks:
                await kiosk.line.cut()
                await kiosk.shows(is_kept=True)
            each = numbers // count
            plans = [deaths_of(kiosk, each, kills, chance) for kiosk in kiosks]
            made = await asyncio.gather(
                *(presses(kiosk, each, plan) for kiosk, plan in zip(kiosks, plans, strict=True))
            )
            given = [one for some in made for one in some]
            found.handed_in_s = await hand_in(kiosks, database, len(given), cuts)
            found.deaths = sum(kiosk.deaths for kiosk in kiosks)
            found.online_s = statistics.median(one.slip_s or 9 for one in online)
            found.offline_s = statistics.median(one.slip_s or 9 for one in given)
            judge_paper(kiosks, given, found)
            async with open_services(f"sqlite:///{database}", SystemClock()) as services:
                await judge_queue(services, given, found)
    return found


def deaths_of(kiosk: Kiosk, each: int, kills: int, chance: random.Random) -> list[tuple[int, signal.Signals]]:
    """At which presses it dies; the first kiosk loses its power once, in the middle."""
    planned = [(at, signal.SIGKILL) for at in chance.sample(range(1, each), kills)]
    return [*planned, (each // 2, signal.SIGUSR1)] if kiosk.index == 0 else planned


def judge_paper(kiosks: list[Kiosk], given: list[Press], found: Findings) -> None:
    """Each number is on paper, once without a mark."""
    printed = [path.stem for kiosk in kiosks for path in kiosk.slips.glob("*.png")]
    kept = [name.rpartition("-") for name in printed]
    slips = Counter(number for number, _, _ in kept)
    found.numbers, found.slips = len({one.number for one in given}), len(set(slips) & {one.number for one in given})
    found.copies = sum(copy != "1" for _, _, copy in kept)
    twice = [number for number, times in Counter(one.number for one in given).items() if times > 1]
    found.wrong += [f"{number} was given twice" for number in twice]
    found.wrong += [f"{one.number} is not on paper" for one in given if one.number not in slips]


async def judge_queue(services: Services, given: list[Press], found: Findings) -> None:
    """All are in the queue once, and nobody stands before somebody who was answered earlier."""
    queue = await services.screens.token_pages.queue("GEN")
    standing = [token["number"] for token in queue["tokens"] if token["state"] == "waiting"]
    place = {number: index for index, number in enumerate(standing)}
    found.wrong += [f"{one.number} is not in the queue" for one in given if one.number not in place]
    found.wrong += [f"{number} is in the queue twice" for number, times in Counter(standing).items() if times > 1]
    known = [one for one in given if one.number in place]
    found.wrong += [
        f"{late.number} stands before {early.number}"
        for early in known
        for late in known
        if early.answered < late.began and place[late.number] < place[early.number]
    ]
    keepers = await services.devices.keepers.newest()
    found.off_s = [keeper.clock_off_s or 0 for keeper in keepers.values()]
    if not any(abs(off_s - AHEAD_S) < 60 for off_s in found.off_s):
        found.wrong.append("nobody is told that a clock is three hours ahead")


def main() -> int:
    """Exit status 1: something was wrong."""
    parser = arguments(__doc__, seconds=0)
    parser.add_argument("--numbers", type=int, default=300, help="how many, of all kiosks together (%(default)s)")
    parser.add_argument("--kiosks", type=int, default=3, help="how many (%(default)s)")
    given = parser.parse_args()
    print(f"--seed {given.seed}")
    found = asyncio.run(attack(given.numbers, given.kiosks, HAND_INS_CUT, 2, random.Random(given.seed)))
    print(found, *found.wrong[:20], sep="\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
