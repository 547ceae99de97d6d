"""Random keys, and the hashes of passwords; how they are compared is tested in `tests/web/test_passwords.py`."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from queue_server.services.access.credentials import (
    fingerprint,
    hash_password,
    new_code,
    new_digits,
    new_key,
    new_password,
    random_bytes,
)


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (new_key, r"[\w-]{43}"),
        (new_code, r"[A-HJ-KMNP-Z2-9]{8}"),
        (new_password, r"([a-hj-kmnp-z2-9]{4}-){2}[a-hj-kmnp-z2-9]{4}"),
        (lambda: new_digits(6), r"[0-9]{6}"),
        (lambda: random_bytes().hex(), r"[0-9a-f]{64}"),
    ],
)
def test_a_secret_has_its_shape_and_is_never_the_same(make: Callable[[], str], shape: str) -> None:
    made = [make() for _ in range(200)]

    assert all(re.fullmatch(shape, secret) for secret in made)
    assert len(set(made)) > 195


def test_a_code_has_no_characters_that_are_mistaken_for_one_another() -> None:
    assert not set("0O1IL") & set("".join(new_code() for _ in range(200)))


def test_a_fingerprint_is_the_same_for_the_same_key_only() -> None:
    key = new_key()

    assert fingerprint(key) == fingerprint(key)
    assert fingerprint(key) != fingerprint(new_key())
    assert key not in fingerprint(key)


async def test_one_password_has_another_hash_each_time() -> None:
    first, second = await hash_password("correct horse", 4), await hash_password("correct horse", 4)

    assert first != second
    assert first.startswith("$2b$04$")
