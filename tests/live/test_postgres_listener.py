"""Changes made by other processes are heard, against a real PostgreSQL."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import pytest

from queue_server.live.postgres_listener import PostgresListener
from queue_server.sources import Source
from tests.waiting import until

pytestmark = pytest.mark.postgres


class Heard:
    """What a listener reported."""

    def __init__(self) -> None:
        self.changes: list[tuple[object, ...]] = []
        self.gaps = 0

    def on_change(self, source: str, rev: int) -> None:
        self.changes.append((source, rev))

    def on_entries(self, *told: object) -> None:
        self.changes.append(told)

    def on_gap(self) -> None:
        self.gaps += 1


class Revisions:
    """What a poll of the database would find."""

    def __init__(self, newest: dict[str, int]) -> None:
        self.newest = newest
        self.polls = 0

    async def poll(self) -> Mapping[Source, int]:
        self.polls += 1
        return {Source(name): rev for name, rev in self.newest.items()}

    async def are_known(self, heard: Heard) -> None:
        """Wait until the listener listens and has polled, then forget what it reported of its beginning."""
        await until(lambda: heard.gaps == 1)
        await self.are_polled_again()
        heard.changes.clear()

    async def are_polled_again(self) -> None:
        """Wait until the answers of at least two further polls were taken in."""
        before = self.polls
        await until(lambda: self.polls >= before + 3)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def other_process(postgres_url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def notify(connection: Any, payload: str) -> None:
    await connection.execute("SELECT pg_notify('queue', $1)", payload)


async def kill_listeners(connection: Any) -> int:
    """End every other connection to this database, as a restart or a firewall would; return how many there were."""
    ended = await connection.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return len(ended)


async def test_a_change_that_another_process_committed_is_heard(
    postgres_url: str, heard: Heard, other_process: Any
) -> None:
    async with PostgresListener(postgres_url, heard.on_change, heard.on_gap).running():
        await until(lambda: heard.gaps == 1)
        await notify(other_process, "department:3 418")
        await notify(other_process, "agent:front desk 7")
        await until(lambda: len(heard.changes) == 2)

    assert heard.changes == [("department:3", 418), ("agent:front desk", 7)]


async def test_which_entries_changed_is_heard_before_that_something_did(
    postgres_url: str, heard: Heard, other_process: Any
) -> None:
    listener = PostgresListener(postgres_url, heard.on_change, heard.on_gap, on_entries=heard.on_entries)
    async with listener.running():
        await until(lambda: heard.gaps == 1)
        async with other_process.transaction():
            await other_process.execute("SELECT pg_notify('queue_entries', 'department:3 418 7,12')")
            await other_process.execute("SELECT pg_notify('queue_entries', 'nonsense')")
            await notify(other_process, "department:3 418")
        await until(lambda: len(heard.changes) == 2)

    assert heard.changes == [(3, 418, frozenset({7, 12})), ("department:3", 418)]


async def test_what_was_not_committed_is_not_heard(postgres_url: str, heard: Heard, other_process: Any) -> None:
    async with PostgresListener(postgres_url, heard.on_change, heard.on_gap).running():
        await until(lambda: heard.gaps == 1)
        transaction = other_process.transaction()
        await transaction.start()
        await notify(other_process, "department:3 418")
        await transaction.rollback()
        await notify(other_process, "department:3 419")
        await until(lambda: bool(heard.changes))

    assert heard.changes == [("department:3", 419)]


async def test_after_a_lost_line_everything_counts_as_changed_and_changes_are_heard_again(
    postgres_url: str, heard: Heard, other_process: Any
) -> None:
    listener = PostgresListener(postgres_url, heard.on_change, heard.on_gap, interval_s=60)
    async with listener.running():
        await until(lambda: heard.gaps == 1)
        assert await kill_listeners(other_process) == 1
        await until(lambda: heard.gaps == 2)
        await notify(other_process, "department:3 420")
        await until(lambda: bool(heard.changes))

    assert heard.changes == [("department:3", 420)]


async def test_a_line_that_died_silently_is_healed_by_the_poll(postgres_url: str, heard: Heard) -> None:
    revisions = Revisions({"department:3": 1, "prints": 5})
    listener = PostgresListener(postgres_url, heard.on_change, heard.on_gap, revisions.poll, interval_s=0.02)
    async with listener.running():
        await revisions.are_known(heard)
        revisions.newest["department:3"] = 2
        await revisions.are_polled_again()

    assert heard.changes == [("department:3", 2)]


async def test_the_poll_does_not_repeat_what_was_heard(postgres_url: str, heard: Heard, other_process: Any) -> None:
    revisions = Revisions({"department:3": 1})
    listener = PostgresListener(postgres_url, heard.on_change, heard.on_gap, revisions.poll, interval_s=0.02)
    async with listener.running():
        await revisions.are_known(heard)
        await notify(other_process, "department:3 2")
        await until(lambda: bool(heard.changes))
        revisions.newest["department:3"] = 2
        await revisions.are_polled_again()

    assert heard.changes == [("department:3", 2)]


async def test_revisions_that_went_back_with_a_restored_backup_are_believed(
    postgres_url: str, heard: Heard, other_process: Any
) -> None:
    revisions = Revisions({"department:3": 100})
    listener = PostgresListener(postgres_url, heard.on_change, heard.on_gap, revisions.poll, interval_s=0.02)
    async with listener.running():
        await revisions.are_known(heard)
        revisions.newest["department:3"] = 5
        await kill_listeners(other_process)
        await until(lambda: bool(heard.changes))

    assert heard.changes == [("department:3", 5)]


async def test_a_line_that_no_longer_answers_is_given_up(
    postgres_url: str, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    """A proxy that swallows everything after the first connection stands for a network that drops packets."""
    swallowing = asyncio.Event()
    relays: set[asyncio.Task[None] | None] = set()

    async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            if not swallowing.is_set():
                target.write(data)
        target.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relays.add(asyncio.current_task())
        directory = postgres_url.partition("host=")[2]
        server_reader, server_writer = await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.5432")
        try:
            await asyncio.gather(carry(reader, server_writer), carry(server_reader, writer))
        finally:
            writer.close()
            server_writer.close()

    proxy = await asyncio.start_server(relay, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    dsn = postgres_url.partition("?")[0].replace("@/", f"@127.0.0.1:{port}/")
    async with PostgresListener(dsn, heard.on_change, heard.on_gap, interval_s=0.1, answer_timeout_s=0.2).running():
        await until(lambda: heard.gaps == 1)
        swallowing.set()
        await until(lambda: "the line to PostgreSQL is down" in caplog.text)
        swallowing.clear()
        await until(lambda: heard.gaps == 2)
    proxy.close()
    await asyncio.gather(*filter(None, relays), return_exceptions=True)


async def test_a_server_that_is_away_at_the_start_is_waited_for(heard: Heard, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    listener = PostgresListener("postgresql://postgres:hidden@127.0.0.1:1/none", heard.on_change, heard.on_gap)
    async with listener.running():
        await until(lambda: caplog.text.count("the line to PostgreSQL is down") >= 2)

    assert heard.gaps == 0
    assert "hidden" not in caplog.text


async def test_a_poll_that_fails_is_logged_once_and_goes_on(
    postgres_url: str, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    polls = 0

    async def poll() -> Mapping[Source, int]:
        nonlocal polls
        polls += 1
        if polls <= 3:
            raise RuntimeError
        return {Source("department:3"): 1}

    listener = PostgresListener(postgres_url, heard.on_change, heard.on_gap, poll, interval_s=0.01)
    async with listener.running():
        await until(lambda: heard.changes == [("department:3", 1)])

    assert caplog.text.count("revisions could not be polled") == 1


@pytest.mark.parametrize("payload", ["", "department:3", "department:3 x", "department:3 -1", " 5"])
async def test_a_notification_that_nobody_understands_counts_as_a_gap(
    postgres_url: str, heard: Heard, other_process: Any, payload: str
) -> None:
    async with PostgresListener(postgres_url, heard.on_change, heard.on_gap).running():
        await until(lambda: heard.gaps == 1)
        await notify(other_process, payload)
        await until(lambda: heard.gaps == 2)

    assert heard.changes == []


async def test_a_callback_that_fails_does_not_stop_the_listening(
    postgres_url: str, heard: Heard, other_process: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def on_change(source: str, rev: int) -> None:
        heard.on_change(source, rev)
        raise RuntimeError

    async with PostgresListener(postgres_url, on_change, heard.on_gap).running():
        await until(lambda: heard.gaps == 1)
        await notify(other_process, "department:3 1")
        await notify(other_process, "department:3 2")
        await until(lambda: len(heard.changes) == 2)

    assert caplog.text.count("a change could not be passed on") == 2
