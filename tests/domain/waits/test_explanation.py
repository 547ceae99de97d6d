"""A promise is explained by parts that add up to it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.explanation import Reason, WaitPart, explain, in_minutes, left_of
from queue_server.domain.waits.forecast import Ahead, forecast
from queue_server.domain.waits.mechanics import Server
from queue_server.domain.waits.pace import Learned
from queue_server.domain.waits.recent import Flow
from tests.domain.waits.experiences import HOUR, departments, flows

seconds = st.floats(0, 2 * HOUR)
any_clues = st.builds(
    Clues,
    mechanics_s=seconds,
    spread=st.just(0.3),
    ahead=st.floats(0, 50),
    history_s=seconds,
    throughput_s=seconds,
    away_s=seconds,
    extra_s=st.floats(0, 900),
    pace=st.floats(0.2, 4.0),
    overtaken_s=st.floats(0, 900),
)


@given(any_clues, seconds)
def test_the_parts_add_up_to_the_likely_wait_in_seconds_and_in_minutes(clues: Clues, likely_s: float) -> None:
    parts = explain(clues, Wait(0.0, likely_s, 2 * likely_s))

    assert math.fsum(part.seconds for part in parts) == pytest.approx(likely_s, abs=1e-6)
    assert parts[0].reason is Reason.LINE
    minutes = list(in_minutes(parts))
    assert abs(sum(part.minutes for part in minutes) - likely_s / 60) <= 0.5 + 1e-6
    assert all(part.minutes for part in minutes[1:])


@given(
    st.lists(st.builds(Ahead, st.none(), st.sampled_from([0.5, 1.0]), st.booleans()), max_size=8),
    st.integers(0, 2),
    st.floats(0, HOUR),
    departments(),
    flows,
)
def test_every_wait_of_a_line_is_explained_whatever_was_learned(
    people: list[Ahead], emergencies: int, running_s: float, learned: Learned, flow: Flow
) -> None:
    line = [*[Ahead(is_emergency=True)] * emergencies, *people]

    made = forecast(line, [Server.on_duty("Doctor 1", running_s)], learned, flow)

    for place, wait in enumerate([*made.waits, made.joining]):
        assert wait is not None
        assert math.fsum(part.seconds for part in made.why(place)) == pytest.approx(wait.likely_s, abs=1e-6)


def test_each_part_says_what_it_is_owed_to() -> None:
    clues = Clues(900.0, 0.3, 5.0, 900.0, 900.0, pace=1.25, extra_s=120.0, overtaken_s=300.0)

    parts = explain(clues, Wait(600.0, 1_260.0, 2_000.0))

    assert parts == (
        WaitPart(Reason.LINE, 720.0, 5),
        WaitPart(Reason.SLOW, 180.0),
        WaitPart(Reason.EMERGENCIES, 120.0),
        WaitPart(Reason.OVERTAKEN, 300.0, 2),
        WaitPart(Reason.HABIT, -60.0),
    )
    quick = explain(clues._replace(pace=0.8, extra_s=0.0, overtaken_s=0.0), Wait(0.0, 900.0, 900.0))
    assert [(part.reason, part.seconds) for part in quick] == [(Reason.LINE, 1_125.0), (Reason.QUICK, -225.0)]


def test_a_line_without_doctors_is_not_explained() -> None:
    assert forecast([Ahead()], [], Learned()).why(0) == ()


def test_as_time_passes_the_line_becomes_shorter_until_there_is_nothing_to_explain() -> None:
    parts = (WaitPart(Reason.LINE, 400.0, 2), WaitPart(Reason.HABIT, 60.0))

    assert left_of(parts, 300.0) == (WaitPart(Reason.LINE, 100.0, 2), WaitPart(Reason.HABIT, 60.0))
    assert left_of(parts, 401.0) == left_of((), 0.0) == ()
