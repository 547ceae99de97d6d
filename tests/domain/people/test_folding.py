"""Names that people hold for the same are found by either."""

from __future__ import annotations

import unicodedata

import pytest

from queue_server.domain.people.folding import folded


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("édith", "Édith"),
        ("elodie", "Élodie"),
        ("ELODIE", "E\u0301lodie"),
        ("asa", "ÅSA"),
        ("æther", "Æther"),
        ("strasse", "Straße"),
        ("d'souza", "D’Souza"),
        ("D`Souza", "DʼSouza"),
        ("D´Souza", "D'Souza"),
        ("dsouza", "D’Souza"),
        ("lukasz", "Łukasz"),
        ("soren", "Søren"),
        ("isik", "Işık"),
        ("αννα", "Άννα"),
        ("иоанн", "Йоанн"),
        ("asha  devi", "Asha\u00a0Devi"),
        ("ｒａｖｉ", "Ravi"),
    ],
)
def test_large_and_small_accents_and_apostrophes_are_alike(typed: str, written: str) -> None:
    assert folded(typed) == folded(written)


@pytest.mark.parametrize(
    ("one", "other"), [("आशा", "आश"), ("सीता", "सता"), ("கமலா", "கமல"), ("فاطِمہ", "Fatima"), ("가나", "가")]
)
def test_vowel_signs_are_letters_and_stay(one: str, other: str) -> None:
    assert folded(one) != folded(other)
    assert folded(one) == unicodedata.normalize("NFKC", one)


def test_a_letter_with_a_dot_below_is_found_however_it_was_typed() -> None:
    assert folded("\u095b") == folded("\u091c\u093c")
