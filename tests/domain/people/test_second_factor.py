"""Codes that change with time, against the examples of their standard, and clocks that stand apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.people.second_factor import (
    STEP_S,
    STEPS_APART,
    Factor,
    address_for_app,
    code_of,
    first_fitting,
    fitting,
    is_recovery_code,
    letters_of,
    step_at,
)

NOW = datetime(2026, 11, 30, 4, 30, 10, tzinfo=UTC)
SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(second: int, code: str) -> None:
    """RFC 6238, appendix B, the last six of its eight digits."""
    assert code_of(SECRET, step_at(datetime.fromtimestamp(second, UTC))) == code


@given(st.binary(min_size=20, max_size=20), st.integers(-1, 1))
def test_a_code_fits_in_its_step_and_its_neighbours(secret: bytes, apart: int) -> None:
    step = step_at(NOW) + apart

    assert step in fitting(Factor(secret), code_of(secret, step), NOW)


def test_an_older_code_does_not_fit() -> None:
    for apart in (-3, -2, 2, 3):
        assert fitting(Factor(SECRET), code_of(SECRET, step_at(NOW) + apart), NOW) == ()


def test_a_server_whose_clock_is_minutes_wrong_learns_it_when_the_app_is_added_and_when_it_is_put_right() -> None:
    wrong = NOW - timedelta(seconds=4 * STEP_S)
    typed = code_of(SECRET, step_at(NOW))
    step = first_fitting(SECRET, typed, wrong)
    assert step is not None
    factor = Factor(SECRET, step - step_at(wrong))

    assert factor.drift == 4
    assert fitting(factor, typed, wrong) == (step,)
    assert fitting(factor, typed, NOW) == (step,)
    assert first_fitting(SECRET, typed, NOW - timedelta(seconds=(STEPS_APART + 1) * STEP_S)) is None


@pytest.mark.parametrize("typed", ["", "abc", "12345", "1" * 4000, "१२३"])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert fitting(Factor(SECRET), typed, NOW) == ()


def test_digits_of_any_script_and_spaces_are_taken() -> None:
    code = code_of(SECRET, step_at(NOW))
    hindi = "".join(chr(ord("०") + int(digit)) for digit in code)

    assert fitting(Factor(SECRET), f"{hindi[:3]} {hindi[3:]}", NOW) == (step_at(NOW),)


def test_the_app_reads_secret_login_and_clinic_however_they_are_written() -> None:
    address = urlsplit(address_for_app(SECRET, "anna", "Śānti & Söhne: Klinik"))

    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query) == {"secret": [letters_of(SECRET)], "issuer": ["Śānti & Söhne: Klinik"]}
    assert address.path.count(":") == 1


def test_a_recovery_code_is_told_from_a_code_by_its_length() -> None:
    assert is_recovery_code("k7qm-xw4h-29ce-abcd")
    assert is_recovery_code(" K7QMXW4H29CEABCD ")
    assert not is_recovery_code("123456")
