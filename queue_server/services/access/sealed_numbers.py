"""Opening what keepers have sealed: their machines stand where everybody can take them away.

A keeper is given the public half of a pair of keys and seals with it what a number on paper leads to. Only the private
half opens that, and it never leaves the clinic's database: whoever takes a kiosk home reads nothing. The seal is ECIES
over X25519 (RFC 7748) with HKDF-SHA256 (RFC 5869) and AES-GCM; `kiosk.keeper.sealing` is its other half.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

_SECRET = "keeper_secret"  # noqa: S105  (the setting's name)
_PUBLIC_BYTES, _NONCE_BYTES = 32, 12


class SealedNumbers:
    """The pair is made when the first keeper asks. It lies in the database, so a restored one opens what waits."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._private: X25519PrivateKey | None = None

    async def public_key(self) -> str:
        """What keepers seal with, in base64."""
        return base64.b64encode((await self._pair()).public_key().public_bytes_raw()).decode()

    async def opened(self, sealed: str, number: str) -> bytes | None:
        """What was sealed for this number; none where it was sealed for other eyes, or is damaged."""
        return _opened(await self._pair(), sealed, number)

    async def _pair(self) -> X25519PrivateKey:
        # Ten megabytes, which a clinic without keepers does without.
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        if self._private is None:
            async with self._store.reading() as connection:
                found = await setting_rows.setting(connection, _SECRET)
            if found is None:
                async with self._store.transaction() as work:
                    made = X25519PrivateKey.generate().private_bytes_raw()
                    await setting_rows.save_first(work, _SECRET, base64.b64encode(made).decode())
                    found = await setting_rows.setting(work.connection, _SECRET)
            self._private = X25519PrivateKey.from_private_bytes(base64.b64decode(str(found)))
        return self._private


def _opened(private: X25519PrivateKey, sealed: str, number: str) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    try:
        data = base64.b64decode(sealed, validate=True)
        theirs = data[:_PUBLIC_BYTES]
        nonce, content = data[_PUBLIC_BYTES:][:_NONCE_BYTES], data[_PUBLIC_BYTES + _NONCE_BYTES :]
        shared = private.exchange(X25519PublicKey.from_public_bytes(theirs))
        key = HKDF(SHA256(), 32, salt=theirs, info=b"smart-queue kept number").derive(shared)
        return AESGCM(key).decrypt(nonce, content, number.encode())
    except (ValueError, InvalidTag):
        return None
