"""The state machine."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import IllegalTransition, NotHere, NothingToUndo
from queue_server.domain.queue.tokens import FINAL, IN_ROOM, LIVE, Action, State
from queue_server.domain.queue.transitions import (
    TRANSITIONS,
    UNDO_WINDOW,
    act,
    check_undo,
    is_possible,
    making_room,
    may,
)
from tests.domain.queues import TEN, an_entry

ORDINARY = [action for action in Action if action not in {Action.ISSUE, Action.UNDO}]


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, ORDINARY)))
def test_an_action_leads_to_the_state_of_the_table_or_is_refused(state: State, action: Action) -> None:
    entry = replace(an_entry(state=state), is_here=action is not Action.ARRIVE)

    if (state, action) in TRANSITIONS:
        assert act(entry, action, TEN, room_id=1).state is TRANSITIONS[state, action]
    else:
        with pytest.raises(IllegalTransition, match=f"Token G-001 is {state}"):
            act(entry, action, TEN, room_id=1)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_leads_out_of_a_final_state(state: State) -> None:
    assert not any(is_possible(state, action) for action in ORDINARY)


@pytest.mark.parametrize("state", sorted(LIVE))
def test_every_live_state_can_be_cancelled_transferred_or_expired_at_day_end(state: State) -> None:
    assert is_possible(state, Action.EXPIRE)
    assert is_possible(state, Action.CANCEL)
    assert is_possible(state, Action.TRANSFER)


@given(st.lists(st.sampled_from(ORDINARY), max_size=30))
def test_whoever_is_in_a_room_was_called_there_and_nobody_else_is(actions: list[Action]) -> None:
    entry = an_entry()
    for action in actions:
        if may(entry, action):
            entry = act(entry, action, TEN, room_id=5, doctor_id=3)

        if entry.state in IN_ROOM:
            assert (entry.room_id, entry.called_at) == (5, TEN)
        elif entry.state not in FINAL:
            assert entry.room_id is None
        assert (entry.finished_at is not None) == (entry.state in FINAL)


@given(st.lists(st.sampled_from(ORDINARY), max_size=30), st.booleans())
def test_nobody_becomes_attended_by_a_press_for_somebody_else_unless_begun_with_or_said_to_be_seen(
    actions: list[Action], was_seen: bool
) -> None:
    entry = an_entry()
    for action in actions:
        if may(entry, action):
            entry = act(entry, action, TEN, room_id=5)

        if entry.state in IN_ROOM:
            after = act(entry, making_room(entry.state, was_seen=was_seen), TEN)
            is_attended = entry.started_at is not None or was_seen
            assert after.state is (State.ATTENDED if is_attended else State.MISSED)


@given(st.lists(st.sampled_from(ORDINARY), max_size=30))
def test_no_action_changes_number_joining_or_place(actions: list[Action]) -> None:
    first = entry = an_entry()
    for action in actions:
        if may(entry, action):
            entry = act(entry, action, TEN, room_id=5)

    assert (entry.number, entry.joined_at, entry.rank) == (first.number, first.joined_at, first.rank)


def test_a_recall_counts_as_a_call() -> None:
    called = act(an_entry(), Action.CALL, TEN, room_id=1)

    assert act(called, Action.RECALL, TEN).calls == 2


def test_undo_is_possible_for_eight_seconds() -> None:
    check_undo(TEN, TEN + UNDO_WINDOW, is_unchanged=True)
    check_undo(TEN, TEN + 20 * UNDO_WINDOW, is_unchanged=True, pace=20)

    with pytest.raises(NothingToUndo):
        check_undo(TEN, TEN + UNDO_WINDOW * 1.01, is_unchanged=True)


def test_undo_is_refused_when_something_else_has_happened() -> None:
    with pytest.raises(NothingToUndo, match="moved on"):
        check_undo(TEN, TEN, is_unchanged=False)


@pytest.mark.parametrize("state", [State.WAITING, State.HELD])
def test_whoever_is_not_here_arrives_once_keeps_place_and_state_and_is_called_only_then(state: State) -> None:
    away = replace(an_entry(state=state), is_here=False)

    with pytest.raises(NotHere, match="Token G-001 is not here yet"):
        act(away, Action.CALL, TEN, room_id=1)
    came = act(away, Action.ARRIVE, TEN)

    assert (came.state, came.rank, came.is_here, came.here_since) == (state, away.rank, True, TEN)
    assert act(came, Action.CALL, TEN, room_id=1).state is State.CALLED
    assert (may(away, Action.ARRIVE), may(away, Action.CALL)) == (True, False)
    assert (may(came, Action.ARRIVE), may(came, Action.CALL)) == (False, True)
    with pytest.raises(IllegalTransition):
        act(came, Action.ARRIVE, TEN)
