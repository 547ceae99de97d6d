"""The clinic's time, whatever the machine's clock shows."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from queue_server.clock import FastClock, SteadyClock, SystemClock
from queue_server.domain.queue.numbering import service_day
from queue_server.domain.queue.timekeeping import TOLERANCE
from tests.clinics import MORNING, ZONE, SettableClock

#: What happens between two presses: so much time passes, and then the clock is put by so much.
steps = st.lists(
    st.tuples(
        st.timedeltas(timedelta(0), timedelta(minutes=10)),
        st.one_of(st.just(timedelta(0)), st.timedeltas(timedelta(days=-400), timedelta(days=400))),
    ),
    max_size=50,
)


@given(steps)
def test_on_one_real_day_no_number_is_given_twice_and_the_day_does_not_end(
    happenings: list[tuple[timedelta, timedelta]],
) -> None:
    machine = SettableClock()
    clock, counters, numbers = SteadyClock(machine), Counter[object](), []
    today = service_day(clock.now(), ZONE)

    for passed, jump in happenings:
        machine.moment += passed
        machine.jump(days=jump.days, seconds=jump.seconds)
        day = service_day(clock.now(), ZONE)
        counters[day] += 1
        numbers.append((day, counters[day]))

    assert numbers == [(today, count + 1) for count in range(len(happenings))]


@given(steps)
def test_time_never_goes_back_and_follows_the_seconds_that_have_passed(
    happenings: list[tuple[timedelta, timedelta]],
) -> None:
    machine = SettableClock()
    clock, real, before = SteadyClock(machine), MORNING, MORNING
    clock.now()

    for passed, jump in happenings:
        real += passed
        machine.moment += passed
        machine.jump(days=jump.days, seconds=jump.seconds)
        told = clock.now()
        # Small steps that are believed may add up to the tolerance in each hour.
        assert before <= told
        assert abs(told - real) <= TOLERANCE * (2 + (real - MORNING) // timedelta(hours=1))
        before = told


def test_a_jump_is_doubted_until_the_clock_is_back() -> None:
    machine = SettableClock()
    clock = SteadyClock(machine)
    clock.now()

    machine.jump(days=30)
    jumped = clock.now()
    machine.forward(seconds=65)
    during, since = clock.now(), clock.doubted_since
    machine.jump(days=-30)

    assert (jumped, during, since) == (MORNING, MORNING + timedelta(seconds=65), MORNING)
    assert clock.now() == MORNING + timedelta(seconds=65)
    assert not clock.is_doubted()


def test_seconds_since_the_boot_go_on_and_belong_to_one_boot() -> None:
    machine = SystemClock()

    assert machine.elapsed_s() <= machine.elapsed_s()
    assert machine.boot() == SystemClock().boot()


def test_a_fast_clock_lets_twenty_minutes_pass_in_one_and_is_believed() -> None:
    machine = SettableClock()
    clock = SteadyClock(FastClock(20, MORNING + timedelta(days=1), machine))
    clock.begin(MORNING + timedelta(days=1))
    began = clock.now()

    machine.forward(minutes=1)

    assert clock.now() - began == timedelta(minutes=20)
    assert (clock.pace, clock.is_doubted(), clock.is_wrong) == (20, False, False)
    assert SteadyClock(machine).pace == 1
