"""The nouns of the queue, and the groups of states that rules speak of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.queue.tokens import FINAL, IN_ROOM, LIVE, WATCHING, Rank, State
from tests.domain.queues import TEN

RANKS = st.builds(
    Rank, st.booleans(), st.integers(-9, 9).map(lambda minute: TEN + timedelta(minutes=minute)), st.integers(0, 99)
)


def test_a_stay_is_live_or_over() -> None:
    assert set(State) == LIVE | FINAL
    assert not LIVE & FINAL


def test_who_is_in_a_room_does_not_watch_for_numbers() -> None:
    assert IN_ROOM < LIVE
    assert not IN_ROOM & WATCHING


def test_everybody_who_is_not_in_a_room_yet_watches() -> None:
    assert LIVE - IN_ROOM <= WATCHING


@given(RANKS, RANKS)
def test_an_emergency_is_before_everybody_else(one: Rank, other: Rank) -> None:
    emergency, ordinary = replace(one, is_emergency=True), replace(other, is_emergency=False)

    assert emergency.key < ordinary.key


@given(RANKS, st.integers(1, 9))
def test_who_was_placed_behind_somebody_comes_right_after(before: Rank, after: int) -> None:
    behind = replace(before, after=after)
    next_in_line = replace(before, sequence=before.sequence + 1)

    assert before.key < behind.key < next_in_line.key
