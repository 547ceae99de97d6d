"""Which passwords and PINs staff may choose, when a screen locks, what a browser is called."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queue_server.domain.errors import BadInput, WeakPassword
from queue_server.domain.people.staff import browser_words, is_locked, new_login, new_password, new_unlock_pin
from tests.clinics import MORNING

TEN_MINUTES = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("short", "short"),
        ("सात शब", "short"),
        ("x" * 201, "long"),
        ("aaaaaaaaaa", "simple"),
        ("abababababab", "simple"),
        ("12345678", "simple"),
        ("87654321", "simple"),
        ("abcdefgh", "simple"),
        ("Password1!", "common"),
        ("QWERTYUIOP", "common"),
        ("hospital2026", "common"),
        ("ashadevi", "own"),
        ("Asha Devi 1985", "own"),
        ("meera.n1", "own"),
    ],
)
def test_a_weak_password_is_refused_with_its_rule(password: str, rule: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        new_password(password, "meera.n", "Asha Devi")

    assert refused.value.details == {"field": "password", "rule": rule}


@pytest.mark.parametrize(
    "password", ["correct horse", "a long password", "नीला कमल खिला", "k7qm-xw4h-29ce", "Tr0ub4d&r"]
)
def test_other_passwords_of_any_script_may_be_chosen(password: str) -> None:
    assert new_password(password, "meera", "Asha Devi") == password


@pytest.mark.parametrize(("typed", "pin"), [("8402", "8402"), ("५८ ४० २", "58402"), ("271828", "271828")])
def test_an_unlock_pin_has_four_to_six_digits_of_any_script(typed: str, pin: str) -> None:
    assert new_unlock_pin(typed) == pin


@pytest.mark.parametrize("typed", ["", "123", "1234", "0000", "4321", "1234567", "84o2", "-840"])
def test_other_unlock_pins_are_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        new_unlock_pin(typed)


@pytest.mark.parametrize("typed", ["", "   ", "two words", "nul\0", "x" * 65])
def test_a_login_is_one_word(typed: str) -> None:
    with pytest.raises(BadInput):
        new_login(typed)


def test_a_login_is_kept_in_small_letters() -> None:
    assert new_login("  Meera.N ") == "meera.n"


def test_a_screen_locks_by_hand_or_after_ten_minutes() -> None:
    seen = MORNING

    assert is_locked(True, seen, seen, TEN_MINUTES)
    assert not is_locked(False, seen, seen + TEN_MINUTES - timedelta(seconds=1), TEN_MINUTES)
    assert is_locked(False, seen, seen + TEN_MINUTES, TEN_MINUTES)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari · iPhone"),
        ("curl/8.0", ""),
        ("<script>\0", ""),
    ],
)
def test_a_browser_is_called_what_people_call_it(user_agent: str, words: str) -> None:
    assert browser_words(user_agent) == words
