"""What the journal's lines teach."""

from datetime import datetime, timedelta

import pytest

from queue_server.domain.queue.events import Event
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.learning import LESSON_AGE, Learning, Told, learn, lessons
from tests.domain.queues import TEN


def line(kind: str, minute: float, token: int | None = 1, **data: object) -> Event:
    """A journal line, so many minutes after ten."""
    return Event(kind, TEN + timedelta(minutes=minute), "doctor:7", token, 1, data)


def after(*lines: Event) -> Learning:
    """What is learned from these lines."""
    learning = Learning()
    for one in lines:
        learning = learn(learning, one)
    return learning


def call(minute: float, token: int = 1) -> Event:
    return line("call", minute, token, room="1", doctor=7)


def test_a_consultation_lasts_from_the_call_to_the_end() -> None:
    learning = after(line("issue", 0), call(10), line("attend", 14))

    assert learning.learned.doctors["7"].long.mean == pytest.approx(240)


def test_a_transfer_ends_a_consultation_too() -> None:
    learning = after(line("issue", 0), call(10), line("transfer", 12))

    assert learning.learned.consultation.mean == pytest.approx(120)


def test_somebody_who_does_not_come_is_no_consultation() -> None:
    before = Learning()

    learning = after(line("issue", 0), call(10), line("miss", 12))

    assert learning.learned.consultation.weight == 0
    assert learning.learned.no_show.mean == pytest.approx(120)
    assert learning.learned.no_show_share > before.learned.no_show_share


def test_the_time_between_two_patients_counts_only_while_somebody_waits() -> None:
    waited = after(line("issue", 0), line("issue", 1, 2), call(10), line("attend", 14), call(15, 2))
    nobody = after(line("issue", 0), call(10), line("attend", 14), line("issue", 30, 2), call(31, 2))

    assert waited.learned.turn_over.mean == pytest.approx(60)
    assert nobody.learned.turn_over.weight == 0


def test_somebody_who_gives_up_has_left() -> None:
    learning = after(line("issue", 0), line("cancel", 20))

    assert learning.learned.left == 1
    assert learning.joined == {}


def test_the_promise_is_compared_with_the_wait() -> None:
    clues = Clues(300.0, 0.3, 2.0, 280.0, 300.0)
    joined = after(line("issue", 0))

    learning = learn(joined, call(20), Told(clues, Wait(100.0, 300.0, 600.0)))

    assert learning.learned.correction != joined.learned.correction


def test_a_held_patient_teaches_nothing_about_consultations() -> None:
    learning = after(line("issue", 0), call(10), line("hold", 11), call(40), line("attend", 43))

    assert learning.learned.consultation.weight == 1
    assert learning.learned.consultation.mean == pytest.approx(180)


def test_what_was_entered_afterwards_teaches_nothing_and_leaves_nobody_waiting() -> None:
    before = after(line("issue", 0), line("issue", 0, 2), line("issue", 0, 3), call(10))

    learning = before
    for one in (("attend", 1), ("attend", 2), ("miss", 3)):
        learning = learn(learning, line(one[0], 120, one[1], afterwards=True))

    assert learning.learned == before.learned
    assert learning.joined == {}
    assert learning.rooms["1"].token_id is None


def test_a_doctor_who_comes_late_is_remembered() -> None:
    expected = line("duty", 0, None, room="1", doctor=7, state="expected", back_at="2026-11-22T05:00:00Z")

    learning = after(expected, line("duty", 50, None, room="1", doctor=7, state="on_duty"))

    assert learning.learned.doctors["7"].lateness.mean == pytest.approx(20 * 60)


def test_a_break_that_takes_longer_is_remembered_apart() -> None:
    away = line("duty", 0, None, room="1", doctor=7, state="on_break", back_at="2026-11-22T04:45:00Z")

    learning = after(away, line("duty", 20, None, room="1", doctor=7, state="on_duty"))

    assert learning.learned.returning.mean == pytest.approx(5 * 60)
    assert learning.learned.lateness.weight == 0


def test_a_doctor_who_stays_after_the_shift_is_remembered() -> None:
    learning = after(
        line("duty", 50, None, room="1", doctor=7, state="off_duty", ends_at="2026-11-22T05:00:00Z"),
        line("duty", 60, None, room="2", doctor=8, state="off_duty", ends_at=None),
    )

    assert learning.learned.leaving.weight == 1
    assert learning.learned.leaving.mean == pytest.approx(20 * 60)
    assert 0 < learning.learned.overtime_s < 20 * 60


def test_a_line_is_a_lesson_only_when_it_can_no_longer_be_undone() -> None:
    lines = [(1, line("issue", 0)), (2, call(1))]
    now: datetime = TEN + timedelta(minutes=1) + LESSON_AGE

    assert [number for number, _ in lessons(lines, now)] == [1]
    assert [number for number, _ in lessons(lines, now + timedelta(seconds=1))] == [1, 2]


def test_what_was_undone_is_no_lesson() -> None:
    lines = [
        (1, line("issue", 0)),
        (2, call(10)),
        (3, line("attend", 12)),
        (4, line("undo", 12.1)),
        (5, line("attend", 15)),
    ]

    assert [number for number, _ in lessons(lines, TEN + timedelta(hours=1))] == [1, 2, 5]


def test_a_break_whose_end_was_undone_goes_on_for_whoever_learns() -> None:
    def duty(minute: float, room: str, state: str, **more: object) -> Event:
        at = TEN + timedelta(minutes=minute)
        return Event("duty", at, "doctor:1", department_id=1, data={"room": room, "state": state, **more})

    lines = [
        (1, duty(10, "1", "on_break")),
        (2, duty(20, "2", "on_duty")),
        (3, duty(20, "1", "on_duty")),
        (4, duty(20.1, "1", "on_break", undone=True)),
        (5, duty(25, "1", "on_duty")),
    ]

    assert [number for number, _ in lessons(lines, TEN + timedelta(hours=1))] == [1, 2, 5]


def test_an_undo_takes_back_only_its_own_patients_line() -> None:
    lines = [(1, call(10)), (2, line("attend", 12, 2)), (3, line("undo", 10.1, 1))]

    assert [number for number, _ in lessons(lines, TEN + timedelta(hours=1))] == [2]


def test_the_last_minutes_know_who_came_and_who_was_called_but_not_an_emergency() -> None:
    told = Told(Clues(0.0, 0.5, 0.0, 0.0, 0.0), Wait(0.0, 0.0, 60.0), is_emergency=True)
    before = after(line("issue", 0), line("issue", 8, 2, priority="emergency"), call(10))

    learning = learn(before, call(11, 2), told)

    flow = learning.recent.flow((TEN + timedelta(minutes=11)).timestamp())
    assert (flow.wait_s, flow.calls, flow.joins) == (600, 2, 0)
    assert len(before.recent.joins) == 1


def test_a_night_without_a_line_begins_another_day() -> None:
    evening = after(line("issue", 0), call(10), line("attend", 20), line("issue", 21, 2))
    lunch = learn(evening, line("issue", 120, 3))
    morning = learn(evening, line("issue", 14 * 60, 3))

    assert evening.learned.today.weight == lunch.learned.today.weight == 1
    assert morning.learned.today.weight == 0
    assert morning.recent.calls == ()


def test_whoever_was_not_here_when_the_turn_came_teaches_nothing_of_waits_and_who_came_in_time_does() -> None:
    told = Told(Clues(600.0, 0.3, 2.0, 500.0, 2.0, 0.0, 0.0, 0.0), Wait(300.0, 600.0, 900.0))

    def learned(*, passed: bool) -> Learning:
        data = {"passed": True} if passed else {}
        before = after(line("issue", 0, is_here=False), line("arrive", 30, **data))
        return learn(before, call(40), told)

    assert learned(passed=True).recent.waits == ()
    assert learned(passed=False).recent.waits == (2400.0,)


def test_a_doctor_who_had_nobody_here_was_not_slow_to_call() -> None:
    before = [line("issue", 0), line("issue", 1, 2), call(2), line("attend", 5)]
    came = (TEN + timedelta(minutes=6)).isoformat()

    waited = after(*before, call(7, 2))
    arrived = after(*before, line("call", 7, 2, room="1", doctor=7, arrived_at=came))

    assert waited.learned.turn_over.weight > 0
    assert arrived.learned.turn_over.weight == 0
