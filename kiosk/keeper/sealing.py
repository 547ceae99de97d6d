"""Sealing what waits to be handed in, so that only the clinic's server opens it.

ECIES over X25519 (RFC 7748) with HKDF-SHA256 (RFC 5869) and AES-GCM; each number has a key of its own, whose private
half is forgotten at once. `queue_server.services.access.sealed_numbers` is the other half.
"""

import base64
import os


def seal(content: bytes, number: str, server_key: str) -> str:
    """The content in base64, for the holder of the private half of `server_key` and for this number only.

    Raises `ValueError` for what is no key.
    """
    # The clinic's server knows this module too, through its command line, and would keep ten megabytes for it.
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    own = X25519PrivateKey.generate()
    public = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(base64.b64decode(server_key, validate=True)))
    key = HKDF(SHA256(), 32, salt=public, info=b"smart-queue kept number").derive(shared)
    nonce = os.urandom(12)
    return base64.b64encode(public + nonce + AESGCM(key).encrypt(nonce, content, number.encode())).decode()
