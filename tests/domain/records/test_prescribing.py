"""From what a doctor typed to what can be signed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import BadInput
from queue_server.domain.people.patients import Sex
from queue_server.domain.records.medicines import MedicineList
from queue_server.domain.records.prescribing import (
    MOST_LINES,
    Typed,
    TypedLine,
    TypedPerson,
    bearer_of,
    lines_of,
)
from queue_server.domain.records.records import Bearer, Food, Medicine

LIST = MedicineList([Medicine("Paracetamol", "tablet", "500 mg"), Medicine("Cetirizine", "tablet", "10 mg")])
FEVER = TypedLine("paracetamol", "tablet", "500 mg", "1-1-1", "after", "3")
ALLERGY = TypedLine("Cetirizine", "tablet", "10 mg", "0-0-1", "any", "5")

texts = st.text(max_size=12)


def refused_field(*lines: TypedLine) -> object:
    with pytest.raises(BadInput) as refused:
        lines_of(Typed(lines), LIST)
    return refused.value.details["field"]


def test_lines_are_read_with_their_quantity_and_the_lists_spelling() -> None:
    fever, allergy = lines_of(Typed((FEVER, TypedLine(), ALLERGY)), LIST)

    assert fever.medicine == Medicine("Paracetamol", "tablet", "500 mg")
    assert (fever.quantity, fever.days, fever.food) == (Fraction(9), 3, Food.AFTER)
    assert allergy.quantity == 5


def test_a_name_that_nobody_knows_is_allowed_and_marked() -> None:
    (line,) = lines_of(Typed((replace(FEVER, generic="Tulsi  leaf\x07"),)), LIST)

    assert line.medicine == Medicine("Tulsi leaf", "tablet", "500 mg", is_listed=False)


@pytest.mark.parametrize(("days", "meant"), [("5", 5), ("५", 5), ("2w", 14), ("1 m", 30), ("10d", 10)])
def test_days_may_be_weeks_or_months(days: str, meant: int) -> None:
    assert lines_of(Typed((replace(FEVER, days=days),)), LIST)[0].days == meant


@pytest.mark.parametrize("days", ["0", "-1", "366", "13m", "x", "", "9999999999999", "1.5"])
def test_days_that_are_none_or_too_many_are_refused(days: str) -> None:
    assert refused_field(ALLERGY, replace(FEVER, days=days)) == "lines.1.days"


def test_one_dose_at_once_needs_no_days() -> None:
    (line,) = lines_of(Typed((replace(FEVER, dose="2 stat", days=""),)), LIST)

    assert (line.days, line.quantity) == (None, Fraction(2))


def test_what_the_doctor_counts_wins_over_what_is_computed() -> None:
    (line,) = lines_of(Typed((replace(FEVER, quantity="20"),)), LIST)

    assert line.quantity == 20
    assert refused_field(replace(FEVER, quantity="0")) == "lines.0.quantity"


def test_each_field_that_is_wrong_is_named() -> None:
    assert refused_field() == "lines"
    assert refused_field(replace(FEVER, dose="now and then")) == "lines.0.dose"
    assert refused_field(replace(FEVER, food="during")) == "lines.0.food"
    assert refused_field(replace(FEVER, generic="500")) == "lines.0.generic"
    assert refused_field(FEVER, replace(FEVER, dose="1-0-0")) == "lines.1.generic"
    assert refused_field(replace(FEVER, note="x" * 300)) == "lines.0.note"


def test_five_hundred_lines_are_refused_at_once() -> None:
    with pytest.raises(BadInput, match=f"at most {MOST_LINES} medicines, not 500"):
        lines_of(Typed((FEVER,) * 500), LIST)


def test_a_walk_ins_particulars_are_read_or_left_out() -> None:
    assert bearer_of(TypedPerson(" A.  Walker ", "३४", "female")) == Bearer("A. Walker", 34, Sex.FEMALE)
    assert bearer_of(TypedPerson()) == Bearer()
    for age in ("200", "old", "-3"):
        with pytest.raises(BadInput):
            bearer_of(TypedPerson(age=age))


@given(st.lists(st.builds(TypedLine, texts, texts, texts, texts, texts, texts, texts, texts), max_size=4))
def test_anything_typed_can_be_signed_or_is_refused_with_its_field(lines: list[TypedLine]) -> None:
    with suppress(BadInput):
        assert len(lines_of(Typed(tuple(lines)), LIST)) <= len(lines)
