"""What the display says when a patient is called."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.announcing.languages import LANGUAGES
from display.announcing.pieces import PAUSE
from display.announcing.sentences import announcement

prefixes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=3)
counters = st.integers(min_value=1, max_value=99_999)
numbers = st.builds(lambda prefix, counter: f"{prefix}-{counter:03}", prefixes, counters)
rooms = st.one_of(st.integers(min_value=0, max_value=9999).map(str), st.text(min_size=1, max_size=12))


def test_a_call_is_said_in_both_languages_of_the_board_in_its_order() -> None:
    assert announcement("G-012", "3", ["hi", "en"]) == [
        {
            "language": "hi",
            "text": "टोकन जी, शून्य एक दो। कृपया कमरा तीन में जाइए।",
            "words": ["टोकन", "G", "0", "1", "2", PAUSE, "कृपया कमरा", "3", "में जाइए"],
        },
        {
            "language": "en",
            "text": "Token G, zero one two. Please go to room three.",
            "words": ["Token", "G", "0", "1", "2", PAUSE, "Please go to room", "3"],
        },
    ]


def test_what_a_board_says_once_more_is_not_worded_again() -> None:
    (first,), (again,) = (announcement("G-012", "3", ["ta"]) for _ in range(2))

    assert again is first
    assert announcement("G-012", "4", ["ta"])[0]["text"] != first["text"]


def test_whoever_is_called_again_hears_that() -> None:
    (said,) = announcement("G-012", "3", ["en"], is_recall=True)

    assert said["text"] == "Token G, zero one two is being called again. Please go to room three."
    assert said["words"] == [
        *["Token", "G", "0", "1", "2", "is being called again"],
        *[PAUSE, "Please go to room", "3"],
    ]


def test_a_room_that_has_a_name_is_called_by_it() -> None:
    in_english, in_hindi = announcement("G-012", "R5U", ["en", "hi"], dict.fromkeys(["en", "hi"], "Room 5, OPD wing"))

    assert in_english["text"] == "Token G, zero one two. Please go to: Room five O P D wing."
    assert in_hindi["text"] == "टोकन जी, शून्य एक दो। कृपया यहाँ जाइए: Room पाँच ओ पी डी wing।"
    assert in_english["words"][-3:] == ["Please go to", PAUSE, "Room 5, OPD wing"]


def test_each_language_calls_a_room_by_its_own_name() -> None:
    names = {"en": "Pharmacy window", "ta": "மருந்து சாளரம்"}
    in_english, in_tamil, in_hindi = announcement("G-012", "7", ["en", "ta", "hi"], names)

    assert in_english["text"].endswith("Please go to: Pharmacy window.")
    assert in_tamil["words"][-1] == "மருந்து சாளரம்"
    assert "7" in in_hindi["words"]


@pytest.mark.parametrize(
    ("room", "english", "hindi"),
    [
        ("1", "one", "एक"),
        ("12", "twelve", "बारह"),
        ("42", "forty-two", "बयालीस"),
        ("99", "ninety-nine", "निन्यानवे"),
        ("101", "one zero one", "एक शून्य एक"),
        ("07", "zero seven", "शून्य सात"),
        ("3A", "three A", "तीन ए"),
        ("OPD-2", "O P D two", "ओ पी डी दो"),
        ("Lab 2", "Lab two", "Lab दो"),
        ("१२", "twelve", "बारह"),
        ("दंत 2", "दंत two", "दंत दो"),
    ],
)
def test_a_room_is_said_as_people_call_it(room: str, english: str, hindi: str) -> None:
    in_english, in_hindi = announcement("G-012", room, ["en", "hi"])

    assert in_english["text"].endswith(f" room {english}.")
    assert in_hindi["text"].endswith(f" कमरा {hindi} में जाइए।")


def test_a_language_without_words_is_left_out_and_a_call_is_never_silent() -> None:
    assert [spoken["language"] for spoken in announcement("G-012", "3", ["xx", "hi", "hi"])] == ["hi"]
    assert [spoken["language"] for spoken in announcement("G-012", "3", ["xx"])] == ["en"]
    assert [spoken["language"] for spoken in announcement("G-012", "3", [])] == ["en"]


@given(numbers, rooms, st.lists(st.sampled_from([*LANGUAGES, "xx"]), max_size=3))
def test_no_figure_is_left_to_the_voice(number: str, room: str, languages: list[str]) -> None:
    for spoken in announcement(number, room, languages):
        assert not any(character.isdecimal() for character in spoken["text"])


@given(numbers, st.sampled_from(list(LANGUAGES)))
def test_what_is_said_can_be_written_down_as_the_number_again(number: str, code: str) -> None:
    language = LANGUAGES[code]
    meaning = {word: chr(ord("A") + place) for place, word in enumerate(language.letters)}
    meaning |= {word: str(digit) for digit, word in enumerate(language.numbers[:10])}

    text = announcement(number, "1", [code])[0]["text"]

    before, after = language.call.split("{number}")
    said = text.removeprefix(before).removesuffix(after.format(room=language.numbers[1]))
    assert "-".join("".join(meaning[word] for word in run.split()) for run in said.split(", ")) == number


@given(number=st.text(max_size=20), room=st.text(max_size=20))
def test_anything_at_all_can_be_announced(number: str, room: str) -> None:
    assert [spoken["language"] for spoken in announcement(number, room, ["en", "hi"])] == ["en", "hi"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_a_word_of_its_own_for_each_letter_and_number(code: str) -> None:
    language = LANGUAGES[code]

    assert len(set(language.letters)) == len(language.letters) == 26
    assert len(set(language.numbers)) == len(language.numbers) == 100
    assert all(unicodedata.is_normalized("NFC", word) for word in (*language.letters, *language.numbers))
