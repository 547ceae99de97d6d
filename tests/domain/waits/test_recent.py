"""What the last minutes say."""

import pytest

from queue_server.domain.waits.recent import CALLS, JOINED_WITHIN_S, WAITS, Flow, Recent


def test_before_anything_has_happened_nothing_is_known() -> None:
    assert Recent().flow(1_000.0) == Flow(None, None, 0.0, 0.0)


def test_the_last_waits_and_calls_are_told_in_figures() -> None:
    recent = Recent().joined(0.0).called(100.0, 60.0).called(200.0, 120.0)

    assert recent.flow(300.0) == Flow(wait_s=90.0, gap_s=100.0, calls=2.0, joins=0.0)
    assert recent.flow(299.0).joins == 1.0


def test_who_was_called_out_of_turn_is_a_call_and_no_wait() -> None:
    recent = Recent().called(100.0, 60.0).called(200.0, None)

    assert (recent.waits, len(recent.calls)) == ((60.0,), 2)


def test_no_more_is_kept_than_is_needed() -> None:
    recent = Recent()
    for second in range(1_000):
        recent = recent.joined(float(second)).called(float(second), float(second))

    assert recent.calls == tuple(float(second) for second in range(1_000 - CALLS, 1_000))
    assert recent.waits == tuple(float(second) for second in range(1_000 - WAITS, 1_000))
    assert len(recent.joins) == JOINED_WITHIN_S


@pytest.mark.parametrize(("now_s", "calls"), [(399.0, 1.0), (400.0, 0.0)])
def test_calls_and_joinings_count_for_five_minutes(now_s: float, calls: float) -> None:
    recent = Recent().called(100.0, None).joined(100.0)

    flow = recent.flow(now_s)

    assert (flow.calls, flow.joins) == (calls, calls)


def test_a_call_of_this_very_moment_makes_no_endless_rate() -> None:
    assert Recent().called(100.0, None).flow(100.0).gap_s == 1.0


def test_the_hour_of_the_clinics_clock_is_passed_on() -> None:
    assert Recent().flow(100.0, 9).hour == 9
    assert Recent().flow(100.0).hour is None
