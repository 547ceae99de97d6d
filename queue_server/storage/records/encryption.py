"""How documents are encrypted: in chunks, each with its place, under a key of the document's own.

The chunks follow STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance", CRYPTO 2015): the nonce of each holds its position and whether it is the last, so that chunks that
are swapped, dropped, repeated or cut off at the end do not open. A nonce is never used twice, because every content
has a fresh random key. That key is kept wrapped: encrypted under a master key, bound to the content's id.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: Bytes of plain content in a chunk; the last may have fewer. Every chunk is stored with 16 bytes more, its tag.
CHUNK = 64 * 1024
TAG = 16

_NONCE = 12
_MIDDLE, _LAST, _LABEL = 0, 1, 2


class DoesNotOpen(Exception):
    """The bytes are not what was stored, or the key is another one."""


class Cipher:
    """Encrypts and decrypts what belongs to one content."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self._aes = _aes(key)

    @classmethod
    def fresh(cls) -> Cipher:
        """With a new random key of 256 bits."""
        return cls(new_key())

    def seal(self, position: int, plain: bytes, *, is_last: bool) -> bytes:
        """The chunk at `position` (from 0), 16 bytes longer. Only the last may be shorter than `CHUNK`."""
        return self._aes.encrypt(_nonce(position, _LAST if is_last else _MIDDLE), plain, None)

    def open(self, position: int, sealed: bytes, *, is_last: bool) -> bytes:
        """The plain chunk. Raises `DoesNotOpen`."""
        return _opened(self._aes, _nonce(position, _LAST if is_last else _MIDDLE), sealed)

    def seal_label(self, plain: bytes) -> bytes:
        """The one label of this content; a second one under the same key would give both away."""
        return self._aes.encrypt(_nonce(0, _LABEL), plain, None)

    def open_label(self, sealed: bytes) -> bytes:
        """The plain label. Raises `DoesNotOpen`."""
        return _opened(self._aes, _nonce(0, _LABEL), sealed)


def new_key() -> bytes:
    """A random key of 256 bits."""
    return os.urandom(32)


def wrap(key: bytes, master: bytes, content_id: str) -> bytes:
    """The content's key under the master key; it opens for this content only."""
    nonce = os.urandom(_NONCE)
    return nonce + _aes(master).encrypt(nonce, key, content_id.encode())


def unwrap(wrapped: bytes, master: bytes, content_id: str) -> bytes:
    """The content's key. Raises `DoesNotOpen`."""
    return _opened(_aes(master), wrapped[:_NONCE], wrapped[_NONCE:], content_id.encode())


def _aes(key: bytes) -> AESGCM:
    # Ten megabytes, which a clinic without documents does without.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _opened(aes: AESGCM, nonce: bytes, sealed: bytes, bound_to: bytes | None = None) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return aes.decrypt(nonce, sealed, bound_to)
    except (InvalidTag, ValueError) as error:
        raise DoesNotOpen("The bytes were changed, or the key is another one.") from error


def _nonce(position: int, flag: int) -> bytes:
    return bytes(7) + position.to_bytes(4, "big") + bytes([flag])
