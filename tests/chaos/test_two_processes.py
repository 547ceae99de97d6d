"""Two server processes on one PostgreSQL keep every screen in step, also when the database cuts their lines."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from queue_server.clock import SystemClock
from queue_server.domain.devices.devices import DeviceKind
from tests.browser.conftest import free_port
from tests.chaos.screens import PATIENCE_S, Screen, a_screen, bearer
from tests.clinics import SettableClock, a_clinic, end_the_day_later
from tests.processes import ServerProgram, a_program
from tests.running import a_browser
from tests.waiting import take_time

pytestmark = pytest.mark.postgres

TOKENS = 12

#: The state of an open connection in /proc/net/tcp.
ESTABLISHED = "01"


@dataclass
class Keys:
    """What opens the clinic."""

    program: str
    display: str


@pytest.fixture
async def keys(postgres_url: str) -> Keys:
    """The keys of a clinic in the database, where a dozen patients wait."""
    now = SystemClock().now()
    async with a_clinic(postgres_url, SettableClock(now - timedelta(minutes=1))) as clinic:
        await end_the_day_later(clinic.services, now)
        for _ in range(TOKENS):
            await clinic.issue()
        return Keys(
            await clinic.services.programs.keys.add("test"),
            await clinic.services.devices.registry.add(DeviceKind.DISPLAY, "Display", "main"),
        )


@asynccontextmanager
async def displays(url: str, key: str, count: int) -> AsyncIterator[list[Screen]]:
    """So many displays of the server at the address, each on a line of its own."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(a_screen(url, "/ws/board/main", key)) for _ in range(count)]


async def call_next(url: str, key: str, room: str = "1") -> str:
    """Press "next" on a connection of its own; the number that was called."""
    async with a_browser(url, headers=bearer(key), timeout_s=PATIENCE_S) as client:
        answer = await client.post(f"/api/v1/rooms/{room}/call-next")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["number"])


async def all_show(screens: list[Screen], calls: list[str]) -> None:
    """Every screen shows exactly these calls, in this order."""
    await asyncio.gather(*(screen.shows(lambda shown: shown.called == calls) for screen in screens))


def workers(server: ServerProgram) -> list[int]:
    """The ids of the processes that the program has started to serve; a moment after its start not yet both."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def lines_of(pid: int, port: int) -> int:
    """How many connections to the port the process holds."""
    held = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            held.add(str(link.readlink()))
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = [row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED]
    return sum(f"socket:[{inode}]" in held for inode in inodes)


async def test_two_workers_keep_the_displays_of_both_in_step(postgres_url: str, keys: Keys, tmp_path: Path) -> None:
    arguments = ("serve", "--database-url", postgres_url, "--workers", 2, "--data", tmp_path)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(a_program(*arguments, port=free_port(), log=tmp_path / "log"))
        shown: list[Screen] = []
        # The kernel chooses which worker takes a line: more are opened until both have some.
        async with asyncio.timeout(PATIENCE_S):
            while sum(lines_of(pid, server.port) > 0 for pid in workers(server)) < 2:
                shown += await stack.enter_async_context(displays(server.url, keys.display, 2))

        calls = [await call_next(server.url, keys.program, room) for room in "121212"]

        await all_show(shown, calls)
        assert await server.stop() == 0, server.said


async def test_displays_heal_when_the_database_cuts_every_line(postgres_url: str, keys: Keys, tmp_path: Path) -> None:
    arguments = ("serve", "--database-url", postgres_url, "--data", tmp_path)
    async with (
        a_program(*arguments, port=free_port(), log=tmp_path / "one.log") as one,
        a_program(*arguments, port=free_port(), log=tmp_path / "other.log") as other,
        displays(one.url, keys.display, 2) as of_one,
        displays(other.url, keys.display, 2) as of_other,
    ):
        calls = [await call_next(one.url, keys.program)]
        await all_show(of_one + of_other, calls)

        async with a_connection(postgres_url) as database:
            await cut_every_line(database)
            calls += [await call_next(one.url, keys.program), await call_next(other.url, keys.program, "2")]
            await all_show(of_one + of_other, calls)
            await notifications_arrive(database, of_one + of_other)

        assert (await one.stop(), await other.stop()) == (0, 0)


@asynccontextmanager
async def a_connection(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A line of the test's own to the database."""
    connection = await asyncpg.connect(postgres_url)
    try:
        yield connection
    finally:
        await connection.close()


async def cut_every_line(database: asyncpg.Connection) -> None:
    """As when PostgreSQL restarts: every connection to this database but the test's own ends."""
    ended = await database.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    assert len(ended) >= 2


async def notifications_arrive(database: asyncpg.Connection, screens: list[Screen]) -> None:
    """The servers listen again: they hear of a change that no poll can find, as the table of revisions has none."""
    await database.execute("""UPDATE department SET names = '{"en": "Everything"}' WHERE code = 'GEN'""")
    async with asyncio.timeout(PATIENCE_S):
        for revision in itertools.count(1_000_000):
            await database.execute("SELECT pg_notify('queue', $1)", f"clinic {revision}")
            if all(screen.data["departments"][0]["names"]["en"] == "Everything" for screen in screens):
                return
            await take_time(0.1)
