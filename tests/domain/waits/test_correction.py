"""How past promises correct the next ones."""

import math
from random import Random

import pytest

from queue_server.domain.waits.correction import AT_ONCE_S, Clues, Correction, Quantiles


def a_clue(random: Random) -> Clues:
    ahead = float(random.randrange(6))
    return Clues(random.uniform(30, 300) * (ahead + 1), 0.5, ahead, random.uniform(0, 600), ahead)


def taught(true_wait_s: "Law", count: int = 6_000) -> Correction:
    random, correction = Random(11), Correction()
    for _ in range(count):
        clues = a_clue(random)
        correction = correction.after(clues, true_wait_s(clues, random))
    return correction


def share_inside(correction: Correction, true_wait_s: "Law") -> tuple[float, float]:
    """The shares of waits below the low end and above the high end, over clues not learned from."""
    random = Random(12)
    below = above = 0
    for _ in range(2_000):
        clues = a_clue(random)
        ((low, _, high),) = correction.ranges_s([clues])
        waited = true_wait_s(clues, random)
        below, above = below + (waited < low), above + (waited > high)
    return below / 2_000, above / 2_000


class Law:
    """A world in which the true wait is `factor` times the mechanical one, with noise of this logarithmic deviation."""

    def __init__(self, factor: float, noise: float) -> None:
        self.factor, self.noise = factor, noise

    def __call__(self, clues: Clues, random: Random) -> float:
        return max(clues.mechanics_s * self.factor * math.exp(random.gauss(0.0, self.noise)), AT_ONCE_S)


def test_a_new_correction_believes_the_mechanics() -> None:
    ((low, likely, high),) = Correction().ranges_s([Clues(600.0, 0.3, 4.0, 500.0, 4.0)])

    assert likely == pytest.approx(600.0)
    assert low < 450
    assert high > 800


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_a_constant_error_of_the_mechanics_is_unlearned(factor: float) -> None:
    correction = taught(Law(factor, 0.2))

    ((_, likely, _),) = correction.ranges_s([Clues(600.0, 0.5, 2.0, 300.0, 2.0)])

    assert likely == pytest.approx(600.0 * factor, rel=0.1)


@pytest.mark.parametrize("noise", [0.1, 0.5, 0.9])
def test_the_range_comes_to_hold_eight_of_ten_waits_whatever_the_noise(noise: float) -> None:
    law = Law(1.0, noise)

    below, above = share_inside(taught(law), law)

    assert below == pytest.approx(0.1, abs=0.04)
    assert above == pytest.approx(0.1, abs=0.04)


def test_a_wait_of_hardly_any_time_teaches_nothing() -> None:
    correction = Correction()

    assert correction.after(Clues(100.0, 0.5, 0.0, 0.0, 0.0), AT_ONCE_S - 0.1) is correction


def test_what_is_seen_at_the_end_of_a_crowd_counts_less() -> None:
    alone = Correction().after(Clues(600.0, 0.5, 0.0, 0.0, 0.0), 1_200.0)
    crowded = Correction().after(Clues(600.0, 0.5, 0.0, 0.0, 0.0)._replace(ahead=99.0), 1_200.0)

    assert 0 < crowded.slopes[0] < alone.slopes[0]


def test_one_wild_wait_moves_little() -> None:
    correction = taught(Law(1.0, 0.2))
    clues = Clues(600.0, 0.5, 2.0, 300.0, 2.0)
    ((_, before, _),) = correction.ranges_s([clues])

    ((_, after, _),) = correction.after(clues, 40_000.0).ranges_s([clues])

    assert before < after < 1.05 * before


def test_lines_of_different_length_have_ranges_of_their_own() -> None:
    correction = Correction()
    for _ in range(500):
        correction = correction.after(Clues(600.0, 0.5, 0.0, 0.0, 0.0), 600.0)

    alone, *longer = correction.quantiles
    assert alone != Quantiles()
    assert longer == [Quantiles()] * 3


def test_a_longer_mechanical_estimate_never_shortens_the_likely_wait() -> None:
    correction = taught(lambda clues, random: random.uniform(300, 400))  # type: ignore[arg-type]

    likely = [correction.ranges_s([Clues(at, 0.5, 2.0, 300.0, 2.0)])[0][1] for at in range(0, 4_000, 50)]

    assert likely == sorted(likely)
