"""Writers that wait together share one commit, and nobody notices but the disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from queue_server.sources import Source
from queue_server.storage.engine.group_commit import Commit, GroupCommit
from queue_server.storage.engine.sqlite_in_loop import LoopConnection, loop_engine
from tests.waiting import until

ADD = text("INSERT INTO line (who) VALUES (:who)")


@dataclass
class Writers:
    """A group commit on a database with one table, what it has published, and how often it has begun and committed."""

    file: Path
    published: list[dict[Source, int]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    is_committing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, who TEXT NOT NULL)")
        engine = loop_engine(make_url(f"sqlite:///{self.file}"), pragmas=("busy_timeout=0",))
        self.connection: LoopConnection | None = None
        self.group = GroupCommit(partial(self._connect, engine), self._publish)

    def _connect(self, engine: Any) -> LoopConnection:
        self.connection = LoopConnection(engine)
        self.connection.driver.set_trace_callback(partial(self._note, asyncio.get_running_loop()))
        return self.connection

    def _note(self, loop: asyncio.AbstractEventLoop, statement: str) -> None:
        self.statements.append(statement)
        if statement == "COMMIT":
            loop.call_soon_threadsafe(self.is_committing.set)

    def _publish(self, commit: Commit) -> None:
        if commit.changed:
            self.published.append(dict(commit.changed))

    async def add(self, *names: str, then: Callable[[], object] = lambda: None, pause: int = 0) -> None:
        """One unit: it writes the names, one after the other, and does `then` before it ends."""
        async with self.group.unit() as (connection, commit):
            for name in names:
                await connection.execute(ADD, {"who": name})
                for _ in range(pause):
                    await asyncio.sleep(0)
            then()
            commit.changed.update(dict.fromkeys(map(Source, names), 1))

    def rows(self) -> list[str]:
        """What is committed, as another program sees it."""
        with closing(sqlite3.connect(self.file)) as connection:
            return [name for (name,) in connection.execute("SELECT who FROM line ORDER BY id")]

    @property
    def is_patient(self) -> bool:
        """Whether the thread waits for another program: it has tried again."""
        return self.count("BEGIN IMMEDIATE") > 1

    def count(self, statement: str) -> int:
        return self.statements.count(statement)


@pytest.fixture
async def writers(tmp_path: Path) -> AsyncIterator[Writers]:
    made = Writers(tmp_path / "queue.db")
    yield made
    await made.group.close()


@pytest.fixture
def other(writers: Writers) -> Iterator[sqlite3.Connection]:
    """Another program, which is writing."""
    with closing(sqlite3.connect(writers.file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def refuse() -> None:
    raise ValueError("no")


async def test_those_who_wait_together_share_one_commit_in_the_order_in_which_they_came(writers: Writers) -> None:
    names = [f"{place:02d}" for place in range(20)]

    await asyncio.gather(*(writers.add(name) for name in names))

    assert writers.rows() == names
    assert writers.count("BEGIN IMMEDIATE") == writers.count("COMMIT") == 1


async def test_nobody_hears_of_success_before_the_common_commit(writers: Writers) -> None:
    seen: list[tuple[list[str], list[dict[Source, int]]]] = []

    async def unit(name: str) -> None:
        await writers.add(name)
        seen.append((writers.rows(), writers.published.copy()))

    await asyncio.gather(unit("a"), unit("b"))

    assert seen == [(["a", "b"], [{"a": 1, "b": 1}])] * 2


async def test_a_unit_that_raises_is_rolled_back_alone(writers: Writers) -> None:
    units = [writers.add("a"), writers.add("b", "c", then=refuse), writers.add("d")]

    results = await asyncio.gather(*units, return_exceptions=True)

    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert writers.rows() == ["a", "d"]
    assert writers.published == [{"a": 1, "d": 1}]


async def test_a_commit_that_fails_fails_all_of_its_units_and_none_of_the_next(writers: Writers) -> None:
    await writers.add("before")
    assert writers.connection is not None
    # A foreign key that nobody keeps is noticed at the commit, like a disk that is full.
    for statement in (
        "CREATE TABLE child (of INTEGER REFERENCES line(id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER breaks AFTER INSERT ON line WHEN new.who = 'bad' BEGIN INSERT INTO child VALUES (-1); END",
    ):
        writers.connection.run(statement)

    results = await asyncio.gather(writers.add("a"), writers.add("bad"), writers.add("c"), return_exceptions=True)
    await writers.add("after")

    assert all(isinstance(result, Exception) for result in results)
    assert writers.rows() == ["before", "after"]
    assert writers.published == [{"before": 1}, {"after": 1}]


async def test_when_sqlite_itself_gives_up_all_of_the_group_fail_and_the_next_begins_anew(writers: Writers) -> None:
    async def gives_up() -> None:
        async with writers.group.unit() as (connection, _):
            connection.run("ROLLBACK")  # as SQLite does by itself on a full disk
            raise ValueError("no")

    results = await asyncio.gather(writers.add("a"), gives_up(), return_exceptions=True)
    await writers.add("after")

    assert [type(result) for result in results] == [ValueError, ValueError]
    assert writers.rows() == ["after"]


@pytest.mark.parametrize("turns", range(12))
async def test_a_cancelled_writer_is_there_wholly_or_not_at_all_and_holds_nobody_up(
    writers: Writers, turns: int
) -> None:
    first = asyncio.create_task(writers.add("a", pause=2))
    cancelled = asyncio.create_task(writers.add("b", "c", pause=2))
    last = asyncio.create_task(writers.add("d"))
    for _ in range(turns):
        await asyncio.sleep(0)

    cancelled.cancel()
    await asyncio.gather(first, last)
    await asyncio.gather(cancelled, return_exceptions=True)
    await writers.add("e")

    assert writers.rows() in (["a", "d", "e"], ["a", "b", "c", "d", "e"])
    published = {name for changed in writers.published for name in changed}
    assert published == set(writers.rows())


async def test_whoever_is_cancelled_while_the_disk_is_busy_has_been_committed(writers: Writers) -> None:
    writing = asyncio.create_task(writers.add("a"))
    await writers.is_committing.wait()

    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await writers.add("b")

    assert writers.rows() == ["a", "b"]
    assert writers.published == [{"a": 1}, {"b": 1}]


async def test_a_program_that_ends_all_of_its_tasks_while_the_disk_is_busy_can_still_write_its_last_lines(
    writers: Writers,
) -> None:
    writing = asyncio.create_task(writers.add("a"))
    await writers.is_committing.wait()

    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await asyncio.wait_for(writers.add("b"), 10)

    assert writers.rows() == ["a", "b"]
    assert writers.published == [{"a": 1}, {"b": 1}]


async def test_a_program_that_ends_all_of_its_tasks_while_another_writes_can_still_write_its_last_lines(
    writers: Writers, other: sqlite3.Connection
) -> None:
    writing = asyncio.create_task(writers.add("a"))
    await until(lambda: writers.is_patient)

    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    other.execute("COMMIT")
    await asyncio.wait_for(writers.add("b"), 10)

    assert writers.rows() == ["b"]


async def test_the_last_one_in_line_may_be_cancelled_and_the_others_are_committed(writers: Writers) -> None:
    first = asyncio.create_task(writers.add("a", pause=3))
    last = asyncio.create_task(writers.add("b"))
    await asyncio.sleep(0)
    last.cancel()

    await asyncio.wait_for(first, 10)

    assert writers.rows() == ["a"]


async def test_another_program_that_writes_is_waited_for_without_holding_up_the_loop(
    writers: Writers, other: sqlite3.Connection
) -> None:
    writing = asyncio.create_task(writers.add("a"))
    await until(lambda: writers.is_patient)
    assert not writing.done()

    other.execute("COMMIT")
    await asyncio.wait_for(writing, 10)

    assert writers.rows() == ["a"]


async def test_whoever_is_cancelled_while_waiting_for_another_program_leaves_no_lock_behind(
    writers: Writers, other: sqlite3.Connection
) -> None:
    writing = asyncio.create_task(writers.add("a"))
    await until(lambda: writers.is_patient)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    other.execute("COMMIT")

    await writers.group.close()

    other.execute("PRAGMA busy_timeout=0")
    other.execute("BEGIN IMMEDIATE")
    assert writers.rows() == []


async def test_the_patience_with_another_program_ends(
    writers: Writers, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queue_server.storage.engine.group_commit.PATIENCE_MS", 10)

    with pytest.raises(OperationalError, match="locked"):
        await writers.add("a")

    other.execute("COMMIT")
    await writers.add("b")
    assert writers.rows() == ["b"]


@dataclass(frozen=True)
class Unit:
    """What one writer does: write so many names, with so many turns for the others in between, and end how."""

    size: int
    pause: int
    end: str


UNITS = st.lists(
    st.builds(Unit, st.integers(1, 3), st.integers(0, 2), st.sampled_from(["well", "badly", "cancelled"])), max_size=12
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=UNITS, turns=st.lists(st.integers(0, 6), min_size=12, max_size=12))
async def test_together_they_leave_what_they_would_have_left_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, units: list[Unit], turns: list[int]
) -> None:
    writers = Writers(tmp_path_factory.mktemp("group") / "queue.db")
    finished: set[int] = set()

    async def run(place: int, unit: Unit) -> None:
        names = [f"{place}.{line}" for line in range(unit.size)]
        await writers.add(*names, then=refuse if unit.end == "badly" else lambda: None, pause=unit.pause)
        finished.add(place)

    tasks = []
    for place, (unit, wait) in enumerate(zip(units, turns, strict=False)):
        tasks.append(asyncio.create_task(run(place, unit)))
        for _ in range(wait):
            await asyncio.sleep(0)
        if unit.end == "cancelled":
            tasks[-1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await writers.group.close()

    rows = writers.rows()
    done = list(dict.fromkeys(int(name.split(".")[0]) for name in rows))
    one_by_one = [f"{place}.{line}" for place in done for line in range(units[place].size)]
    assert rows == one_by_one
    assert done == sorted(done)
    assert finished <= set(done) <= {place for place, unit in enumerate(units) if unit.end != "badly"}
    assert set(done) - finished <= {place for place, unit in enumerate(units) if unit.end == "cancelled"}
    assert {name for changed in writers.published for name in changed} == set(rows)
