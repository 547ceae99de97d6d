"""Units of work: committed whole or not at all, and heard of only then."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from queue_server import sources
from queue_server.clock import SteadyClock
from queue_server.domain.queue.events import Event
from queue_server.sources import Source
from queue_server.storage.engine import journal
from queue_server.storage.engine.setting_rows import save_setting, setting
from queue_server.storage.engine.store import Store, Transaction
from tests.clinics import MORNING, SettableClock
from tests.schemas import with_schema
from tests.storage.rows import GENERAL


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
async def store(database_url: str, clock: SettableClock) -> AsyncIterator[Store]:
    """A store of each kind with nothing in it."""
    await with_schema(database_url)
    made = Store(database_url, SteadyClock(clock))
    yield made
    await made.close()


async def kept(store: Store) -> object:
    """What the setting `x` is for whoever looks."""
    async with store.reading() as connection:
        return await setting(connection, "x")


async def test_what_was_done_is_there_after_a_clean_exit_and_not_before(store: Store) -> None:
    async with store.transaction() as work:
        await save_setting(work, "x", 1)
        meanwhile = await kept(store)

    assert (meanwhile, await kept(store)) == (None, 1)


async def test_after_an_exception_nothing_was_done_and_nobody_hears_of_it(store: Store) -> None:
    heard: list[Mapping[Source, int]] = []
    store.after_commit(heard.append)

    async def fail() -> None:
        async with store.transaction() as work:
            await save_setting(work, "x", 1)
            work.touch(sources.CLINIC)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert (await kept(store), heard, await store.revisions()) == (None, [], {})


async def test_every_commit_that_touches_a_source_gives_it_the_next_revision(store: Store) -> None:
    heard: list[Mapping[Source, int]] = []
    store.after_commit(heard.append)

    for touched in ({sources.CLINIC}, {sources.CLINIC, sources.DEVICES}, set[Source]()):
        async with store.transaction() as work:
            for source in touched:
                work.touch(source)

    assert heard == [{sources.CLINIC: 1}, {sources.CLINIC: 2, sources.DEVICES: 1}]
    assert await store.revisions() == {sources.CLINIC: 2, sources.DEVICES: 1}


async def test_listeners_are_told_in_the_order_in_which_they_asked(store: Store) -> None:
    told: list[str] = []
    for name in ("first", "second"):
        store.after_commit(lambda _, name=name: told.append(name))  # type: ignore[misc]

    async with store.transaction() as work:
        work.touch(sources.CLINIC)

    assert told == ["first", "second"]


async def test_a_follower_writes_in_the_same_commit_as_the_lines_that_it_follows(store: Store) -> None:
    seen: list[str] = []

    async def follow(work: Transaction, lines: Sequence[Event]) -> None:
        seen.extend(line.kind for line in lines)
        await save_setting(work, "x", seen)

    store.before_commit(follow)

    async with store.transaction() as work:
        work.record(Event("call", work.now, "system"))
    async with store.transaction():
        pass

    assert (seen, await kept(store)) == (["call"], ["call"])


async def test_a_follower_that_fails_lets_nothing_be_done(store: Store) -> None:
    async def fail(_: Transaction, __: Sequence[Event]) -> None:
        raise ZeroDivisionError

    async def change() -> None:
        async with store.transaction() as work:
            await save_setting(work, "x", 1)
            work.record(Event("call", work.now, "system"))

    store.before_commit(fail)

    with pytest.raises(ZeroDivisionError):
        await change()

    assert await kept(store) is None
    async with store.reading() as connection:
        assert not await journal.has_unsealed(connection)
        assert (await journal.head(connection))[0] == 0


async def test_a_line_of_a_department_touches_it(work: Transaction) -> None:
    work.record(Event("call", work.now, "system", department_id=GENERAL))
    work.record(Event("call", work.now, "system"))

    assert work.touched == {sources.department(GENERAL)}


async def test_a_line_is_sealed_at_once_where_there_is_one_writer(store: Store) -> None:
    async with store.transaction() as work:
        work.record(Event("call", work.now, "system"))

    async with store.reading() as connection:
        number, _ = await journal.head(connection)
        assert (number, await journal.has_unsealed(connection)) == ((0, True) if store.is_postgres else (1, False))


async def test_time_stands_still_in_a_transaction_until_it_has_waited_for_a_lock(
    store: Store, clock: SettableClock
) -> None:
    async with store.transaction() as work:
        clock.forward(seconds=5)
        began = work.now
        work.has_lock()

        assert (began, work.now) == (MORNING, MORNING + timedelta(seconds=5))


async def test_a_clock_that_was_put_back_tells_nothing_earlier_than_the_journal(
    store: Store, clock: SettableClock, database_url: str
) -> None:
    async with store.transaction() as work:
        work.record(Event("call", work.now, "system"))
    clock.forward(hours=-1)
    again = Store(database_url, SteadyClock(clock))

    await again.open()

    async with again.transaction() as work:
        assert work.now >= MORNING
    await again.close()


async def test_a_look_is_of_one_moment(store: Store) -> None:
    async with store.reading() as connection:
        before = await setting(connection, "x")
        async with store.transaction() as work:
            await save_setting(work, "x", 1)

        assert (before, await setting(connection, "x")) == (None, None)


async def test_who_watches_lines_hears_which_entries_have_changed_before_others_hear_of_the_commit(
    store: Store,
) -> None:
    told: list[object] = []
    store.watch_lines(lambda change: told.append((change.department_id, change.rev, change.ids)))
    store.after_commit(told.append)
    queue = sources.department(5)

    async with store.transaction() as work:
        work.entry_changed(5, 1)
        work.entry_changed(5, 2)
        work.touch(queue)
    async with store.transaction() as work:
        work.any_entry_changed()
        work.touch(queue)

    assert told == [(5, 1, frozenset({1, 2})), {queue: 1}, {queue: 2}]


async def test_a_source_has_a_revision_when_it_was_touched(store: Store) -> None:
    async with store.transaction() as work:
        work.touch(sources.CLINIC)

    assert await store.revisions() == {sources.CLINIC: 1}


async def test_a_database_that_answers_is_well(store: Store) -> None:
    await store.ping()


async def test_a_server_that_hangs_in_the_middle_of_a_change_gives_its_locks_back(store: Store) -> None:
    if not store.is_postgres:
        return
    async with store.transaction() as work:
        gives_up = await work.connection.scalar(text("SHOW idle_in_transaction_session_timeout"))
        probes = await work.connection.scalar(text("SHOW tcp_keepalives_idle"))

    assert gives_up == "15s"
    assert probes in {"5", "0"}, "0: a unix socket, whose other end cannot be cut off"
