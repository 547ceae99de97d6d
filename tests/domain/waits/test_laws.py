"""What holds for every forecast, whatever the department has learned."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.forecast import PLAIN, Ahead, Forecast, forecast
from queue_server.domain.waits.mechanics import Server, call_times, stretches
from queue_server.domain.waits.pace import Learned
from queue_server.domain.waits.recent import Flow
from tests.domain.waits.experiences import HOUR, departments, flows

MINUTE = 60.0

at_work = st.builds(
    Server.on_duty,
    st.sampled_from(["Doctor 1", "Doctor 2", "Doctor 3"]),
    st.none() | st.floats(0, 2 * HOUR),
    st.none() | st.floats(0, 8 * HOUR),
    st.none() | st.floats(0, 2 * HOUR),
)
to_come = st.builds(Server.expected, st.just("Doctor 4"), st.floats(-3 * HOUR, 6 * HOUR))
resting = st.builds(
    Server.on_break,
    st.just("Doctor 5"),
    st.none() | st.floats(-HOUR, HOUR),
    st.none(),
    st.none() | st.floats(0, HOUR),
)
doctors = st.lists(st.one_of(at_work, to_come, resting), max_size=4)
people = st.builds(Ahead, st.none(), st.sampled_from([0.5, 1.0]), st.booleans())
lines = st.lists(people, max_size=12)
emergencies = st.lists(st.builds(Ahead, has_priority=st.booleans(), is_emergency=st.just(True)), max_size=2)
lines_with_an_emergency = st.builds(lambda first, others: first + others, emergencies, lines)


long_lines = st.builds(
    lambda first, plain, others: first + [PLAIN] * plain + others, lines_with_an_emergency, st.integers(0, 400), lines
)


def everybody(made: Forecast) -> list[Wait | None]:
    return [*made.waits, made.joining]


def never_lower(before: Sequence[Wait | None], after: Sequence[Wait | None]) -> bool:
    """Whether no wait is shorter afterwards; one that can no longer be known is not shorter."""
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old is not None and new is not None]
    return all(a <= b + 1e-6 for old, new in pairs for a, b in zip(old, new, strict=True))


@given(lines_with_an_emergency, doctors, departments(), flows)
def test_every_range_is_in_order_and_nobody_is_promised_less_than_somebody_ahead(
    line: list[Ahead], servers: list[Server], learned: Learned, flow: Flow
) -> None:
    known = [wait for wait in everybody(forecast(line, servers, learned, flow)) if wait is not None]

    assert all(0 <= wait.low_s <= wait.likely_s <= wait.high_s for wait in known)
    assert all(never_lower([earlier], [later]) for earlier, later in pairwise(known))


@given(lines, doctors, departments(), flows)
def test_who_cannot_know_is_followed_only_by_those_who_cannot_know(
    line: list[Ahead], servers: list[Server], learned: Learned, flow: Flow
) -> None:
    made = forecast(line, servers, learned, flow)

    is_known = [wait is not None for wait in everybody(made)]
    assert is_known == sorted(is_known, reverse=True)
    assert [made.clues(place) is not None for place in range(len(line) + 1)] == is_known


@given(lines_with_an_emergency, people, st.integers(0, 12), doctors, departments(), flows)
def test_one_more_ahead_never_lowers_a_wait(
    line: list[Ahead], one_more: Ahead, place: int, servers: list[Server], learned: Learned, flow: Flow
) -> None:
    place = max(place, sum(entry.is_emergency for entry in line))
    longer = [*line[:place], one_more, *line[place:]]

    before, after = forecast(line, servers, learned, flow), forecast(longer, servers, learned, flow)

    assert never_lower(everybody(before)[place:], everybody(after)[place:][1:])


@given(lines_with_an_emergency, doctors, st.one_of(at_work, to_come, resting), departments(), flows)
def test_a_further_doctor_never_lengthens_a_likely_wait(
    line: list[Ahead], servers: list[Server], further: Server, learned: Learned, flow: Flow
) -> None:
    without = everybody(forecast(line, servers, learned, flow))
    with_one_more = everybody(forecast(line, [*servers, further], learned, flow))

    for alone, together in zip(without, with_one_more, strict=True):
        assert alone is None or (together is not None and together.likely_s <= alone.likely_s + 1e-6)


@given(lines, doctors, departments(), flows)
def test_an_emergency_lengthens_every_wait_behind_it_by_one_consultation_with_its_turn_over_at_most(
    line: list[Ahead], servers: list[Server], learned: Learned, flow: Flow
) -> None:
    before = everybody(forecast(line, servers, learned, flow))
    after = everybody(forecast([Ahead(is_emergency=True), *line], servers, learned, flow))[1:]

    consultation_s = learned.department_consultation_s + learned.turn_over_s
    for old, new in zip(before, after, strict=True):
        assert (old is None) == (new is None)
        if old is not None and new is not None:
            added = [b - a for a, b in zip(old, new, strict=True)]
            assert all(-1e-6 <= more <= consultation_s + 1e-6 for more in added)


@given(
    lines_with_an_emergency,
    st.lists(st.floats(MINUTE, HOUR), min_size=1, max_size=3),
    st.none() | st.floats(0, HOUR),
    departments(),
    flows,
)
def test_while_all_doctors_are_on_a_break_nobody_is_told_less_than_what_is_left_of_it(
    line: list[Ahead], breaks: list[float], running_s: float | None, learned: Learned, flow: Flow
) -> None:
    servers = [Server.on_break(f"Doctor {number}", left, None, running_s) for number, left in enumerate(breaks)]

    made = everybody(forecast(line, servers, learned, flow))

    assert all(wait is not None and wait.low_s >= min(breaks) for wait in made)


@given(long_lines, st.floats(0, 1), doctors, departments(), flows)
def test_one_place_is_told_what_it_is_told_in_the_whole_line_whoever_comes_behind(
    line: list[Ahead], share: float, servers: list[Server], learned: Learned, flow: Flow
) -> None:
    place = round(share * len(line))
    whole = forecast(line, servers, learned, flow)

    assert forecast(line, servers, learned, flow).wait(place) == everybody(whole)[place]
    shorter = forecast(line[:place], servers, learned, flow)
    if place == len(line) or line[place] == PLAIN:
        assert shorter.joining == everybody(whole)[place]
    assert shorter.waits == whole.waits[:place]


@given(st.integers(0, 60), doctors, departments(), flows)
def test_an_entry_without_anything_special_is_told_the_same_whether_or_not_it_is_the_shared_one(
    size: int, servers: list[Server], learned: Learned, flow: Flow
) -> None:
    shared = forecast([PLAIN] * size, servers, learned, flow)

    assert everybody(forecast([Ahead() for _ in range(size)], servers, learned, flow)) == everybody(shared)


@given(long_lines, doctors, departments(), flows)
def test_the_likely_seconds_by_themselves_are_those_of_the_whole_range(
    line: list[Ahead], servers: list[Server], learned: Learned, flow: Flow
) -> None:
    made = forecast(line, servers, learned, flow)

    likely = [wait and wait.likely_s for wait in everybody(made)]
    assert [forecast(line, servers, learned, flow).likely_s(place) for place in range(len(line) + 1)] == likely


@given(long_lines, doctors, departments(), flows)
def test_in_a_long_line_nobody_is_promised_less_than_somebody_ahead(
    line: list[Ahead], servers: list[Server], learned: Learned, flow: Flow
) -> None:
    known = [wait for wait in everybody(forecast(line, servers, learned, flow)) if wait is not None]

    assert all(never_lower([earlier], [later]) for earlier, later in pairwise(known))


@given(st.integers(0, 600), doctors, departments())
def test_a_place_between_two_that_are_worked_out_is_told_nearly_what_the_mechanics_say(
    ahead: int, servers: list[Server], learned: Learned
) -> None:
    (exact,) = call_times([ahead + 1.0], stretches(servers, learned), learned)
    clues = forecast([PLAIN] * ahead, servers, learned).clues(ahead)

    assert (clues is None) == (exact is None)
    if clues is not None and exact is not None:
        assert clues.mechanics_s == pytest.approx(exact[0], rel=0.01, abs=1.0)
