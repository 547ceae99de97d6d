"""Dose patterns: what doctors type, what it means, and how much of it is needed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import BadInput
from queue_server.domain.records.dosing import COUNTED, LARGEST_AMOUNT, parse_dose, quantity, write_amount
from queue_server.domain.records.records import Dose

HALF = Fraction(1, 2)

amounts = st.one_of(
    st.integers(0, LARGEST_AMOUNT).map(Fraction),
    st.integers(0, 4 * LARGEST_AMOUNT).map(lambda quarters: Fraction(quarters, 4)),
    st.integers(0, 10 * LARGEST_AMOUNT).map(lambda tenths: Fraction(tenths, 10)),
    st.integers(0, 3 * LARGEST_AMOUNT).map(lambda thirds: Fraction(thirds, 3)),
)
flags = st.tuples(st.booleans(), st.booleans())
patterns = st.builds(
    lambda parts, flag: Dose(*parts, *flag),
    st.tuples(amounts, amounts, amounts, amounts).filter(any),
    flags,
)
singles = st.builds(
    lambda amount, flag: Dose(single=amount, as_needed=flag[0], at_once=flag[1]),
    amounts.filter(bool),
    flags.filter(any),
)
doses = patterns | singles


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1-0-1", (1, 0, 0, 1)),
        ("101", (1, 0, 0, 1)),
        ("1-0-1-1", (1, 0, 1, 1)),
        ("1111", (1, 1, 1, 1)),
        ("1–0–1", (1, 0, 0, 1)),
        ("1+1+1", (1, 1, 0, 1)),
        ("1 - 0 - 1", (1, 0, 0, 1)),
        ("½-0-½", (HALF, 0, 0, HALF)),
        ("1/2-0-1½", (HALF, 0, 0, 1 + HALF)),
        ("0.5-0-.5", (HALF, 0, 0, HALF)),
        ("1,5-0-0", (1 + HALF, 0, 0, 0)),
        ("½", (HALF, 0, 0, 0)),
        ("1-1", (1, 0, 0, 1)),
        ("10", (10, 0, 0, 0)),
        ("१-०-१", (1, 0, 0, 1)),
        ("BD", (1, 0, 0, 1)),
        ("2 tds", (2, 2, 0, 2)),
        ("½ hs", (0, 0, 0, HALF)),
        ("1 q.i.d", None),
    ],
)
def test_patterns_are_read_as_doctors_mean_them(typed: str, meant: tuple[Fraction, ...] | None) -> None:
    if meant is None:
        with pytest.raises(BadInput):
            parse_dose(typed)
    else:
        assert parse_dose(typed).parts == meant


def test_as_needed_and_at_once_stand_alone_or_with_a_pattern() -> None:
    assert parse_dose("sos") == Dose(single=Fraction(1), as_needed=True)
    assert parse_dose("2 STAT") == Dose(single=Fraction(2), at_once=True)
    assert parse_dose("1-0-1 sos") == Dose(Fraction(1), night=Fraction(1), as_needed=True)
    assert parse_dose("stat 1-1-1").at_once


@pytest.mark.parametrize(
    "typed", ["", " ", "0-0-0", "0", "1-", "-1", "1-0-1-0-1", "x", "1-0-x", "100-0-0", "bd tds", "1-0-1 bd"]
)
def test_what_is_no_dose_is_refused_with_its_field(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_dose(typed)

    assert refused.value.details["field"] == "dose"


@given(doses)
def test_a_written_dose_reads_back_as_the_same(dose: Dose) -> None:
    amounts = [dose.single] if dose.single else list(dose.parts)
    words = (" sos" if dose.as_needed else "") + (" stat" if dose.at_once else "")

    assert parse_dose("-".join(map(write_amount, amounts)) + words) == dose


@given(st.text(max_size=60))
def test_any_text_is_a_dose_or_is_refused(typed: str) -> None:
    try:
        dose = parse_dose(typed)
    except BadInput:
        return
    assert 0 < max(*dose.parts, dose.single) <= LARGEST_AMOUNT
    assert min(*dose.parts, dose.single) >= 0


@given(patterns, st.integers(1, 365), st.sampled_from(sorted(COUNTED)))
def test_the_quantity_is_enough_for_the_course_and_not_a_piece_too_many(dose: Dose, days: int, form: str) -> None:
    needed = sum(dose.parts) * days
    counted = quantity(dose, days, form)

    assert counted is not None
    assert needed <= counted < needed + 1


def test_what_cannot_be_counted_has_no_quantity() -> None:
    assert quantity(parse_dose("1-0-1"), 5, "syrup") is None
    assert quantity(parse_dose("1 sos"), 5, "tablet") is None
    assert quantity(parse_dose("1-0-1"), None, "tablet") is None
    assert quantity(parse_dose("2 stat"), None, "Tablet") == 2
