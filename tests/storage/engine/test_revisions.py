"""Revisions: each commit gives what it touched the next one, and the other processes hear of it."""

from __future__ import annotations

import asyncpg
import pytest

from queue_server import sources
from queue_server.sources import Source
from queue_server.storage.engine import revisions
from queue_server.storage.engine.engines import database_url
from queue_server.storage.engine.group_commit import Commit, EntriesChanged
from queue_server.storage.engine.postgres_connections import PostgresConnections
from queue_server.storage.engine.store import Transaction
from queue_server.storage.engine.together import together
from tests.waiting import until

X = Source("x")


async def test_a_source_that_was_never_touched_has_none_and_then_one_after_the_other(work: Transaction) -> None:
    (before,) = await together(work.connection, revisions.looking_for(X))

    counted = [await revisions.next_of(work.connection, X) for _ in range(3)]

    assert (list(before), counted) == ([], [1, 2, 3])
    ((after,),) = await together(work.connection, revisions.looking_for(X))
    assert after.rev == 3


@pytest.mark.postgres
async def test_what_a_commit_has_touched_is_counted_and_told_in_the_order_of_names(migrated_postgres_url: str) -> None:
    heard, entries = list[str](), list[str]()
    other = await asyncpg.connect(migrated_postgres_url)
    await other.add_listener(sources.CHANNEL, lambda *of: heard.append(of[-1]))
    await other.add_listener(sources.ENTRIES_CHANNEL, lambda *of: entries.append(of[-1]))
    connections = PostgresConnections(database_url(migrated_postgres_url), size=1)
    department, commits = sources.department(3), [Commit() for _ in range(5)]
    commits[0].touch({X}, {})
    commits[1].touch({X, department}, {3: {7, 12}})
    commits[3].touch({department}, None)
    commits[4].touch({department}, {})

    for commit in commits:
        async with connections.transaction() as connection:
            await revisions.count(connection, commit)

    changed = [{X: 1}, {department: 1, X: 2}, {}, {department: 2}, {department: 3}]
    assert [commit.changed for commit in commits] == changed
    assert commits[1].entries == [EntriesChanged(3, 1, frozenset({7, 12}))]
    await until(lambda: len(heard) == 5)
    assert [sources.heard(one) for one in heard] == [(X, 1), (department, 1), (X, 2), (department, 2), (department, 3)]
    # Of the second nobody has kept a list, and by the third none is changed.
    assert [sources.entries_heard(one) for one in entries] == [(3, 1, frozenset({7, 12})), (3, 3, frozenset())]
    await connections.close()
    await other.close()
