"""Finding a medicine by a few letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_a_name_in_hindi_is_found_by_the_beginning_of_each_word_with_its_vowel_sign() -> None:
    churna, others = Medicine("त्रिफला चूर्ण"), [Medicine("चवनप्राश"), Medicine("फलघृत")]
    ours = MedicineList([churna, *others])

    assert ours.search("त्रि") == ours.search("चू") == [churna]
    assert ours.search("ला") == []


def test_names_that_differ_in_a_sign_are_two_medicines() -> None:
    both = [Medicine("सत"), Medicine("सत्")]

    assert len(MedicineList(both).medicines) == 2


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
