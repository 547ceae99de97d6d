"""What somebody reads aloud, so that calls are spoken with their voice."""

import pytest

from display.announcing import announcement
from display.announcing.languages import LANGUAGES
from display.announcing.pieces import PAUSE, figures, key, pieces
from display.announcing.reading import needed, text_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_has_read_the_words_has_read_every_call_of_the_clinic(language: str) -> None:
    read = {word.key for word in needed(language, ["G", "DX"], ["3", "12"], ["Lab 2, upstairs"])}
    calls = [("G-012", "3", ""), ("DX-987", "12", ""), ("G-100", "12", "Lab 2, upstairs")]

    for number, room, name in calls:
        for is_recall in (False, True):
            (said,) = announcement(number, room, [language], {language: name}, is_recall)
            assert set(said["words"]) - {PAUSE} <= read
    assert len(read) < 40


def test_a_figure_and_a_letter_are_read_as_words_of_the_language() -> None:
    assert [text_of("hi", word) for word in ("0", "42", "G", "कृपया कमरा")] == ["शून्य", "बयालीस", "जी", "कृपया कमरा"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Your number", ["Your number"]),
        ("Please sit. Your number will be called.", ["Please sit", PAUSE, "Your number will be called"]),
        ("about 35–50 minutes", ["about", "35", "50", "minutes"]),
        ("Opens at 09:30", ["Opens at", "0", "9", "30"]),
        ("G-012", ["G", "0", "1", "2"]),
        ("१२ लोग।कृपया बैठें", ["12", "लोग", PAUSE, "कृपया बैठें"]),
        ("\u2068120\u2069 مریض", ["1", "2", "0", "مریض"]),
        ("…", []),
    ],
)
def test_a_text_of_a_page_is_spoken_of_its_pieces(text: str, found: list[str]) -> None:
    assert pieces(text) == found


def test_keys_do_not_depend_on_signs_and_spaces() -> None:
    assert key("  “Please  take your slip!” ") == "Please take your slip"
    assert [figures(digits) for digits in ("7", "07", "70", "700", "०७")] == [
        *[["7"], ["0", "7"], ["70"], ["7", "0", "0"], ["0", "7"]]
    ]
