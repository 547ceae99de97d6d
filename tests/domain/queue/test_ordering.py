"""Who comes next."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import BadInput
from queue_server.domain.queue.ordering import (
    DEFAULT_CREDITS,
    LONGEST_REASON,
    Explanation,
    OrderRules,
    PlaceReason,
    explanation,
    in_order,
    is_too_late,
    kept_until,
    next_for,
    not_here,
    passes,
    rank,
    reason_for,
    with_priority,
)
from queue_server.domain.queue.tokens import Action, Priority, QueueEntry, State
from queue_server.domain.queue.transitions import act
from tests.domain.queues import RULES, TEN, Queue, a_queue, an_entry

#: Somebody joins so many minutes after ten, with this priority.
joinings = st.lists(st.tuples(st.integers(0, 300), st.sampled_from(sorted(Priority))), min_size=1, max_size=40)


def joined(plan: list[tuple[int, Priority]]) -> list[QueueEntry]:
    """The entries of a plan; sequences follow the times of joining, as the database's do."""
    ordered = sorted(plan, key=lambda joining: joining[0])
    return [an_entry(place, priority=priority, minute=minute) for place, (minute, priority) in enumerate(ordered, 1)]


@given(joinings)
def test_among_equals_whoever_joined_earlier_is_called_earlier(plan: list[tuple[int, Priority]]) -> None:
    order = in_order(joined(plan))

    for priority in Priority:
        sequences = [entry.rank.sequence for entry in order if entry.priority is priority]
        assert sequences == sorted(sequences)


@given(joinings)
def test_nobody_is_overtaken_by_someone_who_came_later_than_the_credit(plan: list[tuple[int, Priority]]) -> None:
    order = in_order(joined(plan))

    for place, ahead in enumerate(order):
        for behind in order[place + 1 :]:
            if Priority.EMERGENCY not in {ahead.priority, behind.priority}:
                lead = DEFAULT_CREDITS[ahead.priority] - DEFAULT_CREDITS[behind.priority]
                assert ahead.joined_at - behind.joined_at <= lead


@given(joinings)
def test_emergencies_go_before_everybody_else(plan: list[tuple[int, Priority]]) -> None:
    order = [entry.priority is Priority.EMERGENCY for entry in in_order(joined(plan))]

    assert order == sorted(order, reverse=True)


@given(joinings, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_the_rows_were_read(plan: list[tuple[int, Priority]], random: object) -> None:
    entries = joined(plan)
    shuffled = entries.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert in_order(shuffled) == in_order(entries)


@given(joinings)
def test_waiting_never_pushes_anybody_back_unless_somebody_joins(plan: list[tuple[int, Priority]]) -> None:
    entries = joined(plan)
    before = in_order(entries)

    after = in_order(before[1:])

    assert after == before[1:]


def test_only_those_who_wait_are_in_the_order() -> None:
    entries = [an_entry(place, state=state) for place, state in enumerate(State, 1)]

    assert [entry.state for entry in in_order(entries)] == [State.WAITING]


@given(joinings, st.sets(st.integers(1, 40)), st.integers(1, 40))
def test_whoever_is_not_here_is_skipped_and_everybody_elses_order_is_the_same(
    plan: list[tuple[int, Priority]], away: set[int], arriving: int
) -> None:
    entries = [replace(entry, is_here=entry.id not in away) for entry in joined(plan)]
    everybody = in_order(joined(plan))

    assert [entry.id for entry in in_order(entries)] == [one.id for one in everybody if one.id not in away]
    assert [entry.id for entry in not_here(entries)] == [one.id for one in everybody if one.id in away]
    assert next_for(entries, None) in [*in_order(entries)[:1], None]

    came = [
        act(entry, Action.ARRIVE, TEN) if entry.id == arriving and not entry.is_here else entry for entry in entries
    ]

    still_away = away - {arriving}
    assert [entry.id for entry in in_order(came)] == [one.id for one in everybody if one.id not in still_away]


@given(joinings, st.sets(st.integers(1, 40)))
def test_a_call_in_turn_passes_those_not_here_who_would_have_come_before_and_nobody_else(
    plan: list[tuple[int, Priority]], away: set[int]
) -> None:
    entries = [replace(entry, is_here=entry.id not in away) for entry in joined(plan)]
    called = next_for(entries, None)
    if called is None:
        return
    before = [one.id for one in in_order(joined(plan))]

    passed = {entry.id for entry in entries if passes(called, entry)}

    expected = set() if called.rank.is_emergency else {one for one in before[: before.index(called.id)] if one in away}
    assert passed == expected


def test_a_place_is_kept_until_its_time_has_passed_and_only_of_who_is_not_here() -> None:
    rules = replace(RULES, place_kept=timedelta(minutes=10))
    waiting = replace(an_entry(), is_here=False)
    passed = replace(waiting, passed_at=TEN)

    assert kept_until(waiting, rules) is None
    assert kept_until(passed, rules) == TEN + timedelta(minutes=10)
    assert not is_too_late(waiting, rules, TEN + timedelta(days=1))
    assert not is_too_late(passed, rules, TEN + timedelta(minutes=10))
    assert is_too_late(passed, rules, TEN + timedelta(minutes=10, seconds=1))
    assert not is_too_late(replace(passed, is_here=True), rules, TEN + timedelta(days=1))
    assert not passes(an_entry(2, minute=1), passed)  # it stays with the first


def test_a_patient_who_was_missed_returns_after_the_next_three() -> None:
    queue = a_queue(5).do("G-001", Action.CALL).do("G-001", Action.MISS)

    queue = queue.requeue("G-001")

    assert queue.order() == ["G-002", "G-003", "G-004", "G-001", "G-005"]


def test_with_two_waiting_a_missed_patient_returns_at_the_end() -> None:
    queue = a_queue(3).do("G-001", Action.CALL).do("G-001", Action.MISS)

    assert queue.requeue("G-001").order() == ["G-002", "G-003", "G-001"]


def test_with_nobody_waiting_a_missed_patient_is_next() -> None:
    queue = a_queue(1).do("G-001", Action.CALL).do("G-001", Action.MISS)

    assert queue.requeue("G-001").order() == ["G-001"]


def test_several_who_return_together_come_in_the_order_of_their_return() -> None:
    queue = a_queue(7)
    for number in ("G-001", "G-002", "G-003"):
        queue = queue.do(number, Action.CALL).do(number, Action.MISS)

    for number in ("G-002", "G-003", "G-001"):
        queue = queue.requeue(number)

    assert queue.order() == ["G-004", "G-005", "G-006", "G-002", "G-003", "G-001", "G-007"]


@given(st.integers(1, 12), st.lists(st.integers(1, 12), max_size=8))
def test_a_return_never_overtakes_the_next_three(length: int, returning: list[int]) -> None:
    queue = a_queue(length)
    for place in returning:
        number = f"G-{place:03d}"
        if number not in queue.order():
            continue
        queue = queue.do(number, Action.CALL).do(number, Action.MISS)
        before = queue.order()

        queue = queue.requeue(number)

        assert queue.order().index(number) >= min(3, len(before))
        assert [other for other in queue.order() if other != number] == before


def test_an_emergency_who_returns_is_first() -> None:
    queue = Queue(an_entry(1, priority=Priority.EMERGENCY), an_entry(2), an_entry(3))
    queue = queue.do("G-001", Action.CALL).do("G-001", Action.MISS)

    assert queue.requeue("G-001").order() == ["G-001", "G-002", "G-003"]


def test_a_doctor_is_not_given_somebody_who_is_kept_for_another() -> None:
    kept, other = replace(an_entry(1), for_doctor_id=7), an_entry(2)

    assert next_for([kept, other], doctor_id=8) == other
    assert next_for([kept, other], doctor_id=7) == kept
    assert next_for([kept], doctor_id=8) is None


def test_a_credit_is_time_and_not_a_place() -> None:
    late = an_entry(2, priority=Priority.ASSISTED, minute=21)
    early = an_entry(1, minute=0)

    assert in_order([late, early]) == [early, late]
    assert timedelta(minutes=20) == DEFAULT_CREDITS[Priority.ASSISTED]


@given(joinings, st.data())
def test_another_priority_gives_the_place_of_that_priority_and_nobody_else_moves(
    plan: list[tuple[int, Priority]], data: st.DataObject
) -> None:
    entries = joined(plan)
    chosen = data.draw(st.sampled_from(entries))
    new = data.draw(st.sampled_from(sorted(Priority)))

    changed = with_priority(chosen, new, "why", OrderRules())

    assert changed.rank == rank(new, chosen.joined_at, chosen.rank.sequence, OrderRules())
    assert with_priority(changed, chosen.priority, chosen.priority_reason, OrderRules()) == chosen
    others = [entry for entry in entries if entry is not chosen]
    assert [entry for entry in in_order([*others, changed]) if entry is not changed] == in_order(others)


@given(st.sampled_from(sorted(Priority)), st.sampled_from([None, "", " \n ", "\u200b"]))
def test_only_what_staff_judge_needs_a_reason(priority: Priority, nothing: str | None) -> None:
    if priority in {Priority.NORMAL, Priority.ASSISTED}:
        assert reason_for(priority, nothing) is None
    else:
        with pytest.raises(BadInput) as raised:
            reason_for(priority, nothing)
        assert raised.value.details["field"] == "reason"


@given(st.sampled_from(sorted(Priority)))
def test_a_reason_is_kept_on_one_line_and_whole(priority: Priority) -> None:
    assert reason_for(priority, "  chest\n pain ") == "chest pain"
    assert reason_for(priority, "x" * LONGEST_REASON) == "x" * LONGEST_REASON
    with pytest.raises(BadInput):
        reason_for(priority, "x" * (LONGEST_REASON + 1))


def counted_at(entry: QueueEntry) -> datetime:
    """Since when the entry counts as having come, as far as its reason tells."""
    return entry.joined_at - timedelta(minutes=explanation(entry, RULES).minutes)


@given(joinings, st.lists(st.integers(0, 39), max_size=8))
def test_the_reason_of_every_place_agrees_with_the_order(
    plan: list[tuple[int, Priority]], returning: list[int]
) -> None:
    queue = Queue(*joined(plan))
    for place in returning:
        number = queue.order()[place % len(plan)]
        queue = queue.do(number, Action.CALL).do(number, Action.MISS).requeue(number)
    order = [queue.entries[number] for number in queue.order()]

    for place, ahead in enumerate(order):
        for behind in order[place + 1 :]:
            first, second = explanation(ahead, RULES).reason, explanation(behind, RULES).reason
            if PlaceReason.EMERGENCY in {first, second}:
                assert first is PlaceReason.EMERGENCY
            elif second is not PlaceReason.RETURNED:
                own_place = ahead.joined_at - DEFAULT_CREDITS[ahead.priority]
                assert (own_place if first is PlaceReason.RETURNED else counted_at(ahead)) <= counted_at(behind)


@given(joinings)
def test_whoever_overtakes_somebody_has_a_reason_that_says_so(plan: list[tuple[int, Priority]]) -> None:
    order = in_order(joined(plan))

    for place, ahead in enumerate(order):
        if any(behind.joined_at < ahead.joined_at for behind in order[place + 1 :]):
            assert explanation(ahead, RULES).reason in {
                PlaceReason.ASSISTED,
                PlaceReason.URGENT,
                PlaceReason.EMERGENCY,
            }


def test_each_reason_is_told_with_its_figure() -> None:
    back = a_queue(5).do("G-001", Action.CALL).do("G-001", Action.MISS).requeue("G-001").entries["G-001"]
    from_the_laboratory = replace(an_entry(9), rank=an_entry(2).rank)
    called = act(an_entry(4), Action.CALL, TEN, is_chosen=True)

    told = {
        explanation(an_entry(1), RULES): "arrival",
        explanation(an_entry(1, priority=Priority.ASSISTED), RULES): "assisted",
        explanation(an_entry(1, priority=Priority.URGENT), RULES): "urgent",
        explanation(an_entry(1, priority=Priority.EMERGENCY), RULES): "emergency",
        explanation(back, RULES): "returned",
        explanation(replace(an_entry(8), rank=back.rank), RULES): "late",
        explanation(from_the_laboratory, RULES): "came_back",
        explanation(called, RULES): "chosen",
    }

    assert list(told.values()) == [one.reason for one in told] == list(PlaceReason)
    assert [(one.minutes, one.people) for one in told] == [
        (0, 0),
        (20, 0),
        (60, 0),
        (0, 0),
        (0, 3),
        (0, 3),
        (0, 0),
        (0, 0),
    ]


def test_a_credit_of_nothing_is_no_reason() -> None:
    rules = OrderRules({Priority.ASSISTED: timedelta()})
    entry = replace(an_entry(1, priority=Priority.ASSISTED), rank=rank(Priority.ASSISTED, TEN, 1, rules))

    assert explanation(entry, rules) == Explanation(PlaceReason.ARRIVAL)


def test_a_choice_is_forgotten_when_the_patient_waits_again() -> None:
    called = act(an_entry(1), Action.CALL, TEN, is_chosen=True)

    assert explanation(act(called, Action.REQUEUE, TEN), RULES).reason is PlaceReason.ARRIVAL
