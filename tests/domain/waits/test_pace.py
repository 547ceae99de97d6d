"""What a department learns about its pace, and how fast."""

import json
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.waits.forecast import Ahead, forecast
from queue_server.domain.waits.mechanics import Server
from queue_server.domain.waits.pace import (
    DecayingMean,
    Learned,
    learn_consultation,
    learn_day,
    learn_end_of_wait,
    learn_no_show,
    learn_return,
    learn_start,
    learn_turn_over,
    learn_wait,
)


def after_consultations(learned: Learned, doctor: str, length_s: float, count: int) -> Learned:
    for _ in range(count):
        learned = learn_consultation(learned, doctor, length_s)
    return learned


def a_busy_week() -> Learned:
    random = Random(3)
    learned = Learned()
    for _ in range(200):
        learned = learn_consultation(learned, random.choice(["Doctor 1", "Doctor 2"]), random.expovariate(1 / 200))
        learned = learn_turn_over(learned, random.uniform(5, 40))
        learned = learn_end_of_wait(learned, random.uniform(0, 900), has_left=random.random() < 0.1)
        made = forecast([Ahead()] * random.randrange(5), [Server.on_duty("Doctor 1", 30.0)], learned)
        clues = made.clues(len(made.waits))
        assert clues is not None
        learned = learn_wait(learned, clues, random.uniform(0, 2_000))
    learned = learn_no_show(learned, 75.0)
    learned = learn_start(learned, "Doctor 1", 900.0)
    return learn_return(learned, "Doctor 2", 120.0)


def test_a_memory_knows_mean_and_spread_and_forgets() -> None:
    memory = DecayingMean()
    for value in (10.0, 20.0, 30.0):
        memory = memory.add(value, last=1_000)

    assert memory.mean == pytest.approx(20.0, rel=0.01)
    assert memory.square - memory.mean**2 == pytest.approx(200 / 3, rel=0.02)
    for _ in range(50):
        memory = memory.add(100.0, last=10)
    assert memory.mean == pytest.approx(100.0, rel=0.02)
    assert memory.weight == pytest.approx(10.0, rel=0.02)


def test_few_consultations_are_pulled_towards_the_configured_pace() -> None:
    once = learn_consultation(Learned(configured_s=146.0), "Doctor 1", 600.0)
    often = after_consultations(Learned(configured_s=146.0), "Doctor 1", 600.0, 300)

    assert 146 < once.consultation_s("Doctor 1") < 250
    assert often.consultation_s("Doctor 1") == pytest.approx(600.0, rel=0.03)


def test_a_doctor_is_told_apart_from_the_department() -> None:
    learned = after_consultations(Learned(), "Doctor 1", 100.0, 200)
    learned = after_consultations(learned, "Doctor 2", 300.0, 200)

    assert learned.consultation_s("Doctor 1") < 120
    assert learned.consultation_s("Doctor 2") > 270
    assert 120 < learned.consultation_s("a new doctor") < 270


@pytest.mark.parametrize("changed_s", [73.0, 292.0])
def test_half_of_a_change_is_believed_after_ten_consultations_and_most_of_it_after_twenty(changed_s: float) -> None:
    usual = after_consultations(Learned(), "Doctor 1", 146.0, 400)

    ten = after_consultations(usual, "Doctor 1", changed_s, 10)
    twenty = after_consultations(ten, "Doctor 1", changed_s, 10)
    forty = after_consultations(twenty, "Doctor 1", changed_s, 20)

    believed = [(146.0 - learned.consultation_s("Doctor 1")) / (146.0 - changed_s) for learned in (ten, twenty, forty)]
    assert believed[0] >= 0.5
    assert believed[1] >= 0.8
    assert believed[2] >= 0.8


def test_ten_long_consultations_that_may_be_chance_change_little() -> None:
    random, usual = Random(5), Learned()
    for _ in range(400):
        usual = learn_consultation(usual, "Doctor 1", random.lognormvariate(4.7, 0.7))

    today = after_consultations(usual, "Doctor 1", 1.25 * usual.consultation_s("Doctor 1"), 10)

    assert today.consultation_s("Doctor 1") < 1.08 * usual.consultation_s("Doctor 1")


def test_two_short_consultations_at_the_start_of_a_day_promise_nobody_a_quick_one() -> None:
    random, usual = Random(5), Learned()
    for _ in range(400):
        usual = learn_consultation(usual, "Doctor 1", random.lognormvariate(4.7, 0.7))
    usual = learn_day(usual)

    today = after_consultations(usual, "Doctor 1", 0.25 * usual.consultation_s("Doctor 1"), 2)

    assert today.consultation_s("Doctor 1") > 0.95 * usual.consultation_s("Doctor 1")


def test_the_pace_of_today_is_forgotten_on_the_next_day() -> None:
    usual = after_consultations(Learned(), "Doctor 1", 146.0, 400)
    today = after_consultations(usual, "Doctor 1", 292.0, 12)

    tomorrow = learn_day(today)

    assert today.consultation_s("Doctor 1") > 200
    assert tomorrow.consultation_s("Doctor 1") < 160


def test_where_days_differ_a_day_is_believed_sooner() -> None:
    def week(paces: list[float]) -> Learned:
        random, learned = Random(6), Learned()
        for pace in paces:
            for _ in range(100):
                learned = learn_consultation(learned, "Doctor 1", random.lognormvariate(4.7, 0.7) * pace)
            learned = learn_day(learned)
        return learned

    alike, changing = week([1.0] * 10), week([0.6, 1.5] * 5)

    assert changing.between_days > 5 * alike.between_days
    slow = [after_consultations(week_, "Doctor 1", 1.4 * week_.usual_s("Doctor 1"), 6) for week_ in (alike, changing)]
    assert slow[1].today_s("Doctor 1") > slow[0].today_s("Doctor 1") + 0.05


def test_after_a_day_unlike_others_the_next_ones_are_less_certain_for_a_while() -> None:
    month = [1.0] * 30
    usual, surprised, calm = map(a_run_of_days, (month, [*month, 1.8], [*month, 1.8, *month[:4]]))

    assert surprised.pace_doubt > 5 * usual.pace_doubt
    assert calm.pace_doubt < 0.5 * surprised.pace_doubt


def a_run_of_days(paces: Sequence[float]) -> Learned:
    """A department whose usual pace is well known, after days of these paces."""
    random, learned = Random(7), after_consultations(Learned(), "Doctor 1", 146.0, 400)
    for pace in paces:
        for _ in range(60):
            length = random.lognormvariate(4.7, 0.7) * pace
            learned = learn_consultation(learned, "Doctor 1", length)
        learned = learn_day(learned)
    return learned


def test_a_change_that_has_lasted_for_two_days_is_expected_on_the_third_morning() -> None:
    lasting, passing = a_run_of_days([1.6, 1.6]), a_run_of_days([1.6, 1.0, 0.8, 1.6])

    assert lasting.today_s("Doctor 1") > 1.15
    assert passing.today_s("Doctor 1") < 1.05


def test_a_day_that_has_begun_unlike_others_is_less_certain_until_more_is_seen_of_it() -> None:
    random, usual = Random(8), Learned()
    for _ in range(400):
        usual = learn_consultation(usual, "Doctor 1", random.lognormvariate(4.7, 0.7))
    usual = learn_day(usual)
    double_s = 2 * usual.usual_s("Doctor 1")

    begun, seen = (after_consultations(usual, "Doctor 1", double_s, count) for count in (10, 40))

    assert begun.pace_doubt > 1.2 * usual.pace_doubt
    assert seen.pace_doubt < 0.9 * begun.pace_doubt


def test_a_running_consultation_counts_as_at_least_as_long_as_it_has_run() -> None:
    learned = after_consultations(Learned(), "Doctor 1", 146.0, 100)

    usual = learned.consultation_s("Doctor 1")
    assert learned.consultation_s("Doctor 1", 60.0) == usual
    assert learned.consultation_s("Doctor 1", 1_000.0) > usual


def test_a_forgotten_key_press_does_not_spoil_the_pace() -> None:
    learned = after_consultations(Learned(), "Doctor 1", 146.0, 100)

    spoilt = learn_consultation(learned, "Doctor 1", 9 * 3_600.0)

    assert spoilt.consultation_s("Doctor 1") < 1.2 * learned.consultation_s("Doctor 1")


def test_no_shows_shorten_the_cycle_of_a_room() -> None:
    seen = after_consultations(Learned(), "Doctor 1", 300.0, 100)
    missed = seen
    for _ in range(30):
        missed = learn_no_show(missed, 45.0)

    assert missed.no_show_share > seen.no_show_share
    assert missed.cycle_s(300.0) < seen.cycle_s(300.0)
    assert missed.consultation_s("Doctor 1") == seen.consultation_s("Doctor 1")


def test_a_long_gap_is_a_break_and_no_turn_over() -> None:
    learned = learn_turn_over(Learned(), 20.0)

    assert learn_turn_over(learned, 1_200.0) == learned
    assert learn_turn_over(learned, 40.0).turn_over_s != learned.turn_over_s


def test_the_lateness_of_each_doctor_is_learned() -> None:
    learned = Learned()
    for _ in range(15):
        learned = learn_start(learned, "Doctor 1", 1_800.0)
        learned = learn_start(learned, "Doctor 2", 0.0)

    late, _ = learned.lateness_s("Doctor 1")
    punctual, spread = learned.lateness_s("Doctor 2")
    assert late > 1_500
    assert punctual < 300
    assert spread >= 60


def test_returns_from_breaks_are_learned_apart_from_starts() -> None:
    learned = Learned()
    for _ in range(30):
        learned = learn_return(learned, "Doctor 1", 600.0)

    assert learned.return_lateness_s[0] > 500
    assert learned.lateness_s("Doctor 1") == Learned().lateness_s("Doctor 1")


def test_the_rate_of_leaving_is_leavers_by_time_waited() -> None:
    learned = Learned()
    for _ in range(400):
        learned = learn_end_of_wait(learned, 100.0, has_left=False)
        learned = learn_end_of_wait(learned, 100.0, has_left=True)

    assert learned.leaving_rate == pytest.approx(1 / 200, rel=0.1)
    assert Learned().leaving_rate == 0.0


def test_what_was_learned_survives_a_passage_through_json() -> None:
    learned = a_busy_week()

    again = Learned.from_dict(json.loads(json.dumps(learned.to_dict())))

    assert again == learned
    line, servers = [Ahead()] * 7, [Server.on_duty("Doctor 1", 30.0), Server.expected("Doctor 2", 60.0)]
    assert forecast(line, servers, again) == forecast(line, servers, learned)


def test_learning_leaves_the_old_knowledge_as_it_was() -> None:
    before = a_busy_week()
    kept = before.to_dict()

    after = learn_consultation(before, "Doctor 1", 30.0)

    assert before.to_dict() == kept
    assert after != before


@given(st.lists(st.floats(-1e4, 1e5), min_size=1, max_size=50))
def test_no_figure_that_comes_in_makes_the_pace_absurd(figures: list[float]) -> None:
    learned = Learned()

    for figure in figures:
        learned = learn_consultation(learned, "Doctor 1", figure)
        learned = learn_turn_over(learned, figure)
        learned = learn_no_show(learned, figure)
        learned = learn_start(learned, "Doctor 1", figure)
        learned = learn_end_of_wait(learned, figure, has_left=True)

    assert 0 < learned.consultation_s("Doctor 1") < 1e6
    assert 0 <= learned.no_show_share < 1
    assert 0.05 <= learned.variation <= 4
    assert forecast([Ahead()] * 3, [Server.on_duty("Doctor 1", 5.0)], learned).joining is not None


def test_a_copy_with_another_configured_pace_forgets_what_it_had_worked_out() -> None:
    learned = Learned(configured_s=100.0)
    assert learned.department_consultation_s == 100.0

    assert replace(learned, configured_s=200.0).department_consultation_s == 200.0
