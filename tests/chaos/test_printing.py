"""No slip is lost silently, and none comes out twice without a mark, whatever the printer does."""

from __future__ import annotations

import random

from tests.chaos.printer import attack


def test_what_the_agent_says_of_a_slip_is_true_of_the_paper() -> None:
    found = attack(seconds=30, jobs=12, chance=random.Random(3))

    assert found.wrong == []
    assert {"printed", "unconfirmed", "failed"} <= found.outcomes.keys()
