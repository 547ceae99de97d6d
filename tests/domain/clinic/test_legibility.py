"""From where a display can be read, and when it is silent."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.clinic.legibility import is_quiet, layout, reads_to_m


@given(st.times())
def test_quiet_hours_may_pass_midnight(local: time) -> None:
    local = local.replace(second=0, microsecond=0)

    assert is_quiet(local, (("20:00", "07:00"),)) != is_quiet(local, (("07:00", "20:00"),))
    assert not is_quiet(local, ())


@given(st.integers(1, 30), st.integers(7, 119))
def test_a_larger_screen_never_shows_less_from_the_same_distance(distance: int, inches: int) -> None:
    order = ("calls", "full")
    smaller, larger = (layout("auto", distance, size) for size in (inches, inches + 1))

    assert order.index(smaller) <= order.index(larger)
    assert reads_to_m("full", inches) < reads_to_m("calls", inches)


def test_what_was_chosen_by_hand_stays() -> None:
    assert layout("full", 30, 7) == "full"
    assert layout("calls", 1, 100) == "calls"
    assert layout("auto", 8, 43) == "full"
    assert layout("auto", 15, 43) == "calls"


def test_letters_of_87_mm_are_read_from_eight_metres() -> None:
    screen_high_mm = 87 / 0.24
    inches = screen_high_mm * (16**2 + 9**2) ** 0.5 / 9 / 25.4

    assert reads_to_m("full", round(inches)) == pytest.approx(8, rel=0.02)


def test_a_quiet_span_includes_its_beginning_and_not_its_end() -> None:
    spans = (("13:00", "14:00"), ("22:00", "24:00"))

    heard = [is_quiet(time(hour, minute), spans) for hour, minute in ((12, 59), (13, 0), (13, 59), (14, 0), (23, 59))]

    assert heard == [False, True, True, False, True]
