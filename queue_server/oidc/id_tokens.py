"""Is an ID token what it says? (OpenID Connect Core 1.0, 3.1.3.7.) Whatever cannot be checked is refused."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from queue_server.domain.errors import ProviderRefused
from queue_server.domain.people.provider_logins import LONGEST_SUBJECT

#: Only what is signed with a key pair: no `none`, and no HS256, for which anybody's public key would be a secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
#: Clocks may stand so far apart: the five minutes within which the server's own is believed.
SKEW = timedelta(minutes=5)
#: A login at the provider that is older was somebody's before; `prompt=login` asks for a new one.
LONGEST_AGO = timedelta(minutes=10)


class UnknownKey(Exception):
    """The token is signed with a key that is not among those that are known; there may be new ones."""


def claims_of(token: str, keys: KeySet, issuer: str, client_id: str, nonce: str, now: datetime) -> Mapping[str, Any]:
    """What a token says that is for this client and this login.

    Raises `UnknownKey`, and `ProviderRefused` for a token that is another's, over, unsigned, or of another login.
    """
    try:
        opened = jwt.decode(token, keys, algorithms=ALGORITHMS)
        _rules(issuer, client_id, now).validate(opened.claims)
    except InvalidKeyIdError as error:
        raise UnknownKey from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderRefused(f"The login provider's token cannot be believed: {type(error).__name__}.") from error
    claims: Mapping[str, Any] = opened.claims
    _check_parties(claims, client_id)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise ProviderRefused("The login provider's token is of another login.")
    begun = claims.get("auth_time")
    if begun is not None and (not _is_number(begun) or begun < (now - LONGEST_AGO - SKEW).timestamp()):
        raise ProviderRefused("The login provider has not asked who it is, but told who was there before.")
    return claims


def _rules(issuer: str, client_id: str, now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=int(SKEW.total_seconds()),
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def _check_parties(claims: Mapping[str, Any], client_id: str) -> None:
    """The token is for this client and no other, and names somebody."""
    audience, party, subject = claims["aud"], claims.get("azp"), claims["sub"]
    is_shared = isinstance(audience, list) and len(audience) > 1
    if (is_shared or party is not None) and party != client_id:
        raise ProviderRefused("The login provider's token is for another program.")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ProviderRefused("The login provider's token names nobody.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
