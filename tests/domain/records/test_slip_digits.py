"""The digits that a slip prints."""

from collections import Counter

from queue_server.domain.records.slip_digits import is_digits_of, slip_digits

SECRET, KEY = "the clinic's secret", "mF3x9QvT2LkWq8ZrB5nYcAab"


def test_a_slip_has_four_digits_which_nobody_can_tell_from_its_link() -> None:
    made = [slip_digits(SECRET, f"key-{number}") for number in range(2_000)]

    assert all(len(digits) == 4 and digits.isdecimal() for digits in made)
    assert Counter(made).most_common(1)[0][1] <= 5
    assert slip_digits("another clinic's", KEY) != slip_digits(SECRET, KEY)


def test_only_its_own_digits_are_right_whatever_spaces_are_typed() -> None:
    digits = slip_digits(SECRET, KEY)

    assert is_digits_of(f" {digits[:2]} {digits[2:]} ", SECRET, KEY)
    for wrong in ("", "0", digits[:3], digits + "0", "１２３４", slip_digits(SECRET, "another slip's")):
        assert not is_digits_of(wrong, SECRET, KEY)
