"""Whatever the API's description allows, and much that it does not, is answered as the description says."""

from __future__ import annotations

import asyncio

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


@pytest.mark.parametrize("operation", [one.ok() for one in SCHEMA.get_all_operations()], ids=lambda one: one.label)
@pytest.mark.parametrize("is_known", [True, False], ids=["with a key", "without"])
async def test_every_answer_is_described(
    running: Running, operation: schemathesis.APIOperation, is_known: bool
) -> None:
    headers = {"Authorization": f"Bearer {running.keys['program']}"} if is_known else {}

    @settings(
        max_examples=EXAMPLES if is_known else 3,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy())
        answer = case.call(base_url=running.url, headers=headers)
        case.validate_response(answer, checks=CHECKS)

    for _ in range(3):
        await running.issue()
    await running.call_next()
    await asyncio.to_thread(ask)  # the questions are asked without an event loop


CHECKS = [
    checks.not_a_server_error,
    conforming.status_code_conformance,
    conforming.content_type_conformance,
    conforming.response_schema_conformance,
]
