"""Whether a callback comes from the gateway: a JWT that one of its published keys has signed, for us, and just now.

The gateway signs the session tokens of all who take part with the same keys. So a signature alone proves nothing: what
is not signed for us is refused.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from queue_server.abdm.states import NotProven

ALGORITHM = "RS256"
LONGEST = 8192
#: Clocks may differ by so many seconds.
LEEWAY_S = 60
_SMALLEST_KEY = 2048

#: The key with this id; none when the gateway has published none.
FindKey = Callable[[str], Awaitable[RSAKey | None]]


def usable_keys(published: object) -> dict[str, RSAKey]:
    """Key id → key, of a published set (RFC 7517), for our one algorithm; whatever cannot be used is left out."""
    listed = published.get("keys") if isinstance(published, dict) else None
    found: dict[str, RSAKey] = {}
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or not isinstance(one.get("kid"), str):
            continue
        if one.get("kty") != "RSA" or one.get("alg", ALGORITHM) != ALGORITHM or one.get("use", "sig") != "sig":
            continue
        try:
            # Of a key that is published with more than that, only its public part is looked at.
            key = RSAKey.import_key({"kty": "RSA", "n": str(one.get("n")), "e": str(one.get("e")), "kid": one["kid"]})
        except (JoseError, ValueError, TypeError):
            continue
        if key.public_key.key_size >= _SMALLEST_KEY:
            found[one["kid"]] = key
    return found


async def prove(authorization: str, find: FindKey, audiences: Sequence[str], now: datetime) -> None:
    """Nothing happens when the header's JWT is right. Raises `NotProven`."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST or not token.isascii():
        raise NotProven("no token")
    key = await find(_key_id(token))
    if key is None:
        raise NotProven("unknown key")
    try:
        claims = jwt.decode(token, KeySet([key]), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, TypeError) as error:
        raise NotProven("wrong signature") from error
    named = claims.get("aud")
    meant = named if isinstance(named, list) else [named]
    if not set(audiences) & {one for one in meant if isinstance(one, str)}:
        raise NotProven(f"for another audience: {json.dumps(named)[:80]}")
    try:
        jwt.JWTClaimsRegistry(now=int(now.timestamp()), leeway=LEEWAY_S, exp={"essential": True}).validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise NotProven("expired, or not yet valid", is_about_time=True) from error


def _key_id(token: str) -> str:
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotProven("no JWT") from error
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str):
        raise NotProven("another algorithm, or no key named")
    return kid
