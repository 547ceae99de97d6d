"""Chunks open where they were put and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.storage.records.encryption import Cipher, DoesNotOpen, unwrap, wrap

CIPHER = Cipher(bytes(range(32)))
PLAIN = st.binary(max_size=300)


@given(PLAIN, st.integers(0, 2**20), st.booleans())
def test_a_chunk_opens_as_it_was(plain: bytes, position: int, is_last: bool) -> None:
    sealed = CIPHER.seal(position, plain, is_last=is_last)

    assert CIPHER.open(position, sealed, is_last=is_last) == plain
    assert len(sealed) == len(plain) + 16


@given(PLAIN, st.integers(0, 2**20), st.booleans(), st.data())
def test_a_chunk_opens_nowhere_else_and_not_when_a_bit_is_changed(
    plain: bytes, position: int, is_last: bool, data: st.DataObject
) -> None:
    sealed = CIPHER.seal(position, plain, is_last=is_last)
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8

    for where, what, last in (
        (position + 1, sealed, is_last),
        (position, sealed, not is_last),
        (position, bytes(changed), is_last),
        (position, sealed[:-1], is_last),
    ):
        with pytest.raises(DoesNotOpen):
            CIPHER.open(where, what, is_last=last)
    with pytest.raises(DoesNotOpen):
        CIPHER.open_label(sealed)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_key_opens_under_its_master_key_and_for_its_content_only(key: bytes, master: bytes) -> None:
    wrapped = wrap(key, master, "one")

    assert unwrap(wrapped, master, "one") == key
    for other_master, content in ((master, "other"), (bytes(byte ^ 1 for byte in master), "one")):
        with pytest.raises(DoesNotOpen):
            unwrap(wrapped, other_master, content)
