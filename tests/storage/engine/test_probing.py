"""Faults of the database are found before anybody presses anything, and are over by themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from queue_server.clock import SteadyClock
from queue_server.domain.errors import DatabaseBusy, DatabaseFull
from queue_server.storage.engine import group_commit
from queue_server.storage.engine.setting_rows import save_setting
from queue_server.storage.engine.store import Store
from tests.clinics import SettableClock
from tests.schemas import with_schema
from tests.storage.sickness import full


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    url = f"sqlite:///{tmp_path}/queue.db"
    await with_schema(url)
    made = Store(url, SteadyClock(SettableClock()))
    await made.open()
    await made.look_for_faults()
    yield made
    await made.close()


def file_of(store: Store) -> Path:
    return Path(str(store.url.database))


async def test_a_full_database_is_found_without_a_press_and_is_well_when_there_is_room(store: Store) -> None:
    assert store.fault is None

    with full(store):
        await store.look_for_faults()
        assert isinstance(store.fault, DatabaseFull)

    await store.look_for_faults()
    assert store.fault is None


async def test_another_program_that_keeps_its_lock_is_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "PATIENCE_MS", 10)
    with closing(sqlite3.connect(file_of(store), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await store.look_for_faults()
        assert isinstance(store.fault, DatabaseBusy)

    await store.look_for_faults()
    assert store.fault is None


async def test_looking_writes_nothing_while_all_is_well(store: Store) -> None:
    async with store.transaction() as work:
        await save_setting(work, "x", 1)
    log = file_of(store).with_name("queue.db-wal")
    before = log.read_bytes()

    for _ in range(3):
        await store.look_for_faults()

    assert log.read_bytes() == before


async def test_after_a_fault_a_look_must_reach_the_disk(store: Store) -> None:
    with full(store), pytest.raises(DatabaseFull):
        async with store.transaction() as work:
            await save_setting(work, "x", "x" * 100_000)
    log = file_of(store).with_name("queue.db-wal")
    before = log.read_bytes() if log.exists() else b""

    await store.look_for_faults()

    assert store.fault is None
    assert log.read_bytes() != before
