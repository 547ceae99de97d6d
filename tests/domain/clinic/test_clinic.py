"""One department as it stands: who waits, who is ahead, who is being served."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.clinic.clinic import Department, DepartmentQueue, Duty, Order, Room
from queue_server.domain.queue.ordering import OrderRules, place_in
from queue_server.domain.queue.tokens import LIVE, DutyState, Priority, QueueEntry, State
from tests.domain.queues import TEN, an_entry

GENERAL = Department("GEN", "G", {"en": "General", "hi": "सामान्य"}, id=1)


def a_queue(*entries: QueueEntry) -> DepartmentQueue:
    """General with these entries, and rooms 1 and 2 of which a doctor has the first."""
    rooms = (Room(5, "1", 1), Room(6, "2", 1))
    return DepartmentQueue(GENERAL, 1, entries, (), rooms, (Duty(9, "Dr. Rao", 5, DutyState.ON_DUTY, TEN),))


def called(sequence: int, minute: float, state: State = State.CALLED) -> QueueEntry:
    """An entry that was called so many minutes after ten."""
    return replace(an_entry(sequence, state), called_at=TEN + timedelta(minutes=minute))


def test_those_who_wait_know_how_many_are_ahead() -> None:
    queue = a_queue(
        an_entry(1, minute=1),
        an_entry(2, minute=2, state=State.HELD),
        an_entry(3, minute=3),
        an_entry(4, minute=4, priority=Priority.EMERGENCY),
    )

    assert [entry.number for entry in queue.line] == ["G-004", "G-001", "G-003"]
    assert queue.ahead == {4: 0, 1: 1, 3: 2}


def test_every_live_entry_is_found_by_its_token() -> None:
    held = an_entry(2, state=State.HELD)

    assert a_queue(an_entry(1), held).by_token[2] is held
    assert 3 not in a_queue(held).by_token


def test_now_serving_are_the_three_called_last() -> None:
    queue = a_queue(called(4, 4.5), called(1, 1), called(3, 3, State.SERVING), called(2, 2), called(5, 5, State.MISSED))

    assert queue.now_serving == ("G-002", "G-003", "G-004")


def test_numbers_called_within_one_second_keep_their_order() -> None:
    at_once = replace(an_entry(7, State.CALLED), called_at=TEN + timedelta(microseconds=1))

    assert a_queue(at_once, called(8, 0)).now_serving == ("G-008", "G-007")


def test_a_room_is_known_by_its_code_and_by_who_has_it() -> None:
    queue = a_queue()

    assert (queue.room_code(6), queue.room_code(7), queue.room_code(None)) == ("2", None, None)
    assert [duty and duty.doctor for duty in (queue.duty_in(5), queue.duty_in(6))] == ["Dr. Rao", None]


def test_the_order_follows_the_departments_own_credits() -> None:
    department = replace(GENERAL, credits={"normal": 0, "assisted": 30, "urgent": 60}, return_after=5)

    assert department.rules == OrderRules(
        {
            Priority.NORMAL: timedelta(0),
            Priority.ASSISTED: timedelta(minutes=30),
            Priority.URGENT: timedelta(minutes=60),
        },
        5,
    )


def test_a_department_without_hours_is_always_open() -> None:
    assert GENERAL.opening_hours is None
    assert replace(GENERAL, hours={"mon": (("09:00", "13:00"),)}).opening_hours is not None


@given(
    st.lists(st.tuples(st.integers(1, 12), st.sampled_from(sorted(LIVE)), st.sampled_from(list(Priority))), max_size=40)
)
def test_an_order_that_follows_each_change_is_that_of_everybody_looked_at(
    changes: list[tuple[int, State, Priority]],
) -> None:
    entries: dict[int, QueueEntry] = {}
    order = Order.of(())

    for place, state, priority in changes:
        gone = [entries.pop(place)] if place in entries else []
        # Somebody in the state that is there already goes away altogether.
        come = [] if gone and gone[0].state is state else [an_entry(place, state, priority=priority, minute=place % 5)]
        entries |= {entry.id: entry for entry in come}
        order = order.after(gone, come)

    whole = Order.of(entries.values())
    assert (order.line, order.by_token) == (whole.line, whole.by_token)
    assert set(order.others) == set(whole.others)
    assert [place_in(order.line, entry) for entry in order.line] == list(range(len(order.line)))
