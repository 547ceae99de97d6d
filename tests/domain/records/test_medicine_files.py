"""Reading a clinic's own list of medicines, as spreadsheets write it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import BadInput
from queue_server.domain.records.medicine_files import MOST_ERRORS, Preparation, medicines_of, parse_file
from queue_server.domain.records.records import Medicine


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
        b'\xef\xbb\xbf"SEP=;"\r\ngeneric;form;strength\r\nParacetamol;tablet;500 mg\r\n',
        "generic\tform\tstrength\r\nParacetamol\ttablet\t500 mg\r\n".encode("utf-16"),
        b"generic,form,strength\rParacetamol,tablet,500 mg\r",
        b"No,generic,form,,strength,Price\n1,Paracetamol,tablet,,500 mg,12.50\n",
    ],
    ids=["empty columns", "sep", "quoted SEP", "utf-16", "carriage returns", "further columns"],
)
def test_what_spreadsheets_write_is_read(content: bytes) -> None:
    assert medicines_of(parse_file(content).preparations) == [Medicine("Paracetamol", "tablet", "500 mg")]


def test_columns_that_are_not_read_are_named() -> None:
    assert parse_file(b"No,generic,form,strength,Price\n1,A,tablet,5 mg,9\n").further == ("no", "price")


CONVERTED = "05-Oct 5-Sept 05-October Oct-24 10-May-2024 5/10/2024 2024-10-05 1.00E+05 #NAME? #VALUE!"


@pytest.mark.parametrize("strength", [*CONVERTED.split(), "2024-10-05 00:00:00"])
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


def test_a_preparation_without_a_strength_is_one_medicine() -> None:
    assert medicines_of([Preparation("Zinc oxide", "cream", ())]) == [Medicine("Zinc oxide", "cream")]
