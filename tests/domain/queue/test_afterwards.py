"""What was done by voice while the server was away, and is entered afterwards."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.devices.keepers import LETTERS
from queue_server.domain.errors import IllegalTransition
from queue_server.domain.queue.afterwards import (
    OUTCOMES,
    Line,
    Wrong,
    checked,
    entered,
    lines_of,
    outcome,
    outcomes,
    short_names,
    without_signs,
)
from queue_server.domain.queue.numbering import number
from queue_server.domain.queue.tokens import FINAL, IN_ROOM, Action, QueueEntry, State
from queue_server.domain.queue.transitions import TRANSITIONS, act, is_possible
from tests.domain.queues import TEN, an_entry

LATER = TEN + timedelta(hours=2)
ORDINARY = [action for action in Action if action not in {Action.ISSUE, Action.UNDO}]
OF_THOSE_HERE = [action for action in ORDINARY if action is not Action.ARRIVE]


@pytest.mark.parametrize(("state", "action"), list(product(State, ORDINARY)))
def test_an_outcome_is_where_the_table_leads_after_a_call_that_nobody_could_press(state: State, action: Action) -> None:
    called = TRANSITIONS.get((state, Action.CALL), state)

    after = outcome(state, action)

    if after is None:
        assert action not in OUTCOMES.values() or TRANSITIONS.get((called, action)) in {None, state}
    else:
        assert after is TRANSITIONS[called, action]
        assert after is not state


def test_whoever_waits_was_attended_or_missed_and_what_is_over_stays_so() -> None:
    assert outcomes(State.WAITING) == (Action.ATTEND, Action.MISS)
    assert outcomes(State.SERVING) == outcomes(State.MISSED) == (Action.ATTEND,)
    assert not any(outcomes(state) for state in FINAL)


@given(st.lists(st.sampled_from(OF_THOSE_HERE), max_size=30), st.sampled_from([Action.ATTEND, Action.MISS]))
def test_an_entry_afterwards_keeps_number_joining_and_place_and_invents_no_moment(
    actions: list[Action], action: Action
) -> None:
    entry = an_entry()
    for step in actions:
        if is_possible(entry.state, step):
            entry = act(entry, step, TEN, room_id=5, doctor_id=3)
    if outcome(entry.state, action) is None:
        with pytest.raises(IllegalTransition):
            entered(entry, action, LATER)
        return

    after = entered(entry, action, LATER, room_id=1, doctor_id=2)

    assert (after.number, after.joined_at, after.rank) == (entry.number, entry.joined_at, entry.rank)
    assert (after.called_at, after.started_at) == (None, None)
    assert after.calls == entry.calls + (entry.state not in IN_ROOM)
    where = (entry.room_id, entry.doctor_id) if entry.state in IN_ROOM else (1, 2)
    if action is Action.ATTEND:
        assert (after.finished_at, (after.room_id, after.doctor_id)) == (LATER, where)
    else:
        assert (after.finished_at, after.room_id) == (None, None)
        assert is_possible(after.state, Action.REQUEUE)


@pytest.mark.parametrize("action", [Action.ATTEND, Action.MISS])
def test_whoever_was_called_by_voice_counts_as_here(action: Action) -> None:
    assert entered(replace(an_entry(), is_here=False), action, LATER).is_here


def test_a_pasted_sheet_is_read_however_it_is_written() -> None:
    text = "G-012 A\n\n g12m\r\n12\tattended\nG-A07 → Missed.\nD-1 आया\nG-014\nhello\nG-015 perhaps"
    words = {**OUTCOMES, "आया": Action.ATTEND}

    assert lines_of(text, words) == [
        Line("G-012", Action.ATTEND),
        Line("g12", Action.MISS),
        Line("12", Action.ATTEND),
        Line("G-A07", Action.MISS),
        Line("D-1", Action.ATTEND),
        Line("G-014", None),
        Line("hello", None),
        Line("G-015 perhaps", None),
    ]


@given(st.text())
def test_whatever_is_pasted_is_read_line_by_line(text: str) -> None:
    assert len(lines_of(text)) == len([line for line in text.splitlines() if line.strip()])


prefixes = st.text("ABCDEFGHKLMNPRSTUVWXYZ", min_size=1, max_size=3)
numbers = st.builds(number, prefixes, st.integers(1, 1200)) | st.builds(
    lambda prefix, series, count, again: f"{prefix}-{series}{count:02d}{again}",
    prefixes,
    st.text(LETTERS, min_size=1, max_size=2),
    st.integers(1, 120),
    st.sampled_from(["", "-2", "-3"]),
)


@given(st.lists(numbers, min_size=1, max_size=8, unique=True), st.data())
def test_a_number_as_it_is_on_paper_means_that_number_and_no_short_name_means_another_one(
    written: list[str], data: st.DataObject
) -> None:
    today = [_bears(one, sequence) for sequence, one in enumerate(written, start=1)]
    meant = data.draw(st.sampled_from(today))
    typed = data.draw(st.sampled_from([meant.number, meant.number.lower(), *short_names(meant.number)]))

    sheet = checked([Line(typed, Action.ATTEND)], today)

    if typed.upper() == meant.number:
        assert [entry for entry, _ in sheet.done] == [meant]
    elif sheet.done:
        ((entry, _),) = sheet.done
        assert without_signs(typed) in short_names(entry.number)
    else:
        assert [mistake.why for mistake in sheet.mistakes] == [Wrong.SEVERAL]


def test_a_sheet_says_of_each_line_what_is_wrong_with_it() -> None:
    today = [an_entry(1), an_entry(2, State.ATTENDED), an_entry(3, State.MISSED), replace(an_entry(4), number="D-001")]
    lines = [Line("9", Action.ATTEND), Line("2", Action.MISS), Line("3", Action.MISS), Line("1", Action.ATTEND)]

    sheet = checked([*lines, Line("G-001", Action.ATTEND), Line("G-1", Action.MISS), Line("4 x", None)], today)

    assert [(one.written, one.why, one.state) for one in sheet.mistakes] == [
        ("9", Wrong.UNKNOWN, None),
        ("2", Wrong.OVER, State.ATTENDED),
        ("3", Wrong.OVER, State.MISSED),
        ("1", Wrong.SEVERAL, None),
        ("G-1", Wrong.TWICE, State.WAITING),
        ("4 x", Wrong.UNREADABLE, None),
    ]
    assert (sheet.count(Action.ATTEND), sheet.count(Action.MISS)) == (1, 0)


def test_a_console_enters_nothing_of_another_room() -> None:
    there = replace(an_entry(1, State.CALLED), room_id=2)

    assert checked([Line("1", Action.ATTEND)], [there], room_id=1).mistakes[0].why is Wrong.ELSEWHERE
    assert checked([Line("1", Action.ATTEND)], [there], room_id=2).mistakes == ()


def _bears(written: str, sequence: int) -> QueueEntry:
    return replace(an_entry(sequence), number=written)
