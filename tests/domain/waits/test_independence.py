"""How much of a lesson of its own a wait is."""

import pytest

from queue_server.domain.waits.clues import HOURS, Clues
from queue_server.domain.waits.independence import GROUPS, MEMORY_OF_ERRORS, NO_ERRORS, Errors, Shares

MANY_AHEAD = Clues(3_600.0, 0.2, 30.0, 500.0, 700.0, hour=9)
FREE = Clues(0.0, 0.5, 0.0, 500.0, 700.0, hour=12)


def test_errors_that_go_together_are_hardly_a_lesson_each() -> None:
    together = apart = NO_ERRORS
    # Ten times the memory, so that nothing is left of what is believed at first.
    for number in range(10 * int(MEMORY_OF_ERRORS)):
        apart = apart.after(1.0 if number % 2 else -1.0)
        together = together.after(1.0 if number % 200 < 100 else -1.0)

    assert 5 * together.independence < apart.independence <= 1.0


def test_independence_is_never_nothing() -> None:
    assert 0.0 < Errors(alone=0.0).independence < 0.1


def test_the_lessons_of_a_small_group_and_of_a_quiet_hour_are_worth_more() -> None:
    shares = Shares()
    for number in range(5_000):
        shares = shares.after(FREE if number % 20 == 0 else MANY_AHEAD)

    often, seldom = shares.worth(MANY_AHEAD, 0.02), shares.worth(FREE, 0.02)

    assert often.overall == seldom.overall == 0.02
    assert often.in_group == pytest.approx(0.02 / 0.95, rel=0.1)
    assert seldom.in_group == pytest.approx(0.02 / 0.05, rel=0.3)
    assert seldom.in_hour > 5 * often.in_hour


def test_no_lesson_is_worth_more_than_one() -> None:
    worth = Shares().worth(FREE, 1.0)

    assert (worth.overall, worth.in_group, worth.in_hour) == (1.0, 1.0, 1.0)


def test_each_group_and_each_hour_has_a_mean_spread_of_its_own() -> None:
    shares = Shares()
    for number in range(2_000):
        shares = shares.after(FREE if number % 2 else MANY_AHEAD)

    many, free = shares.worth(MANY_AHEAD, 0.02), shares.worth(FREE, 0.02)

    assert (many.group_spread, many.hour_spread) == pytest.approx((0.2, 0.2))
    assert (free.group_spread, free.hour_spread) == pytest.approx((0.5, 0.5))


def test_the_shares_of_an_earlier_build_begin_with_the_first_spreads() -> None:
    kept = {"by_group": [0.125] * GROUPS, "by_hour": [1 / HOURS] * HOURS}

    assert Shares.from_dict(kept).group_spreads == Shares().group_spreads


def test_a_group_that_was_not_seen_for_ever_still_has_a_share() -> None:
    shares = Shares()
    for _ in range(60_000):
        shares = shares.after(MANY_AHEAD)

    assert min(shares.by_group) > 0.0
    assert min(shares.by_hour) > 0.0
