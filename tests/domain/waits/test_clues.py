"""What is known when a wait is promised, as the regressions take it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.waits.clues import (
    AHEAD_GROUPS,
    LARGEST_SPREAD,
    LEAST_SPREAD,
    MECHANICS,
    OFFSET_S,
    SIZE,
    TYPICAL_LOG,
    Clues,
    group_of,
    inputs_of,
    logarithm,
    place_of,
    rungs,
    spread_of,
)

SOMEBODY = Clues(600.0, 0.3, 4.0, 500.0, 700.0)


def test_clues_of_before_there_was_a_throughput_say_what_the_mechanics_say() -> None:
    assert Clues.from_list([600.0, 0.3, 4.0, 500.0, 5.0]) == Clues(600.0, 0.3, 4.0, 600.0, 600.0)


def test_clues_of_a_promise_that_was_kept_before_hours_counted_are_of_no_hour() -> None:
    kept = list(SOMEBODY)[:12]

    assert Clues.from_list(kept) == SOMEBODY
    assert Clues.from_list([*kept, 9]) == SOMEBODY._replace(hour=9)
    assert Clues.from_list(list(SOMEBODY)) == SOMEBODY


@given(st.floats(0, 86_400), st.floats(0, 86_400))
def test_a_spread_is_never_more_or_less_than_a_forecast_may_believe(at_s: float, deviation_s: float) -> None:
    assert LEAST_SPREAD <= spread_of(at_s, deviation_s) <= LARGEST_SPREAD


@given(st.floats(0, 500))
def test_the_pieces_of_the_people_ahead_add_up_to_their_logarithm(ahead: float) -> None:
    assert sum(rungs(ahead)) == pytest.approx(math.log1p(ahead))
    assert min(rungs(ahead)) >= 0


@pytest.mark.parametrize(
    ("ahead", "group"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (7, 4), (11, 5), (12, 6), (300, 6)]
)
def test_people_ahead_are_grouped_up_to_each_bound(ahead: int, group: int) -> None:
    assert group_of(ahead) == group
    assert 0 <= group <= len(AHEAD_GROUPS)


def test_a_place_is_the_pieces_and_the_group_of_the_people_ahead() -> None:
    assert place_of(5) == (*rungs(5), group_of(5))


def test_no_time_is_no_logarithm_and_a_negative_time_is_none() -> None:
    assert logarithm(-5.0) == logarithm(0.0) == 0.0
    assert logarithm(OFFSET_S) == pytest.approx(math.log(2))


def test_each_input_has_its_place() -> None:
    inputs = inputs_of(SOMEBODY)

    assert len(inputs) == SIZE
    assert inputs[MECHANICS] == logarithm(600.0) - TYPICAL_LOG
