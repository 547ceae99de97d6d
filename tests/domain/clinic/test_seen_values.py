"""All problems at once, and nobody overwrites what they have not seen."""

from __future__ import annotations

from typing import Any

import pytest

from queue_server.domain.clinic.seen_values import check, check_unchanged
from queue_server.domain.errors import BadFields, ChangedMeanwhile
from queue_server.domain.form_reading import Problem


def test_every_problem_is_told_at_once() -> None:
    problems = [Problem("code", "required"), Problem("prefix", "required")]

    with pytest.raises(BadFields) as refused:
        check(problems)

    assert refused.value.problems == tuple(problems)
    check([])


@pytest.mark.parametrize("seen", [None, {"code": "GEN", "pace_s": 180}])
def test_what_is_as_it_was_seen_may_be_changed(seen: dict[str, Any] | None) -> None:
    check_unchanged(seen, {"code": "GEN", "pace_s": 180})


def test_what_somebody_else_has_changed_is_told_field_by_field() -> None:
    with pytest.raises(ChangedMeanwhile) as refused:
        check_unchanged({"code": "GEN", "pace_s": 180, "gone": 1}, {"code": "GEN", "pace_s": 300, "new": [2]})

    assert refused.value.details["changed"] == [
        {"field": "gone", "was": 1, "now": None},
        {"field": "new", "was": None, "now": [2]},
        {"field": "pace_s", "was": 180, "now": 300},
    ]
