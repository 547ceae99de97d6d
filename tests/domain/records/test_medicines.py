"""Finding a medicine by a few letters, and reading a file of them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import BadInput
from queue_server.domain.records.medicine_files import MOST_ERRORS, medicines_of, parse_file
from queue_server.domain.records.medicines import OFFERED, MedicineList
from queue_server.domain.records.records import Medicine

NAMES = ("Paracetamol", "Amoxicillin", "Amoxicillin + clavulanic acid", "Cetirizine", "Metformin", "Pantoprazole")
LIST = MedicineList(
    [Medicine(name, "tablet", strength) for name in NAMES for strength in ("1000 mg", "250 mg", "500 mg")]
    + [Medicine("Paracetamol", "syrup", "250 mg/5 ml"), Medicine("Ibuprofen", "tablet", "400 mg")]
)


def names(query: str) -> list[str]:
    return list(dict.fromkeys(medicine.generic for medicine in LIST.search(query)))


def test_the_beginning_of_a_name_is_enough() -> None:
    assert names("par") == ["Paracetamol"]
    assert names("AMOX")[0] == "Amoxicillin"
    assert names("clav") == ["Amoxicillin + clavulanic acid"]


def test_strengths_come_in_the_order_of_their_size() -> None:
    assert [medicine.strength for medicine in LIST.search("metf")] == ["250 mg", "500 mg", "1000 mg"]


def test_further_words_choose_form_and_strength() -> None:
    assert LIST.search("para syr") == [Medicine("Paracetamol", "syrup", "250 mg/5 ml")]
    assert [medicine.strength for medicine in LIST.search("para 500 tab")] == ["500 mg"]
    assert LIST.search("para 500 cream") == []


@pytest.mark.parametrize("typed", ["paracitamol", "parcetamol", "parracetamol", "praacetamol", "parac", "cetamol"])
def test_one_slip_does_no_harm(typed: str) -> None:
    assert names(typed)[0] == "Paracetamol"


def test_what_is_nothing_like_it_is_not_offered() -> None:
    assert LIST.search("zzzz") == []
    assert LIST.search("  ") == []
    assert names("ibu") == ["Ibuprofen"]


def test_a_name_is_marked_when_the_list_does_not_hold_it() -> None:
    assert LIST.marked(Medicine("paracetamol", "gel")) == Medicine("Paracetamol", "gel")
    assert not LIST.marked(Medicine("Home remedy")).is_listed


@given(st.sampled_from(NAMES), st.integers(4, 30), st.integers(0, 30), st.sampled_from("abcxyz"))
def test_a_wrong_letter_anywhere_still_finds_the_name(name: str, length: int, place: int, wrong: str) -> None:
    typed = list(name.split(maxsplit=1)[0][:length])
    typed[place % len(typed)] = wrong

    assert name in names("".join(typed))


@given(st.text(max_size=80))
def test_any_query_gives_a_short_list_of_known_medicines(query: str) -> None:
    found = LIST.search(query)

    assert len(found) <= OFFERED
    assert set(found) <= set(LIST.medicines)
    assert len(set(found)) == len(found)


def test_a_file_is_read_with_any_separator_and_order() -> None:
    wanted = [Medicine("Paracetamol", "tablet", "500 mg"), Medicine("Paracetamol", "tablet", "650 mg")]

    for text in (
        "generic,form,strength\nParacetamol,Tablet,500 mg | 650 mg\n",
        "\ufeffstrength;form;generic\r\n\r\n500 mg|650 mg;tablet; Paracetamol \r\n",
        "# list\nGeneric\tForm\tStrength\nParacetamol\ttablet\t500 mg|650 mg",
    ):
        assert medicines_of(parse_file(text.encode()).preparations) == wanted


@pytest.mark.parametrize(
    "content",
    [
        b"generic,form,strength,,\nParacetamol,tablet,500 mg,,\n,,,,\n",
        b"sep=;\r\ngeneric;form;strength\r\nParacetamol;tablet;500 mg\r\n",
        "generic\tform\tstrength\r\nParacetamol\ttablet\t500 mg\r\n".encode("utf-16"),
        b"generic,form,strength\rParacetamol,tablet,500 mg\r",
        b"No,generic,form,,strength,Price\n1,Paracetamol,tablet,,500 mg,12.50\n",
    ],
    ids=["empty columns", "sep", "utf-16", "carriage returns", "further columns"],
)
def test_what_spreadsheets_write_is_read(content: bytes) -> None:
    assert medicines_of(parse_file(content).preparations) == [Medicine("Paracetamol", "tablet", "500 mg")]


def test_columns_that_are_not_read_are_named() -> None:
    assert parse_file(b"No,generic,form,strength,Price\n1,A,tablet,5 mg,9\n").further == ("no", "price")


@pytest.mark.parametrize("strength", ["05-Oct", "Oct-24", "10-May-2024", "5/10/2024", "2024-10-05", "1.00E+05"])
def test_a_strength_that_a_spreadsheet_has_made_a_date_or_number_of_is_pointed_out(strength: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_file(f"generic,form,strength\nParacetamol,tablet,500 mg\nOther,tablet,{strength}\n".encode())

    details: Any = refused.value.details
    (fault,) = details["faults"]
    assert (fault["line"], fault["column"], fault["code"]) == (3, "strength", "converted")


@pytest.mark.parametrize(
    "strength", ["5-10 mg", "10/12.5 mg", "100000 IU", "0.5%", "250 mg/5 ml", "70/30", "1:1000", "50 mcg", "10 tab"]
)
def test_a_true_strength_is_none_of_them(strength: str) -> None:
    text = f"generic,form,strength\nOther,tablet,{strength}\n"

    assert parse_file(text.encode()).preparations[0].strengths == (strength,)


def test_every_bad_line_is_told_with_its_number_and_nothing_is_read() -> None:
    text = "generic,form,strength\nParacetamol,tablet,500 mg\n,tablet,5 mg\nAspirin,,\n" + "x" * 90 + ",gel,\na,b,c,d\n"

    with pytest.raises(BadInput) as refused:
        parse_file(text.encode())

    faults = refused.value.details["faults"]
    assert isinstance(faults, list)
    assert [(fault["line"], fault["column"]) for fault in faults] == [
        (3, "generic"),
        (4, "form"),
        (5, "generic"),
        (6, ""),
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"generic,form,strength\n", 1),
        (b"name,form\nA,tablet\n", 1),
        (b"generic,form,strength\nA,tablet,\n\xff\xfe,tablet,\n", 3),
        (b'generic,form,strength\n"A,tablet,\n', 2),
        (b"generic,form,strength\nA\x00,tablet,\n", 2),
    ],
)
def test_what_is_no_list_is_refused_with_a_line(content: bytes, line: int) -> None:
    with pytest.raises(BadInput) as refused:
        parse_file(content)

    faults = refused.value.details["faults"]
    assert isinstance(faults, list)
    assert faults[0]["line"] == line


def test_an_endless_file_is_refused_and_its_faults_are_told_in_part() -> None:
    with pytest.raises(BadInput) as refused:
        parse_file(b"generic,form,strength\n" + b",x,\n" * 20_000)

    faults = refused.value.details["faults"]
    assert isinstance(faults, list)
    assert len(faults) == MOST_ERRORS
    with pytest.raises(BadInput):
        parse_file(b"x" * 600_000)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: ("generic,form,strength\n" + text).encode()))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    with suppress(BadInput):
        assert parse_file(content).preparations
