"""How past promises correct the next ones."""

import json
import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import AT_ONCE_S, Correction, Wait
from queue_server.domain.waits.recent import Flow
from tests.domain.waits.experiences import clues, corrections


def a_clue(random: Random) -> Clues:
    ahead = float(random.randrange(6))
    mechanics_s = random.uniform(30, 300) * (ahead + 1)
    return Clues(mechanics_s, 0.5, ahead, random.uniform(0, 600), random.uniform(0.5, 2.0) * mechanics_s)


class Law:
    """A world in which the true wait is `factor` times the mechanical one, with noise of this logarithmic deviation."""

    def __init__(self, factor: float, noise: float) -> None:
        self.factor, self.noise = factor, noise

    def __call__(self, clues: Clues, random: Random) -> float:
        return max(clues.mechanics_s * self.factor * math.exp(random.gauss(0.0, self.noise)), AT_ONCE_S)


def taught(true_wait_s: Law, count: int = 4_000) -> Correction:
    random, correction = Random(11), Correction()
    for _ in range(count):
        clues = a_clue(random)
        correction = correction.after(clues, true_wait_s(clues, random))
    return correction


def shares_outside(correction: Correction, true_wait_s: Law) -> tuple[float, float]:
    """The shares of waits below the low end and above the high end, over clues not learned from."""
    random = Random(12)
    below = above = 0
    for _ in range(2_000):
        clues = a_clue(random)
        low, _, high = correction.range_s(clues)
        waited = true_wait_s(clues, random)
        below, above = below + (waited < low), above + (waited > high)
    return below / 2_000, above / 2_000


SOMEBODY = Clues(600.0, 0.3, 4.0, 500.0, 700.0)


def test_a_new_correction_believes_the_mechanics() -> None:
    low, likely, high = Correction().range_s(SOMEBODY)

    assert likely == pytest.approx(600.0)
    assert low < 450
    assert high > 800


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_a_constant_error_of_the_mechanics_is_unlearned(factor: float) -> None:
    correction = taught(Law(factor, 0.2))

    _, likely, _ = correction.range_s(Clues(600.0, 0.5, 2.0, 300.0, 600.0))

    assert likely == pytest.approx(600.0 * factor, rel=0.1)


@pytest.mark.parametrize(("factor", "noise"), [(1.0, 0.1), (1.0, 0.5), (1.0, 0.9), (0.2, 0.5), (8.0, 0.5)])
def test_the_range_comes_to_hold_eight_of_ten_waits_whatever_the_noise(factor: float, noise: float) -> None:
    law = Law(factor, noise)

    below, above = shares_outside(taught(law), law)

    assert below == pytest.approx(0.1, abs=0.04)
    assert above == pytest.approx(0.1, abs=0.04)


def test_a_wait_of_hardly_any_time_teaches_nothing() -> None:
    correction = Correction()

    assert correction.after(SOMEBODY, AT_ONCE_S - 0.1) is correction


def test_waits_that_go_wrong_together_count_less_than_as_many_that_do_not() -> None:
    together = apart = Correction()
    for number in range(400):
        apart = apart.after(SOMEBODY, 1_200.0 if number % 2 else 300.0)
        together = together.after(SOMEBODY, 1_200.0 if number % 200 < 100 else 300.0)

    assert apart.errors.independence > 5 * together.errors.independence


def test_one_wild_wait_moves_little() -> None:
    correction = taught(Law(1.0, 0.2))
    _, before, _ = correction.range_s(SOMEBODY)

    _, after, _ = correction.after(SOMEBODY, 40_000.0).range_s(SOMEBODY)

    assert before <= after < 1.05 * before


def test_waits_of_different_numbers_ahead_and_with_priority_have_offsets_of_their_own() -> None:
    correction = Correction()
    for _ in range(50):
        correction = correction.after(SOMEBODY._replace(ahead=0.0, own=1.0), 6_000.0)

    high = correction.heads[2]
    assert high.by_ahead[0] > 0
    assert high.by_ahead[1:] == Correction().heads[2].by_ahead[1:]
    assert high.by_own[1] > 0
    assert high.by_own[0] == 0


def test_whoever_finds_a_doctor_free_has_a_range_of_their_own() -> None:
    """They wait for seconds, whoever comes before the doctors does for an hour: neither is told the other's range."""
    free, first = SOMEBODY._replace(mechanics_s=0.0, ahead=0.0), SOMEBODY._replace(ahead=0.0)
    correction = Correction()
    for number in range(300):
        correction = correction.after(free, 6.0 + number % 4).after(first, 600.0 * (1.2 if number % 2 else 0.8))

    assert correction.range_s(free).high_s < 30
    assert correction.range_s(first).high_s > 700


@given(corrections(), st.floats(0, 3_600), st.integers(0, 23))
def test_the_hour_says_how_wide_a_range_is_and_never_what_is_likely(
    correction: Correction, mechanics_s: float, hour: int
) -> None:
    somebody = SOMEBODY._replace(mechanics_s=mechanics_s)

    assert correction.range_s(somebody._replace(hour=hour)).likely_s == correction.range_s(somebody).likely_s


def test_an_hour_whose_waits_scatter_comes_to_have_wider_ranges_than_others() -> None:
    random, correction = Random(5), Correction()
    for number in range(2_000):
        hour = 9 + number % 3
        waited_s = 600.0 * math.exp(random.gauss(0.0, 0.5 if hour == 10 else 0.1))
        correction = correction.after(SOMEBODY._replace(hour=hour), waited_s)

    nine, ten = (correction.range_s(SOMEBODY._replace(hour=hour)) for hour in (9, 10))
    assert ten.high_s - ten.low_s > 1.5 * (nine.high_s - nine.low_s)


def test_what_was_promised_decides_whether_a_wait_was_outside() -> None:
    inside = Correction().after(SOMEBODY, 900.0, promised=Wait(100.0, 600.0, 1_000.0))
    above = Correction().after(SOMEBODY, 900.0, promised=Wait(100.0, 600.0, 800.0))

    assert inside.heads[2].by_ahead[3] < 0 < above.heads[2].by_ahead[3]


def test_an_emergency_that_is_known_of_is_no_error_of_the_mechanics() -> None:
    without = Correction().after(SOMEBODY, 500.0)
    with_one = Correction().after(SOMEBODY._replace(extra_s=120.0), 620.0)

    assert with_one.range_s(SOMEBODY) == pytest.approx(without.range_s(SOMEBODY))


@given(corrections(), clues())
def test_a_longer_mechanical_estimate_never_shortens_the_likely_wait(correction: Correction, clue: Clues) -> None:
    likely = [correction.range_s(clue._replace(mechanics_s=float(at)))[1] for at in range(0, 4_000, 250)]

    assert all(before <= after + 1e-6 for before, after in pairwise(likely))


@given(
    corrections(),
    st.floats(0, 3_600),
    st.builds(Flow, st.floats(0, 3_600), st.floats(1, 900), st.integers(0, 20), st.integers(0, 30), st.integers(0, 23)),
    st.booleans(),
)
def test_a_whole_line_is_told_what_each_would_be_told_alone(
    correction: Correction, mechanics_s: float, flow: Flow, own: bool
) -> None:
    assert flow.wait_s is not None
    assert flow.gap_s is not None
    assert flow.hour is not None

    ((low, likely, high),) = correction.ranges_s([0], [(mechanics_s, 100.0)], flow, own=own)

    spread = min(max(math.hypot(100.0, 15.0) / (mechanics_s + 30.0), 0.05), 1.5)
    last = flow.wait_s, flow.gap_s, flow.calls, flow.joins
    alone = Clues(mechanics_s, spread, 0.0, *last, own=float(own), hour=flow.hour)
    assert (low, likely, high) == pytest.approx(correction.range_s(alone), rel=1e-9, abs=1e-6)


def test_a_correction_survives_a_passage_through_json() -> None:
    correction = taught(Law(2.0, 0.5), 50)

    assert Correction.from_dict(json.loads(json.dumps(correction.to_dict()))) == correction


def test_what_was_learned_before_hours_counted_is_read() -> None:
    kept = taught(Law(2.0, 0.5), 50).to_dict()
    del kept["shares"]
    for head in kept["heads"]:
        del head["by_hour"], head["if_free"]

    correction = Correction.from_dict(json.loads(json.dumps(kept)))

    assert [head.by_ahead for head in correction.heads] == [tuple(head["by_ahead"]) for head in kept["heads"]]
    assert [head.if_free for head in correction.heads] == [head["by_ahead"][0] for head in kept["heads"]]
    assert correction.after(SOMEBODY._replace(hour=9), 900.0).heads[2].by_hour[9] != 0.0


def test_what_an_earlier_build_learned_with_one_regression_is_not_kept() -> None:
    kept = {"slopes": [0.1, 0.0, 0.0, 0.0], "doubts": [], "quantiles": []}

    assert not Correction.is_kept_in(kept)
    assert Correction.from_dict(kept) == Correction()
