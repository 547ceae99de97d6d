"""The database is busy, full, read-only or away: it is said so, nothing is lost, and no restart is needed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from queue_server.storage.engine import group_commit
from queue_server.storage.engine.store import Store
from tests.postgres import PostgresServer
from tests.running import Running, a_running_clinic
from tests.storage.sickness import full, read_only


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """A clinic on SQLite that does not wait long for other programs, and has been used."""
    monkeypatch.setattr(group_commit, "PATIENCE_MS", 50)
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as running:
        await running.issue()
        yield running


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Inside, another program is writing."""
    with closing(sqlite3.connect(str(store.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def ready(running: Running) -> tuple[int, str | None]:
    """What `/readyz` says, after the server has looked."""
    await running.services.store.look_for_faults()
    answer = await running.anonymous.get("/readyz")
    return answer.status_code, answer.json().get("reason")


async def press(running: Running, times: int) -> list[httpx2.Response]:
    """So many people ask for a number at once; each press has its own key, whenever it is sent again."""
    body = {"department": "GEN", "priority": "urgent", "reason": "x" * 200}
    return list(
        await asyncio.gather(
            *(
                running.client.post("/api/v1/tokens", json=body, headers={"Idempotency-Key": f"press {place}"})
                for place in range(times)
            )
        )
    )


@pytest.mark.parametrize(
    ("sick", "code"), [(locked, "database_busy"), (full, "database_full"), (read_only, "database_read_only")]
)
async def test_a_sick_sqlite_is_told_with_its_reason_and_is_well_again_without_a_restart(
    served: Running, sick: Callable[[Store], AbstractContextManager[None]], code: str
) -> None:
    with sick(served.services.store):
        answers = await press(served, 30)
        told = [answer for answer in answers if answer.status_code != 201]
        assert await ready(served) == (503, code)
    again = await press(served, 30)

    assert told
    assert {(answer.status_code, answer.json()["error"]["code"]) for answer in told} == {(503, code)}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in told)
    assert [answer.status_code for answer in again] == [201] * 30
    assert sorted(answer.json()["number"] for answer in again) == [f"G-{number:03}" for number in range(2, 32)]
    assert await ready(served) == (200, None)


@pytest.mark.postgres
async def test_while_postgresql_restarts_it_is_said_and_afterwards_all_goes_on(
    migrated_postgres_url: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    async with a_running_clinic(migrated_postgres_url, tmp_path) as running:
        first = await running.issue()
        with postgres_server.stopped():
            answers = await press(running, 3)
            page = await running.anonymous.get("/login", headers={"Accept": "text/html"})
            assert await ready(running) == (503, "database_away")
        again = await press(running, 3)

        assert {(answer.status_code, answer.json()["error"]["code"]) for answer in answers} == {(503, "database_away")}
        assert {answer.headers["Retry-After"] for answer in answers} == {"5"}
        assert (page.status_code, "database_away" in page.text) == (503, True)
        assert sorted(answer.json()["number"] for answer in again) == ["G-002", "G-003", "G-004"]
        assert first["number"] == "G-001"
        assert await ready(running) == (200, None)
