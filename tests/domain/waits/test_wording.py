"""Numbers for saying a wait in plain words."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.explanation import Reason, WaitPart
from queue_server.domain.waits.wording import (
    Shown,
    WaitSentence,
    WaitWords,
    calm,
    clock_range,
    is_far,
    rounded,
    said,
    told_alike_for_s,
)

AT_TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
HERE = timezone(timedelta(hours=5, minutes=30))
waits = st.lists(st.floats(0, 40_000), min_size=3, max_size=3).map(lambda three: Wait(*sorted(three)))


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (Wait(0, 0, 0), (0, 0, 5)),
        (Wait(0, 70, 250), (0, 0, 5)),
        (Wait(2_100, 2_500, 3_000), (35, 40, 50)),
        (Wait(2_101, 2_500, 3_001), (35, 40, 55)),
    ],
)
def test_a_range_is_said_in_steps_of_five_minutes(wait: Wait, said: tuple[int, int, int]) -> None:
    assert rounded(wait) == said


@given(waits)
def test_what_is_said_never_promises_more_than_the_forecast(wait: Wait) -> None:
    said = rounded(wait)

    assert said.low * 60 <= wait.low_s
    assert said.high * 60 >= wait.high_s
    assert said.low <= said.likely <= said.high
    assert all(figure % 5 == 0 for figure in said)
    assert said.high >= 5


def test_a_small_change_leaves_what_was_shown() -> None:
    shown = Wait(1_000, 1_500, 2_000)

    assert calm(shown, Wait(1_100, 1_700, 2_300)) == shown
    assert calm(shown, Wait(900, 1_290, 1_800)) == shown


def test_a_change_of_more_than_a_fifth_is_shown() -> None:
    new = Wait(1_200, 1_850, 2_500)

    assert calm(Wait(1_000, 1_500, 2_000), new) == new
    assert calm(None, new) == new


def test_what_is_shown_runs_down_with_time_and_is_replaced_when_it_has_run_out() -> None:
    shown, new = Wait(300, 900, 1_500), Wait(200, 620, 1_000)

    assert calm(shown, new, elapsed_s=300) == (0, 600, 1_200)
    assert calm(shown, Wait(0, 30, 90), elapsed_s=1_600) == (0, 30, 90)


def test_a_minute_of_a_short_wait_is_no_change() -> None:
    assert calm(Wait(0, 60, 200), Wait(0, 110, 300)) == (0, 60, 200)


NINE_S = 9 * 3_600


def test_a_range_of_the_clock_is_rounded_outwards() -> None:
    assert clock_range(Wait(2_300, 2_600, 3_100), NINE_S + 120) == ("09:40", "09:55")


def test_a_range_of_the_clock_is_at_least_five_minutes_long() -> None:
    assert clock_range(Wait(0, 0, 0), NINE_S) == ("09:00", "09:05")


def test_a_range_of_the_clock_passes_midnight() -> None:
    assert clock_range(Wait(4_000, 5_000, 6_000), 23 * 3_600) == ("00:05", "00:40")


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (Wait(100, 300, 620), WaitSentence(WaitWords.SHORT, 0, 15, 5)),
        (Wait(1_300, 1_700, 2_050), WaitSentence(WaitWords.RANGE, 20, 35, 30)),
        (Wait(1_200, 1_200, 1_200), WaitSentence(WaitWords.RANGE, 20, 25, 20)),
        (Wait(0, 0, 0), WaitSentence(WaitWords.SHORT, 0, 5, 0)),
        (Wait(3_600, 4_300, 4_900), WaitSentence(WaitWords.CLOCK, "10:00", "10:25", 75)),
    ],
)
def test_a_wait_is_told_in_minutes_and_by_the_clock_where_it_is_far_away(wait: Wait, told: WaitSentence) -> None:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=HERE)

    assert said(Shown(wait, now), now, NINE_S) == told


@given(waits, st.integers(0, 1_200))
def test_what_is_told_never_promises_more_than_what_is_left(wait: Wait, elapsed_s: int) -> None:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=HERE)
    later = now + timedelta(seconds=elapsed_s)

    told, left = said(Shown(wait, now), later, NINE_S + elapsed_s), Shown(wait, now).run_down(later)

    if told.words is WaitWords.CLOCK:
        left = wait
    elif told.words is not WaitWords.WIDE:
        assert int(told.first) * 60 <= left.low_s
        assert int(told.last) * 60 >= left.high_s
    assert -1e-6 <= told.minutes * 60 - left.likely_s <= 300


@given(waits, st.integers(0, 4_000), st.floats(0, 1, exclude_max=True))
def test_what_is_told_alike_for_so_long_is_the_same_at_each_moment_before(
    wait: Wait, elapsed_s: int, share: float
) -> None:
    shown = Shown(wait, AT_TEN, (WaitPart(Reason.LINE, wait.likely_s, 4),))
    alike_s = told_alike_for_s(shown, AT_TEN + timedelta(seconds=elapsed_s))

    told = []
    for later_s in (elapsed_s, elapsed_s + share * alike_s):
        later = AT_TEN + timedelta(seconds=later_s)
        told.append((said(shown, later, 10 * 3_600 + (later - AT_TEN).total_seconds()), shown.why_now(later)))

    assert 0 <= alike_s < 300
    assert told[0] == told[1]


def test_a_far_time_of_the_clock_is_told_alike_until_its_parts_run_down() -> None:
    shown = Shown(Wait(8_000, 9_000, 12_000), AT_TEN)

    assert told_alike_for_s(shown, AT_TEN + timedelta(seconds=100)) == pytest.approx(200, abs=0.01)


def test_times_of_the_clock_stay_while_what_was_shown_runs_down() -> None:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=HERE)
    shown = Shown(Wait(8_000, 9_000, 12_000), now)

    told = {said(shown, now + timedelta(seconds=s), NINE_S + s)[:3] for s in range(0, 3_000, 7)}

    assert told == {(WaitWords.CLOCK, "11:10", "12:20")}


def kept_or_new(before: Shown, new: Wait, now: datetime) -> Shown:
    """What is shown from now on: what was shown before as long as that is right, as the service does."""
    return before if before.is_right(new.likely_s, now) else Shown(new, now)


@given(waits, st.lists(waits, max_size=6), st.integers(1, 600))
def test_what_is_shown_changes_only_to_the_newest_forecast_and_is_never_off_by_much(
    first: Wait, later: list[Wait], step_s: int
) -> None:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=HERE)
    shown = Shown(first, now)

    for new in later:
        now += timedelta(seconds=step_s)
        before, shown = shown, kept_or_new(shown, new, now)

        assert shown in (before, Shown(new, now))
        left = shown.run_down(now)
        assert abs(left.likely_s - new.likely_s) <= max(0.2 * left.likely_s, 60.0) + 1e-6


def test_the_clock_does_not_move_while_what_is_shown_runs_down() -> None:
    now = datetime(2026, 11, 22, 9, 2, tzinfo=HERE)
    shown = Shown(Wait(4_000, 5_000, 6_000), now)

    later = kept_or_new(shown, Wait(3_900, 4_800, 5_500), now + timedelta(minutes=3))

    assert later == shown
    assert is_far(shown.wait)
    assert not is_far(shown.run_down(now + timedelta(minutes=8)))


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (Wait(78, 489, 2_734), (WaitWords.WIDE, 10, 50)),
        (Wait(0, 60, 1_100), (WaitWords.WIDE, 5, 20)),
        (Wait(700, 2_400, 5_900), (WaitWords.WIDE, 40, 100)),
        (Wait(200, 1_800, 3_700), (WaitWords.WIDE, 30, 65)),
        (Wait(0, 240, 800), (WaitWords.SHORT, 0, 15)),
        (Wait(600, 1_500, 3_300), (WaitWords.RANGE, 10, 55)),
        (Wait(1_800, 3_000, 5_900), (WaitWords.RANGE, 30, 100)),
        (Wait(900, 1_200, 2_000), (WaitWords.RANGE, 15, 35)),
    ],
)
def test_a_range_that_is_too_wide_to_help_is_told_by_its_likely_value(
    wait: Wait, told: tuple[WaitWords, int, int]
) -> None:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=HERE)

    assert said(Shown(wait, now), now, NINE_S)[:3] == told


def test_what_a_wait_is_made_of_runs_down_in_steps_of_five_minutes() -> None:
    shown = Shown(Wait(0.0, 780.0, 1_200.0), AT_TEN, (WaitPart(Reason.LINE, 720.0, 4), WaitPart(Reason.SLOW, 60.0)))

    lines = [[part.minutes for part in shown.why_now(AT_TEN + timedelta(minutes=later))] for later in (0, 4, 5, 13)]

    assert lines == [[12, 1], [12, 1], [7, 1], [2, 1]]
    assert shown.why_now(AT_TEN + timedelta(minutes=16)) == ()
