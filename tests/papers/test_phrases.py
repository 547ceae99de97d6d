"""A dose in words: all of it, nothing else, in every language."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.scripts import LATIN, script_of
from queue_server.domain.records.records import Dose, Food, Line, Medicine
from queue_server.papers.phrases import TIMES, phrase, total
from queue_server.papers.words import LANGUAGES, words, written
from tests.papers.examples import HALF, LINES, NONE, ONE

languages = st.sampled_from(LANGUAGES)
amounts = st.sampled_from(
    [NONE, HALF, ONE, Fraction(3, 2), Fraction(2), Fraction(1, 4), Fraction(1, 3), Fraction(5, 2)]
)
forms = st.sampled_from(
    ["tablet", "capsule", "syrup", "eye drops", "inhaler", "sachet", "injection", "suppository", ""]
)
doses = st.builds(Dose, amounts, amounts, amounts, amounts, st.booleans(), st.booleans()).filter(
    lambda dose: any(dose.parts)
)
lines = st.builds(
    Line,
    st.builds(Medicine, st.just("Paracetamol"), forms),
    doses,
    st.sampled_from(Food),
    st.none() | st.integers(1, 365),
    st.none() | st.integers(1, 999).map(Fraction),
)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@given(lines, languages)
def test_every_time_with_its_amount_is_said_and_no_other_time(line: Line, language: str) -> None:
    known = words(language)
    said = plain(phrase(line, known))
    pieces = [piece.strip() for part in said.split(" · ") for piece in part.replace("،", ",").split(",")]

    for time, amount in zip(TIMES, line.dose.parts, strict=True):
        of_time = [piece for piece in pieces if piece.startswith(known[time] + " ")]
        assert len(of_time) == (1 if amount else 0)
        if amount:
            half = known.count("tablet", HALF), known.count("sachet", HALF)
            assert written(amount) in of_time[0] or (amount == HALF and of_time[0].endswith(half))


@given(lines, languages)
def test_food_days_and_conditions_are_said_when_they_are_so(line: Line, language: str) -> None:
    known = words(language)
    parts = plain(phrase(line, known)).split(" · ")

    assert (known["as_needed"] in parts) == (known["at_most"] in parts) == line.dose.as_needed
    assert (known["at_once"] in parts) == line.dose.at_once
    assert {food for food in ("before", "after", "with") if known[food] in parts} == {line.food} - {Food.ANY}
    assert (line.days is not None) == any(part == known.count("days", Fraction(line.days or 0)) for part in parts)


@given(lines, languages)
def test_nothing_is_left_unfilled(line: Line, language: str) -> None:
    said = phrase(line, words(language)) + total(line, words(language))

    assert "%" not in said
    assert "None" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_in_its_own_script(language: str) -> None:
    known = words(language)

    assert known.names == words("en").names
    scripts = {script_of(known[name]) for name in known.names - {"days", *UNITS}}
    assert len(scripts) == 1
    assert (scripts == {LATIN}) == (language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_calls_the_same_forms_in_its_own_script(language: str) -> None:
    known = words(language)

    assert known.forms == words("en").forms
    assert {script_of(known.form(form)) for form in known.forms} == {script_of(known["medicine"])}
    assert words(language).form("something new") == ""


UNITS = {"tablet", "capsule", "ml", "drop", "puff", "sachet"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Morning 1 tablet, Night 1 tablet · after food · for 5 days"),
        ("hi", "सुबह 1 गोली, रात 1 गोली · खाने के बाद · 5 दिन"),
        ("bn", "সকালে 1টি ট্যাবলেট, রাতে 1টি ট্যাবলেট · খাওয়ার পরে · 5 দিন"),
        ("ta", "காலை 1 மாத்திரை, இரவு 1 மாத்திரை · உணவுக்குப் பின் · 5 நாட்கள்"),
        ("te", "ఉదయం 1 మాత్ర, రాత్రి 1 మాత్ర · భోజనం తర్వాత · 5 రోజులు"),
        ("mr", "सकाळी 1 गोळी, रात्री 1 गोळी · जेवणानंतर · 5 दिवस"),
        ("gu", "સવારે 1 ગોળી, રાત્રે 1 ગોળી · જમ્યા પછી · 5 દિવસ"),
        ("kn", "ಬೆಳಿಗ್ಗೆ 1 ಮಾತ್ರೆ, ರಾತ್ರಿ 1 ಮಾತ್ರೆ · ಊಟದ ನಂತರ · 5 ದಿನ"),
        ("ur", "صبح 1 گولی، رات 1 گولی · کھانے کے بعد · 5 دن"),
    ],
)
def test_one_and_one_after_food_reads_as_people_say_it(language: str, said: str) -> None:
    assert plain(phrase(LINES[0], words(language))) == said


@pytest.mark.parametrize(
    ("dose", "form", "said"),
    [
        (Dose(HALF), "tablet", "Morning half a tablet"),
        (Dose(noon=Fraction(3, 2)), "tablet", "Noon 1½ tablets"),
        (Dose(night=Fraction(10)), "injection", "Night 10"),
        (Dose(ONE, NONE, NONE, ONE), "ointment", "Morning, Night: apply"),
        (Dose(Fraction(5), NONE, NONE, Fraction(5, 2)), "syrup", "Morning 5 ml, Night 2½ ml"),
        (Dose(ONE, NONE, NONE, ONE), "syrup", "Morning 1, Night 1"),
        (Dose(ONE), "drops", "Morning 1"),
        (Dose(Fraction(2)), "eye drops", "Morning 2 drops"),
        (Dose(single=ONE, at_once=True), "tablet", "one dose now: 1 tablet"),
        (Dose(single=Fraction(2), as_needed=True), "tablet", "2 tablets · only when needed"),
        (Dose(ONE, as_needed=True), "tablet", "only when needed · Morning 1 tablet · not more than this"),
        (Dose(evening=Fraction(1, 3)), "tablet", "Evening 1/3 tablet"),
    ],
)
def test_doses_in_english(dose: Dose, form: str, said: str) -> None:
    line = replace(LINES[0], medicine=Medicine("X", form), dose=dose, food=Food.ANY, days=None)

    assert plain(phrase(line, words("en"))) == said


def test_a_language_that_papers_do_not_know_is_english() -> None:
    assert words("xx").language == "en"
    assert words("hi-IN").language == "hi"
