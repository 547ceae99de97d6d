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
    *("TOKEN_BY_ID", "TOKEN_BY_KEY", "TOKEN_BY_NUMBER", "ENTRY_BY_ID", "NEWEST_ENTRY", "FIRST_ENTRY"),
    *("IS_LIVE", "LIVE_STAMPS", "LIVE_STAMP", "IN_ROOM_NOW", "FIRST_WAITING", "COUNT_AHEAD"),
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
}


async def test_a_queue_is_looked_at_without_going_through_all_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_clinic(f"sqlite:///{tmp_path}/queue.db") as clinic, clinic.services.store.reading() as connection:
        steps: list[str] = []
        real: Any = connection.fetch  # type: ignore[attr-defined]

        def explain(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
            steps.extend(str(step[-1]) for step in real(f"EXPLAIN QUERY PLAN {statement}", parameters))
            return []

        with monkeypatch.context() as patched:
            patched.setattr(connection, "fetch", explain)
            for name in FOUND_BY_INDEX:
                await getattr(queue_statements, name).rows(connection, **ANY)

    assert len(steps) >= len(FOUND_BY_INDEX)
    assert [step for step in steps if step.startswith("SCAN")] == []
