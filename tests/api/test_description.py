"""Whatever the API's description allows, and much that it does not, is answered as the description says."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi import checks as conforming

from queue_server.api.openapi import description
from queue_server.api.v1 import OPERATIONS
from tests.running import Running

#: Enough to meet every parameter's edges; more of them, now and then, with `--hypothesis-seed`.
EXAMPLES = 25


SCHEMA = schemathesis.openapi.from_dict(description(OPERATIONS))


DESCRIBED: list[Any] = [one.ok() for one in SCHEMA.get_all_operations()]  # type: ignore[union-attr]


@pytest.mark.parametrize("operation", DESCRIBED, ids=lambda one: one.label)
async def test_every_answer_is_described(running: Running, operation: Any) -> None:
    known = {"Authorization": f"Bearer {running.keys['program']}"}

    def ask(headers: dict[str, str], examples: int) -> None:
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(data=st.data())
        def asking(data: st.DataObject) -> None:
            case = data.draw(operation.as_strategy())
            answer = case.call(base_url=running.url, headers=headers)
            case.validate_response(answer, checks=CHECKS)

        asking()

    for _ in range(3):
        await running.issue()
    await running.call_next()
    # The questions are asked without an event loop.
    await asyncio.to_thread(ask, known, EXAMPLES)
    await asyncio.to_thread(ask, {}, 3)


CHECKS = [
    checks.not_a_server_error,
    conforming.status_code_conformance,
    conforming.content_type_conformance,
    conforming.response_schema_conformance,
]
