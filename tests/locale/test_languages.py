"""Every language has its translations, its fonts and the words of papers."""

import re

import pytest

from queue_server.locale import LANGUAGES, STAFF_LANGUAGES, review_of, texts
from queue_server.locale.languages import ALL
from queue_server.papers import LANGUAGES as PAPER_LANGUAGES
from queue_server.papers.words import words
from queue_server.paths import STATIC

TRANSLATED = sorted(LANGUAGES.keys() - {"en"})


def test_patients_meet_the_languages_of_papers_and_staff_two() -> None:
    assert set(LANGUAGES) == set(PAPER_LANGUAGES)
    assert list(STAFF_LANGUAGES) == ["en", "hi"]
    assert [LANGUAGES[code] for code in LANGUAGES] == [words(code)["name"] for code in LANGUAGES]
    assert [code for code in LANGUAGES if texts(code).direction == "rtl"] == ["ur"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_screens_have_the_font_of_the_language(language: str) -> None:
    styles = (STATIC / "css/fonts.css").read_text()

    for weight in ("regular", "bold"):
        name = f"{ALL[language].font}-{weight}.woff2"
        assert (STATIC / "fonts" / name).is_file()
        assert f'url("../fonts/{name}")' in styles


def test_the_second_plural_form_begins_where_the_language_says() -> None:
    one, many = "%(people)s person ahead of you", "%(people)s people ahead of you"

    assert [texts("ur").ngettext(one, many, count, people=count)[-3:] for count in (0, 1, 2)] == ["لوگ", "شخص", "لوگ"]
    assert ALL["hi"].plural_forms == "nplurals=2; plural=(n > 1);"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_a_draft_or_says_who_has_read_it_and_when(language: str) -> None:
    assert re.fullmatch(r"drafted|.+, \d{4}-\d\d-\d\d", review_of(language))
