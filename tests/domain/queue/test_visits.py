"""A token's whole day, read from its stays and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from queue_server.domain.queue.tokens import Priority, State
from queue_server.domain.queue.visits import Moment, Stay, Visit

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def a_visit(*states: State) -> Visit:
    """A visit of one stay that came into these states, a minute apart."""
    moments = tuple(Moment(NOW + timedelta(minutes=place), state) for place, state in enumerate(states))
    stay = Stay(1, 1, 1, None, None, states[-1], Priority.NORMAL, NOW, finished_at=moments[-1].at)
    return Visit(1, "G-001", date(2026, 11, 22), None, (stay,), moments)


def test_a_visit_is_over_when_its_last_stay_is() -> None:
    over, live = a_visit(State.WAITING, State.CALLED, State.ATTENDED), a_visit(State.WAITING, State.MISSED)

    assert (over.state, over.ended_at) == (State.ATTENDED, NOW + timedelta(minutes=2))
    assert (live.state, live.ended_at, live.changed_at) == (State.MISSED, None, NOW + timedelta(minutes=1))
