"""Reading what was sent: a usable value, or a problem at its field and the default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.form_reading import SENTENCES, Problem, Reader, clean, is_visible, shortened


def read(sent: Any, method: Callable[[Reader], object]) -> tuple[object, list[tuple[str, str]]]:
    """What the reader gives for the field `x`, and (field, rule) of every problem."""
    problems: list[Problem] = []
    value = method(Reader({"x": sent}, problems))
    return value, [(problem.field, problem.rule) for problem in problems]


@pytest.mark.parametrize(
    ("sent", "value", "rules"),
    [
        ("  two \n words ", "two words", []),
        (None, "", ["required"]),
        (" \u200b ", "", ["required"]),
        ("123456", "12345", ["too_long"]),
        (5, "", ["not_text"]),
    ],
)
def test_a_text_is_one_clean_line_no_longer_than_it_may_be(sent: Any, value: str, rules: list[str]) -> None:
    limit = 9 if value == "two words" else 5

    assert read(sent, lambda reader: reader.text("x", limit)) == (value, [("x", rule) for rule in rules])


def test_a_text_may_be_left_out_or_have_a_default() -> None:
    assert read(None, lambda reader: reader.text("x", 9, is_required=False)) == ("", [])
    assert read(None, lambda reader: reader.text("x", 9, default="04:00")) == ("04:00", [])


@pytest.mark.parametrize(
    ("sent", "value", "rules"),
    [
        (7, 7, []),
        (" 7 ", 7, []),
        ("-2", -2, []),
        ("", None, []),
        (None, None, []),
        ("७", None, ["not_a_number"]),
        ("7.0", None, ["not_a_number"]),
        (7.0, None, ["not_a_number"]),
        (True, None, ["not_a_number"]),
        ([7], None, ["not_a_number"]),
        (11, None, ["out_of_range"]),
        ("9" * 5000, None, ["out_of_range"]),
    ],
)
def test_a_number_is_whole_and_in_its_range(sent: Any, value: int | None, rules: list[str]) -> None:
    expected = [("x", rule) for rule in rules]

    assert read(sent, lambda reader: reader.optional_number("x", -5, 10)) == (value, expected)
    assert read(sent, lambda reader: reader.number("x", -5, 10, 3)) == (3 if value is None else value, expected)


@pytest.mark.parametrize(
    ("sent", "value", "rules"),
    [(True, True, []), (False, False, []), (None, True, []), ("yes", False, ["unknown"]), (1, False, ["unknown"])],
)
def test_a_flag_is_yes_or_no_and_nothing_else(sent: Any, value: bool, rules: list[str]) -> None:
    assert read(sent, lambda reader: reader.flag("x", default=True)) == (value, [("x", rule) for rule in rules])


@pytest.mark.parametrize(
    ("sent", "value", "rules"),
    [("b", "b", []), ("", "a", []), (None, "a", []), ("c", "a", ["unknown"]), (["b"], "a", ["unknown"])],
)
def test_a_choice_is_one_of_the_words(sent: Any, value: str, rules: list[str]) -> None:
    assert read(sent, lambda reader: reader.choice("x", ["a", "b"], "a")) == (value, [("x", rule) for rule in rules])


@pytest.mark.parametrize(
    ("sent", "value", "rules"),
    [
        (["b", "a", "b"], ("b", "a"), []),
        (None, (), []),
        ("ab", (), ["not_a_list"]),
        (["a", "c", "d"], ("a",), ["unknown", "unknown"]),
        ([["a"], {"a": 1}, None, 5, "a"], ("a",), ["unknown"] * 4),
    ],
)
def test_choices_are_the_known_words_each_once(sent: Any, value: tuple[str, ...], rules: list[str]) -> None:
    assert read(sent, lambda reader: reader.choices("x", ["a", "b"])) == (value, [("x", rule) for rule in rules])


def test_texts_of_languages_are_told_at_their_own_fields() -> None:
    sent = {"en": "Dental", "hi": " ", "xx": "?", "ta": "too long"}

    found = read(sent, lambda reader: reader.texts("x", 6, ["en", "hi", "ta"]))

    assert found == ({"en": "Dental", "ta": "too lo"}, [("x.xx", "unknown"), ("x.ta", "too_long")])


def test_a_field_that_nobody_knows_is_told() -> None:
    problems: list[Problem] = []

    Reader({"code": "GEN", "sauce": 1, "a" * 99: 2}, problems, "departments[1].").known("code")

    assert [(problem.field, problem.rule) for problem in problems] == [
        ("departments[1]." + "a" * 40, "nonsense"),
        ("departments[1].sauce", "nonsense"),
    ]


def test_the_items_of_a_list_are_counted_from_one() -> None:
    found = read([{"name": "main"}, 5, {}], lambda reader: reader.items("x", lambda item: item.text("name", 9)))

    assert found == (
        ["main", "", ""],
        [("x[2]", "not_an_object"), ("x[2].name", "required"), ("x[3].name", "required")],
    )


@pytest.mark.parametrize("sent", [5, "text", [], None, True])
def test_what_is_no_object_is_told_once_and_read_as_an_empty_one(sent: Any) -> None:
    problems: list[Problem] = []

    reader = Reader(sent, problems, "clinic.")

    assert reader.flag("is_open", default=True)
    assert [(problem.field, problem.rule) for problem in problems] == [("clinic", "not_an_object")]


@pytest.mark.parametrize("rule", SENTENCES)
def test_every_rule_has_a_sentence_that_names_its_values(rule: str) -> None:
    values = {"value": "9:60", "longest": 80, "lowest": 1, "highest": 5, "count": 2, "most": 50, "who": "Dr. Rao"}

    sentence = Problem("x", rule, values).sentence

    assert sentence.endswith(".")
    assert "%" not in sentence


@given(st.text(max_size=60))
def test_a_clean_text_is_one_visible_line_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert all(map(is_visible, cleaned))
    assert cleaned == " ".join(cleaned.split())


def test_joiners_of_indian_scripts_stay_and_direction_marks_go() -> None:
    assert clean("क्\u200dष") == "क्\u200dष"
    assert clean("\u202eabc") == "abc"


def test_a_value_is_named_in_a_sentence_by_its_beginning() -> None:
    assert shortened(["x" * 99]) == "['" + "x" * 38
    assert shortened("a\nb") == "a b"
