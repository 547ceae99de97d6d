"""Phone numbers, PINs, names and birth years as people type them."""

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import BadInput
from queue_server.domain.people.patients import (
    FREE_TRIES,
    LONGEST_DELAY,
    LONGEST_NAME,
    birth_year,
    clean_name,
    new_pin,
    next_try_at,
    phone_in_words,
    phone_number,
    plain_digits,
)
from tests.clinics import MORNING

MOBILES = st.integers(8_123_000_000, 8_123_999_999).map(str)


@given(
    MOBILES,
    st.sampled_from(["", "0", "+91", "+91 ", "0091", "(+91) "]),
    st.integers(1, 9),
    st.sampled_from([" ", "-", ".", ""]),
)
def test_every_spelling_of_a_number_is_the_same_number(mobile: str, prefix: str, cut: int, gap: str) -> None:
    written = f"{prefix}{mobile[:cut]}{gap}{mobile[cut:]}"

    assert phone_number(written) == f"+91{mobile}"


@given(MOBILES)
def test_digits_of_another_script_are_digits(mobile: str) -> None:
    devanagari = mobile.translate({ord("0") + digit: 0x0966 + digit for digit in range(10)})

    assert phone_number(devanagari) == phone_number(mobile)
    assert phone_number(phone_in_words(f"+91{mobile}")) == f"+91{mobile}"


@given(st.text(max_size=60))
def test_whatever_is_typed_as_a_phone_number_is_one_or_is_refused(text: str) -> None:
    try:
        number = phone_number(text)
    except BadInput:
        return

    assert number.startswith("+")
    assert phone_number(number) == number


@pytest.mark.parametrize(
    "text", ["", "12", "8123", "hello", "1800 FLOWERS", "81234 5678x9", "8123\x00456789", "+", "9" * 39]
)
def test_what_is_no_phone_number_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a phone number"):
        phone_number(text)


def test_a_number_of_another_country_is_written_with_its_code_or_read_in_the_clinics_region() -> None:
    assert phone_number("+977 984-1234567") == "+9779841234567"
    assert phone_number("984-1234567", "NP") == "+9779841234567"


@given(st.text(st.characters(min_codepoint=32), max_size=200))
def test_a_cleaned_name_is_visible_normal_short_and_stays_as_it_is(text: str) -> None:
    try:
        name = clean_name(text)
    except BadInput:
        return

    assert clean_name(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert len(name) <= LONGEST_NAME
    assert not [character for character in name if unicodedata.category(character) in {"Cc", "Cs", "Co"}]


@pytest.mark.parametrize("name", ["आशा देवी", "محمد علی", "Ngọc Ánh", "王小明", "O'Neill-D’Souza", "क्‍ष", "Asha 🌼", "Æ"])
def test_a_name_in_any_script_is_kept(name: str) -> None:
    assert clean_name(name) == name


def test_what_cannot_be_seen_is_left_out_of_a_name() -> None:
    assert clean_name("  As\x00ha\u202e\u2066 \n\t De\u200fvi\ufeff ") == "Asha Devi"
    assert clean_name("Jose\u0301") == "José"


@pytest.mark.parametrize("name", ["", "   ", "\x00", "\u202e", "12345", "🌼", "\u200d", "a" * 121])
def test_a_name_without_letters_or_without_end_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="A name"):
        clean_name(name)


@pytest.mark.parametrize("pin", ["000000", "999999", "123456", "654321", "789012", "210987", "१२३४५६"])
def test_a_pin_that_is_easy_to_guess_is_refused(pin: str) -> None:
    with pytest.raises(BadInput, match="too easy"):
        new_pin(pin)


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12a456", "½23456", "-12345", "1\x0023456"])
def test_a_pin_of_other_than_six_digits_is_refused(pin: str) -> None:
    with pytest.raises(BadInput, match="6 digits"):
        new_pin(pin)


@given(st.text("0123456789०१२३४५६७८९ ", min_size=6, max_size=9))
def test_a_pin_is_the_same_in_any_scripts_digits(text: str) -> None:
    try:
        pin = new_pin(text)
    except BadInput:
        return

    assert pin.isascii()
    assert pin.isdecimal()
    assert pin == plain_digits(text) == new_pin(pin)


def test_an_age_or_a_year_of_birth_is_understood() -> None:
    assert birth_year("34", 2026) == 1992
    assert birth_year("0", 2026) == 2026
    assert birth_year(" १९९२ ", 2026) == 1992
    assert birth_year("125", 2026) == birth_year("1901", 2026) == 1901


@pytest.mark.parametrize("text", ["", "-3", "126", "1900", "2027", "thirty", "3.5", "99999", "9" * 5000])
def test_an_impossible_age_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="age up to 125"):
        birth_year(text, 2026)


def test_five_wrong_pins_are_free_and_then_the_wait_doubles() -> None:
    waits = [(next_try_at(failures, MORNING) - MORNING).total_seconds() for failures in range(14)]

    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


@given(st.integers(0, 10**9))
def test_nobody_waits_for_ever_and_more_failures_never_wait_less(failures: int) -> None:
    wait = next_try_at(failures, MORNING) - MORNING

    assert timedelta(0) <= wait <= LONGEST_DELAY
    assert wait <= next_try_at(failures + 1, MORNING) - MORNING
    assert (wait > timedelta(0)) == (failures >= FREE_TRIES)
