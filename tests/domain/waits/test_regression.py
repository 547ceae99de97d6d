"""One quantile of the waits, learned online."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.waits.clues import (
    FEW,
    HISTORY,
    MECHANICS,
    SPREAD,
    THROUGHPUT,
    Clues,
    group_of,
    inputs_of,
    logarithm,
)
from queue_server.domain.waits.independence import Worth
from queue_server.domain.waits.regression import (
    LIKELY,
    SPREADS,
    Head,
    dot,
    first_heads,
    refitted,
    stepped,
)

SOMEBODY = Clues(600.0, 0.3, 4.0, 500.0, 700.0)
GROUP = group_of(SOMEBODY.ahead)


def told(head: Head, clues: Clues = SOMEBODY) -> float:
    """The logarithm that the slopes make of the clues."""
    return logarithm(clues.mechanics_s) + dot(head.slopes, inputs_of(clues))


def test_at_first_only_the_spread_of_the_mechanics_counts() -> None:
    for head, spreads in zip(first_heads(), SPREADS, strict=True):
        assert head.slopes[SPREAD] == spreads
        assert told(head) == pytest.approx(logarithm(600.0) + spreads * SOMEBODY.spread)


@pytest.mark.parametrize(("miss", "direction"), [(0.5, 1), (-0.5, -1)])
def test_an_offset_moves_towards_what_came_true_for_its_own_group_only(miss: float, direction: int) -> None:
    _, head, _ = first_heads()

    moved = stepped(head, SOMEBODY, LIKELY, miss, Worth())

    assert moved.offset(GROUP, 0, -1) * direction > 0
    assert {place for place, offset in enumerate(moved.by_ahead) if offset} == {GROUP}
    assert moved.by_own[1] == 0.0
    assert moved.slopes == head.slopes


def test_the_high_end_rises_much_and_falls_little() -> None:
    _, _, high = first_heads()

    up, down = (stepped(high, SOMEBODY, 0.9, miss, Worth()).offset(GROUP, 0, -1) for miss in (0.5, -0.5))

    assert up == pytest.approx(-9 * down)


@pytest.mark.parametrize("ahead", [4.0, 0.0])
def test_the_ends_of_a_range_move_alike_after_a_certain_and_an_uncertain_wait(ahead: float) -> None:
    _, _, high = first_heads()
    certain, uncertain = (SOMEBODY._replace(spread=spread, ahead=ahead, hour=9) for spread in (0.1, 1.5))

    assert stepped(high, certain, 0.9, 0.5, Worth()) == stepped(high, uncertain, 0.9, 0.5, Worth())


def test_a_wait_moves_the_end_of_its_own_hour_only() -> None:
    _, _, high = first_heads()

    moved = stepped(high, SOMEBODY._replace(hour=9), 0.9, 0.5, Worth())

    assert {hour for hour, offset in enumerate(moved.by_hour) if offset} == {9}
    assert moved.of_hour(9) > 0.0
    assert moved.of_hour(-1) == 0.0


def test_finding_a_doctor_free_moves_what_nobody_else_is_told() -> None:
    _, likely, high = first_heads()
    free = SOMEBODY._replace(mechanics_s=0.0, ahead=0.0)

    assert stepped(high, free, 0.9, -0.5, Worth()).if_free < 0.0
    assert stepped(high, free, 0.9, -0.5, Worth()).by_ahead == high.by_ahead
    assert stepped(likely, free, LIKELY, -0.5, Worth()).if_free == 0.0


def test_the_likely_value_comes_to_what_is_taught_again_and_again() -> None:
    _, head, _ = first_heads()
    target = logarithm(900.0)

    for _ in range(500):
        head = refitted(head, SOMEBODY, LIKELY, target, 1.0)

    assert told(head) == pytest.approx(target, abs=0.05)
    assert head.slopes[SPREAD] == 0.0


@given(st.lists(st.tuples(st.floats(0, 5_000), st.floats(0, 20), st.floats(0, 9_000)), min_size=1, max_size=30))
def test_more_people_and_longer_estimates_never_shorten_a_wait(lessons: list[tuple[float, float, float]]) -> None:
    _, head, _ = first_heads()

    for mechanics_s, ahead, waited_s in lessons:
        clues = Clues(mechanics_s, 0.3, ahead, 500.0, 700.0)
        head = refitted(head, clues, LIKELY, logarithm(waited_s), 1.0)

    assert min(head.slopes[clue] for clue in (FEW, HISTORY, THROUGHPUT)) >= 0.0
    # The mechanics enter by themselves, and less by what history and throughput are measured from.
    assert 1.0 + head.slopes[MECHANICS] - head.slopes[HISTORY] - head.slopes[THROUGHPUT] >= -1e-9
