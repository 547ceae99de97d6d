"""Sketches tell quantiles of what was counted, and adding them up is the same as counting together."""

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.domain.analytics.quantile_sketch import from_numbers, merged, quantile, sketch, to_numbers

durations = st.lists(st.floats(0, 40_000), min_size=1, max_size=80)


@settings(deadline=None)
@given(durations, st.floats(0.01, 1.0))
def test_a_quantile_is_off_by_two_per_cent_at_most(values: list[float], share: float) -> None:
    ordered = sorted(values)
    exact = next(value for place, value in enumerate(ordered, 1) if place >= share * len(ordered) - 1e-9)

    told = quantile(sketch(values), share)

    assert told is not None
    assert abs(told - exact) <= max(0.021 * exact, 1.0)


@given(durations, durations)
def test_added_up_sketches_are_the_sketch_of_all(some: list[float], others: list[float]) -> None:
    assert merged([sketch(some), sketch(others)]) == sketch(some + others)


@given(durations)
def test_a_sketch_survives_being_written_down(values: list[float]) -> None:
    assert from_numbers(to_numbers(sketch(values))) == sketch(values)


def test_nothing_has_no_median() -> None:
    assert quantile(sketch([]), 0.5) is None
