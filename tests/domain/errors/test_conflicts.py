"""Conflicts say what does not fit, and programs find it in the details."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from queue_server.domain.errors import DepartmentClosed, IllegalTransition, OutsideHours, QuotaReached, StillInUse
from queue_server.domain.queue.tokens import Action, State


def test_an_impossible_action_names_the_token_its_state_and_the_action() -> None:
    error = IllegalTransition("G-012", State.ATTENDED, Action.CALL)

    assert error.message == "Token G-012 is attended; the action 'call' is not possible."
    assert error.details == {"number": "G-012", "state": "attended", "action": "call"}


def test_who_comes_outside_hours_is_told_in_utc_when_the_department_opens() -> None:
    at_nine = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Kolkata"))

    assert OutsideHours("GEN", at_nine).details == {"department": "GEN", "opens_at": "2026-11-23T03:30:00Z"}
    assert OutsideHours("GEN", None).details["opens_at"] is None


@pytest.mark.parametrize("closed", [OutsideHours("GEN", None), QuotaReached("GEN", 40)])
def test_a_program_that_knows_only_closed_departments_understands_why_none_is_issued(closed: DepartmentClosed) -> None:
    assert isinstance(closed, DepartmentClosed)
    assert closed.details["department"] == "GEN"
    assert "GEN" in closed.message


def test_all_numbers_given_out_names_the_quota() -> None:
    error = QuotaReached("GEN", 40)

    assert error.message == str(error.details["quota"]).join(
        ("Department GEN has given out all ", " numbers of this day.")
    )


def test_what_is_still_needed_says_for_what() -> None:
    error = StillInUse("Department GEN", "3 tokens wait there", waiting=3)

    assert error.message == "Department GEN cannot be removed: 3 tokens wait there."
    assert error.details == {"why": "3 tokens wait there", "waiting": 3}
