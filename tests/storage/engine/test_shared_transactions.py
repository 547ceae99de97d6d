"""Writers who wait for the same department share one transaction, and nobody notices but PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queue_server import sources
from queue_server.domain.errors import DatabaseAway
from queue_server.sources import Source
from queue_server.storage.engine.engines import database_url
from queue_server.storage.engine.group_commit import Commit, EntriesChanged
from queue_server.storage.engine.postgres_connections import PostgresConnection, PostgresConnections
from queue_server.storage.engine.shared_transactions import SharedTransactions
from tests.postgres import PostgresServer
from tests.waiting import until

pytestmark = pytest.mark.postgres

ADD = "INSERT INTO line (who) VALUES ($1)"
ROWS = "SELECT who FROM line ORDER BY id"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"
GENERAL, LABORATORY = 1, 2


@dataclass
class Writers:
    """Shared transactions on a database with one table more and two departments; what they publish."""

    url: str
    other: asyncpg.Connection
    published: list[Commit] = field(default_factory=list)
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.connections = PostgresConnections(database_url(self.url), size=4)
        self.group = SharedTransactions(self.connections, self._publish)

    def _publish(self, commit: Commit) -> None:
        if commit.changed:
            self.published.append(commit)

    async def add(
        self,
        *names: str,
        department: int | None = GENERAL,
        then: Callable[[PostgresConnection], Any] = lambda _: None,
        pause: int = 0,
    ) -> None:
        """One unit: it writes the names, one after the other, and does `then` before it ends."""
        async with self.group.unit(department) as (connection, commit):
            for name in names:
                await connection.fetch(ADD, [name])
                for _ in range(pause):
                    await asyncio.sleep(0)
            if (doing := then(connection)) is not None:
                await doing
            commit.touch(set(map(Source, names)), {})

    async def rows(self) -> list[str]:
        """What is committed, as another program sees it."""
        async with self.looking:
            return [row["who"] for row in await self.other.fetch(ROWS)]

    @property
    def told(self) -> set[str]:
        """The names whose change was published."""
        return {name for commit in self.published for name in commit.changed}

    def is_blocked(self) -> Any:
        """Whether somebody waits for a lock."""
        return self.other.fetchval(f"SELECT ({WAITING}) > 0")


@pytest.fixture
async def other(migrated_postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Another program on the same database."""
    made = await asyncpg.connect(migrated_postgres_url)
    await made.execute("CREATE TABLE line (id SERIAL PRIMARY KEY, who TEXT NOT NULL)")
    for department, code in ((GENERAL, "GEN"), (LABORATORY, "LAB")):
        await made.execute(
            "INSERT INTO department (id, code, prefix, names, icon, colour, position, is_open, return_after, credits, "
            "pace_s, is_removed) VALUES ($1, $2, $2, '{}', 'general', 'teal', 1, true, 3, '{}', 300, false)",
            department,
            code,
        )
    yield made
    await made.close()


@pytest.fixture
async def writers(migrated_postgres_url: str, other: asyncpg.Connection) -> AsyncIterator[Writers]:
    made = Writers(migrated_postgres_url, other)
    yield made
    await made.group.close()


def refuse(_: object) -> None:
    raise ValueError("no")


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How transactions and savepoints begin and end, as it is sent."""
    sent: list[str] = []
    run = PostgresConnection.run

    async def note_and_run(connection: PostgresConnection, statements: str) -> None:
        sent.append(statements)
        await run(connection, statements)

    monkeypatch.setattr(PostgresConnection, "run", note_and_run)
    return sent


async def test_those_who_wait_together_share_one_commit_in_the_order_in_which_they_came(
    writers: Writers, frames: list[str]
) -> None:
    names = [f"{place:02d}" for place in range(20)]

    await asyncio.gather(*(writers.add(name) for name in names))

    assert await writers.rows() == names
    assert (frames.count("BEGIN"), frames.count("COMMIT"), len(frames)) == (1, 1, 21)


async def test_a_crowd_is_committed_some_at_a_time(
    writers: Writers, frames: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queue_server.storage.engine.shared_transactions.LARGEST_GROUP", 5)
    names = [f"{place:02d}" for place in range(20)]

    await asyncio.gather(*(writers.add(name) for name in names))

    assert await writers.rows() == names
    assert frames.count("COMMIT") == 4


async def test_nobody_hears_of_success_before_the_common_commit(writers: Writers) -> None:
    seen: list[tuple[list[str], set[str]]] = []

    async def unit(name: str) -> None:
        await writers.add(name)
        told = writers.told
        seen.append((await writers.rows(), told))

    await asyncio.gather(unit("a"), unit("b"))

    assert seen == [(["a", "b"], {"a", "b"})] * 2


@pytest.mark.parametrize("place", range(3))
async def test_a_unit_that_raises_is_undone_alone(writers: Writers, place: int) -> None:
    units = [writers.add("a"), writers.add("b"), writers.add("d")]
    units.insert(place, writers.add("x", "y", then=refuse))

    results = await asyncio.gather(*units, return_exceptions=True)

    assert [type(one) for one in results].index(ValueError) == place
    assert await writers.rows() == ["a", "b", "d"]
    assert writers.told == {"a", "b", "d"}


async def test_a_unit_whose_statement_fails_is_undone_alone(writers: Writers) -> None:
    def nonsense(connection: PostgresConnection) -> Any:
        return connection.fetch("SELECT 1/0", [])

    results = await asyncio.gather(
        writers.add("a"), writers.add("b", then=nonsense), writers.add("c"), return_exceptions=True
    )

    assert [one is None for one in results] == [True, False, True]
    assert await writers.rows() == ["a", "c"]


async def test_a_commit_that_fails_fails_all_of_its_units_and_none_of_the_next(writers: Writers) -> None:
    await writers.add("before")
    # A foreign key that nobody keeps is noticed at the commit.
    await writers.other.execute(
        "CREATE TABLE child (of_line INTEGER REFERENCES line(id) DEFERRABLE INITIALLY DEFERRED)"
    )

    def bad(connection: PostgresConnection) -> Any:
        return connection.fetch("INSERT INTO child VALUES (-1)", [])

    results = await asyncio.gather(
        writers.add("a"), writers.add("bad", then=bad), writers.add("c"), return_exceptions=True
    )
    await writers.add("after")

    assert all(isinstance(result, Exception) for result in results)
    assert await writers.rows() == ["before", "after"]
    assert writers.told == {"before", "after"}


async def test_a_connection_that_is_lost_fails_all_of_the_group_and_the_next_begins_anew(writers: Writers) -> None:
    async def cut_off(_: PostgresConnection) -> None:
        await writers.other.execute(CUT_OFF, writers.other.get_server_pid())
        await asyncio.gather(writers.rows())

    results = await asyncio.gather(
        writers.add("a"), writers.add("b", then=cut_off), writers.add("c"), return_exceptions=True
    )
    await writers.add("after")

    assert results[0] is not None
    assert [row for row in await writers.rows() if row not in {"c"}] == ["after"]
    assert writers.told == set(await writers.rows())


async def test_the_group_gives_each_source_one_revision_and_tells_the_others_once(writers: Writers) -> None:
    heard: list[str] = []
    department = sources.department(GENERAL)
    await writers.other.add_listener(sources.CHANNEL, lambda *of: heard.append(of[-1]))

    async def unit(entry: int) -> None:
        async with writers.group.unit(GENERAL) as (_, commit):
            commit.touch({department, Source(f"x{entry}")}, {GENERAL: {entry}})

    await asyncio.gather(*map(unit, range(3)))

    (commit,) = writers.published
    assert commit.changed == {department: 1, "x0": 1, "x1": 1, "x2": 1}
    assert commit.entries == [EntriesChanged(GENERAL, 1, frozenset({0, 1, 2}))]
    await until(lambda: len(heard) == 4)
    assert [sources.heard(one) for one in heard] == list(commit.changed.items())


async def test_where_one_unit_kept_no_list_nobody_is_told_which_entries_changed(writers: Writers) -> None:
    async def unit(ids: dict[int, set[int]] | None) -> None:
        async with writers.group.unit(GENERAL) as (_, commit):
            commit.touch({sources.department(GENERAL)}, ids)

    await asyncio.gather(unit({GENERAL: {1}}), unit(None), unit({GENERAL: {2}}))

    assert [commit.entries for commit in writers.published] == [[]]


async def test_departments_go_on_in_parallel_and_so_do_those_without_one(writers: Writers) -> None:
    is_in, may_go_on = asyncio.Event(), asyncio.Event()

    async def stays(_: PostgresConnection) -> None:
        is_in.set()
        await may_go_on.wait()

    staying = asyncio.create_task(writers.add("a", then=stays))
    await is_in.wait()

    await writers.add("b", department=LABORATORY)
    await asyncio.gather(writers.add("c", department=None), writers.add("d", department=None))
    before = await writers.rows()
    may_go_on.set()
    await staying

    assert sorted(before) == ["b", "c", "d"]
    assert sorted(await writers.rows()) == ["a", "b", "c", "d"]


async def test_another_process_that_holds_the_department_is_waited_for(writers: Writers) -> None:
    async with writers.other.transaction():
        await writers.other.execute("SELECT id FROM department WHERE id = $1 FOR UPDATE", GENERAL)
        adding = asyncio.gather(writers.add("a"), writers.add("b"))
        await until(writers.is_blocked)
        before = await writers.rows()
    await adding

    assert (before, await writers.rows()) == ([], ["a", "b"])


async def test_whoever_is_cancelled_while_another_process_holds_the_department_leaves_the_others_in_line(
    writers: Writers,
) -> None:
    async with writers.other.transaction():
        await writers.other.execute("SELECT id FROM department WHERE id = $1 FOR UPDATE", GENERAL)
        first, second = (asyncio.create_task(writers.add(name)) for name in "ab")
        await until(writers.is_blocked)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    await second

    assert (first.cancelled(), await writers.rows()) == (True, ["b"])


@pytest.mark.parametrize("turns", range(12))
async def test_a_cancelled_writer_is_there_wholly_or_not_at_all_and_holds_nobody_up(
    writers: Writers, turns: int
) -> None:
    first = asyncio.create_task(writers.add("a", pause=2))
    cancelled = asyncio.create_task(writers.add("b", "c", pause=2))
    last = asyncio.create_task(writers.add("d"))
    for _ in range(turns):
        await writers.other.fetchval("SELECT 1")

    cancelled.cancel()
    await asyncio.gather(first, last)
    await asyncio.gather(cancelled, return_exceptions=True)
    await writers.add("e")

    assert await writers.rows() in (["a", "d", "e"], ["a", "b", "c", "d", "e"])
    assert writers.told == set(await writers.rows())


async def test_whoever_is_cancelled_while_the_others_are_at_work_has_been_committed(writers: Writers) -> None:
    is_in, may_go_on = asyncio.Event(), asyncio.Event()

    async def stays(_: PostgresConnection) -> None:
        is_in.set()
        await may_go_on.wait()

    done = asyncio.create_task(writers.add("a"))
    staying = asyncio.create_task(writers.add("b", then=stays))
    await is_in.wait()
    done.cancel()
    await asyncio.gather(done, return_exceptions=True)
    may_go_on.set()
    await staying

    assert (done.cancelled(), await writers.rows(), writers.told) == (True, ["a", "b"], {"a", "b"})


async def test_a_program_that_ends_all_of_its_tasks_can_still_write_its_last_lines(writers: Writers) -> None:
    writing = asyncio.gather(writers.add("a", pause=2), writers.add("b", pause=2), return_exceptions=True)
    await asyncio.sleep(0)

    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await asyncio.wait_for(writers.add("c"), 10)

    assert (await writers.rows())[-1] == "c"


async def test_all_who_wait_hear_at_once_that_the_database_is_away(
    migrated_postgres_url: str, other: asyncpg.Connection, postgres_server: PostgresServer, frames: list[str]
) -> None:
    writers = Writers(migrated_postgres_url, other)
    tried = 0
    begun = writers.connections.begun

    async def counted() -> PostgresConnection:
        nonlocal tried
        tried += 1
        await asyncio.sleep(0)  # the way to a server takes time, in which the others come
        return await begun()

    writers.connections.begun = counted  # type: ignore[method-assign]
    with postgres_server.stopped():
        results = await asyncio.gather(*(writers.add(name) for name in "abc"), return_exceptions=True)
    await writers.add("d")

    assert ([type(one) for one in results], tried) == ([DatabaseAway] * 3, 2)
    await writers.group.close()


async def test_closing_waits_for_whoever_has_begun(writers: Writers) -> None:
    adding = asyncio.gather(*(writers.add(name, pause=2) for name in "abc"))
    await asyncio.sleep(0)

    await writers.group.close()
    await adding

    assert await writers.rows() == ["a", "b", "c"]


@dataclass(frozen=True)
class Unit:
    """What one writer does: write so many names, with so many turns for the others in between, and end how."""

    size: int
    pause: int
    department: int | None
    end: str


UNITS = st.lists(
    st.builds(
        Unit,
        st.integers(1, 3),
        st.integers(0, 2),
        st.sampled_from([GENERAL, GENERAL, LABORATORY, None]),
        st.sampled_from(["well", "badly", "in error", "cancelled"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=UNITS, turns=st.lists(st.integers(0, 12), min_size=12, max_size=12))
async def test_together_they_leave_what_they_would_have_left_one_by_one(
    migrated_postgres_url: str, other: asyncpg.Connection, units: list[Unit], turns: list[int]
) -> None:
    await other.execute("TRUNCATE line; TRUNCATE revision")
    writers = Writers(migrated_postgres_url, other)
    finished: set[int] = set()
    ends = {"badly": refuse, "in error": lambda connection: connection.fetch("SELECT 1/0", [])}

    async def run(place: int, unit: Unit) -> None:
        names = [f"{place}.{line}" for line in range(unit.size)]
        then = ends.get(unit.end, lambda _: None)
        await writers.add(*names, department=unit.department, then=then, pause=unit.pause)
        finished.add(place)

    tasks = []
    for place, (unit, wait) in enumerate(zip(units, turns, strict=False)):
        tasks.append(asyncio.create_task(run(place, unit)))
        for _ in range(wait):
            await other.fetchval("SELECT 1")
        if unit.end == "cancelled":
            tasks[-1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await writers.group.close()

    rows = await writers.rows()
    done = list(dict.fromkeys(int(name.split(".")[0]) for name in rows))
    for department in (GENERAL, LABORATORY):
        mine = [place for place in done if units[place].department == department]
        written = [name for name in rows if int(name.split(".")[0]) in mine]
        assert written == [f"{place}.{line}" for place in mine for line in range(units[place].size)]
        assert mine == sorted(mine)
    assert len(rows) == sum(units[place].size for place in done)
    assert finished <= set(done) <= {at for at, unit in enumerate(units) if unit.end in {"well", "cancelled"}}
    assert set(done) - finished <= {place for place, unit in enumerate(units) if unit.end == "cancelled"}
    assert writers.told == set(rows)
    assert {
        row["source"]: row["rev"] for row in await other.fetch("SELECT source, rev FROM revision")
    } == dict.fromkeys(rows, 1)
