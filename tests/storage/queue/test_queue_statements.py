"""The statements of a queue are quick because of an index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from queue_server.storage.queue import queue_statements
from tests.clinics import MORNING, a_clinic
from tests.storage.rows import DAY, FIRST, GENERAL, ROOM_1

#: Those that a press or a look at a queue runs, and which would go through a whole table without an index.
FOUND_BY_INDEX = (
    *("TOKEN_BY_ID", "TOKEN_BY_KEY", "TOKEN_BY_NUMBER", "ENTRIES_BY_ID", "NEWEST_ENTRY", "FIRST_ENTRY"),
    *("IS_LIVE", "LIVE_STAMPS", "LIVE_STAMPS_BY_ID", "IN_ROOM_NOW", "FIRST_WAITING", "COUNT_AHEAD"),
    *("COUNT_AHEAD_OF_EMERGENCY", "RECENT_CALLS", "COUNTER"),
)
#: A value for each parameter of any of them.
ANY: dict[str, Any] = {
    "token_id": 1,
    "entry_id": 1,
    "department_id": GENERAL,
    "room_id": ROOM_1,
    "doctor_id": FIRST,
    "day": DAY,
    "day_began": MORNING,
    "key": "a-key",
    "number": "G-001",
    "at": MORNING,
    "sequence": 1,
    "after": 0,
    **{f"id_{place}": place for place in range(queue_statements.TOGETHER)},
}


async def _plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """The steps that SQLite would take for these statements."""
    async with a_clinic(f"sqlite:///{tmp_path}/queue.db") as clinic, clinic.services.store.reading() as connection:
        steps: list[str] = []
        real: Any = connection.fetch  # type: ignore[attr-defined]

        def explain(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
            steps.extend(str(step[-1]) for step in real(f"EXPLAIN QUERY PLAN {statement}", parameters))
            return []

        with monkeypatch.context() as patched:
            patched.setattr(connection, "fetch", explain)
            for name in names:
                await getattr(queue_statements, name).rows(connection, **ANY)
    return [step for step in steps if step != "SCAN CONSTANT ROW"]


async def test_a_queue_is_looked_at_without_going_through_all_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = await _plan(tmp_path, monkeypatch, *FOUND_BY_INDEX)

    assert len(steps) >= len(FOUND_BY_INDEX)
    assert [step for step in steps if step.startswith("SCAN")] == []


async def test_whoever_joins_or_is_called_is_found_without_going_through_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = await _plan(tmp_path, monkeypatch, "FIRST_WAITING", "COUNT_AHEAD", "COUNT_AHEAD_OF_EMERGENCY")

    of_the_line = [step for step in steps if "ix_queue_entry_line" in step]
    assert len(of_the_line) == 4 + 7 + 2
    assert all("priority=?" in step for step in of_the_line)
    assert sum("COVERING" in step for step in of_the_line) == 4 + 1


async def test_the_entries_that_have_changed_are_looked_for_by_their_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = await _plan(tmp_path, monkeypatch, "LIVE_STAMPS_BY_ID")

    assert steps
    assert {step for step in steps if step.startswith("SEARCH")} == {
        "SEARCH queue_entry USING INTEGER PRIMARY KEY (rowid=?)"
    }


async def test_the_latest_calls_are_found_without_putting_the_days_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await _plan(tmp_path, monkeypatch, "RECENT_CALLS") == [
        "SEARCH call USING INDEX ix_call_department_id_at (department_id=? AND at>?)"
    ]
